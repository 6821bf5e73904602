"""Opens density.pvd and particles.pvd of a run as a pipeline to work on, with their times aligned.

  pvbatch state.py RUN_DIR --save FILE.pvsm     (then: paraview FILE.pvsm)

In ParaView's Python shell: import state; state.show("RUN_DIR")
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from paraview import simple

import rhoflow_paraview as rhoflow


def show(directory):
    """Builds the pipeline at the last output time and returns {"view", "density", "particles"} (particles: None without any)."""
    run = rhoflow.Run(directory)
    time, last = run.density_at()
    names = run.names(last.dimension)
    view = rhoflow.white_view([1400, 1000])
    density = simple.PVDReader(registrationName="density", FileName=os.path.abspath(run.path("density.pvd")))
    density.UpdatePipeline(time)
    scale = rhoflow.shown_scale(last.bounds)
    limit = max(rhoflow.colour_limit(run.density_at(t)[1].values) for t in (run.density[0][0], time))
    cells = simple.Show(density, view)
    cells.Representation = "Surface"
    # ColorBy fits the colours to the data: what is to stay is set after it.
    simple.ColorBy(cells, ("POINTS", "density"))
    colours = rhoflow.colour_map("density", limit)
    cells.LookupTable, cells.LineWidth, cells.Scale = colours, 4, scale
    # The cells are polynomials; without this ParaView draws them as if they were linear.
    cells.NonlinearSubdivisionLevel = 4
    if last.dimension == 3:
        # From outside one sees the empty sides of the box only.
        cells.Visibility = 0
        samples = simple.ResampleToImage(registrationName="density on an image", Input=density)
        samples.SamplingDimensions = [81, 61, 41]
        rhoflow.show_volume(view, samples, last.bounds, scale, limit)
    rhoflow.colour_bar(colours, view, "density")

    particles = None
    if run.particles:
        particles = simple.PVDReader(registrationName="particles", FileName=os.path.abspath(run.path("particles.pvd")))
        particles.UpdatePipeline(time)
        neurons = simple.Show(particles, view)
        neurons.Representation = "Points"
        neurons.ColorArrayName = [None, ""]
        neurons.PointSize, neurons.Scale = 4, scale
        neurons.AmbientColor = neurons.DiffuseColor = rhoflow.PARTICLE_COLOUR
        # Between its own times a reader shows the next one. Only times that both have are stepped through: the series with
        # more of them does not take part in the choice.
        of_density, of_particles = ({entry[0] for entry in series} for series in (run.density, run.particles))
        keeper = simple.GetTimeKeeper()
        if of_particles > of_density:
            keeper.SuppressedTimeSources = [particles]
        elif of_density > of_particles:
            keeper.SuppressedTimeSources = [density]
    rhoflow.show_axes(view, last.bounds, names, scale, rhoflow.MIN_X | rhoflow.MAX_X | rhoflow.MIN_Y | rhoflow.MIN_Z)
    clock = simple.AnnotateTimeFilter(registrationName="time", Input=density)
    clock.Format = "t = {time:g}"
    label = simple.Show(clock, view)
    label.Color, label.FontSize, label.WindowLocation = rhoflow.BLACK, 22, "Upper Left Corner"
    scene = simple.GetAnimationScene()
    scene.UpdateAnimationUsingDataTimeSteps()
    scene.PlayMode = "Snap To TimeSteps"
    scene.AnimationTime = time
    view.ViewTime = time
    if last.dimension == 3:
        view.CameraPosition, view.CameraFocalPoint, view.CameraViewUp = [0.35, -0.8, 0.48], [0.0, 0.0, 0.0], [0.0, 0.0, 1.0]
    simple.ResetCamera(view)
    simple.Render(view)
    return {"view": view, "density": density, "particles": particles}


def work():
    parser = rhoflow.arguments("The pipeline of a run, with the times of density and neurons aligned.",
                               save=(str, "state file for ParaView; RUN_DIR/state.pvsm by default"),
                               output=(str, "also a picture of what it shows"))
    options = parser.parse_args()
    shown = show(options.run)
    save = options.save or os.path.join(options.run, "state.pvsm")
    simple.SaveState(save)
    print(save)
    if options.output:
        simple.SaveScreenshot(options.output, shown["view"], ImageResolution=[1400, 1000])


if __name__ == "__main__":
    rhoflow.main(work)
