"""The marginal densities of all pairs of coordinates of a density of three, with the neurons over them.

  pvbatch marginals.py RUN_DIR [--time T] [--output FILE.png]

In ParaView's Python shell: import marginals; marginals.show("RUN_DIR", time=5)
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from paraview import simple

import rhoflow_paraview as rhoflow

SIZE = [2400, 700]


def show(directory, time=None):
    """Shows the marginals at the output time nearest to `time` (the last one without) side by side and returns their layout."""
    run = rhoflow.Run(directory)
    time, density = run.density_at(time)
    if density.dimension != 3:
        raise rhoflow.RunError(f"the density of '{directory}' has {density.dimension} coordinates: volume.py shows it")
    names = run.names(3)
    particles = run.particles_at(time)
    # Narrow sheets need many points to be integrated well.
    values = density.sample([241, 201, 161])
    layout = simple.CreateLayout("Marginals")
    layout.SplitHorizontal(0, 1.0 / 3.0)
    layout.SplitHorizontal(2, 0.5)
    for place, axis in zip((1, 5, 6), (2, 1, 0)):
        kept = [d for d in range(3) if d != axis]
        view = rhoflow.white_view([SIZE[0] // 3, SIZE[1]])
        simple.AssignViewToLayout(view=view, layout=layout, hint=place)
        pair = [names[d] for d in kept]
        title = f"density of {pair[0]}, {pair[1]}"
        rhoflow.show_map(view, rhoflow.marginal(values, density.bounds, axis), [density.bounds[d] for d in kept], pair,
                         particles[:, kept], title, title)
        rhoflow.show_text(view, f"t = {time:g}")
    layout.SetSize(*SIZE)
    return layout


def work():
    parser = rhoflow.arguments("The marginals of all pairs of coordinates.",
                               time=(float, "the output time nearest to it; last by default"),
                               output=(str, "PNG file; marginals.png in the working directory by default"))
    options = parser.parse_args()
    layout = show(options.run, options.time)
    output = options.output or "marginals.png"
    simple.SaveScreenshot(output, layout, ImageResolution=SIZE)
    print(output)


if __name__ == "__main__":
    rhoflow.main(work)
