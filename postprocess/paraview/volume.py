"""The density of a run as a picture: a volume with the neurons over it for three coordinates, a map with contour lines for two,
a curve for one.

  pvbatch volume.py RUN_DIR [--time T] [--output FILE.png]

In ParaView's Python shell: import volume; volume.show("RUN_DIR", time=5)
"""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import numpy
from paraview import simple

import rhoflow_paraview as rhoflow

SIZE = [1400, 1000]


def show_volume(view, density, names, particles, limit):
    values = density.sample([181, 141, 101])
    scale = rhoflow.shown_scale(density.bounds)
    source = rhoflow.image_source(values, density.bounds)
    colours = rhoflow.show_volume(view, source, density.bounds, scale, limit or rhoflow.colour_limit(values))
    rhoflow.show_particles(view, particles, scale, 4)
    # Labels at the edges in front of the density or beside it.
    rhoflow.show_axes(view, density.bounds, names, scale, rhoflow.MIN_X | rhoflow.MAX_X | rhoflow.MIN_Y | rhoflow.MIN_Z)
    rhoflow.colour_bar(colours, view, "density")
    look_at(view, [(s * low, s * high) for s, (low, high) in zip(scale, density.bounds)])



def look_at(view, box):
    """A parallel projection from the front, the right and above that holds the box, with room for labels and the colour bar."""
    back = numpy.array([0.35, -0.8, 0.48])
    back /= numpy.linalg.norm(back)
    right = numpy.cross([0.0, 0.0, 1.0], back)
    right /= numpy.linalg.norm(right)
    up = numpy.cross(back, right)
    corners = numpy.array([[x, y, z] for x in box[0] for y in box[1] for z in box[2]])
    across, high = corners @ right, corners @ up
    aspect = SIZE[0] / SIZE[1]
    height = max(1.25 * numpy.ptp(high), 1.4 * numpy.ptp(across) / aspect)
    # The box stands in the left part of the picture.
    centre = (0.5 * (across.min() + across.max()) + 0.04 * height * aspect) * right + 0.5 * (high.min() + high.max()) * up
    view.CameraParallelProjection, view.CameraParallelScale = 1, 0.5 * height
    view.CameraFocalPoint = list(centre)
    view.CameraPosition = list(centre + 10.0 * numpy.ptp(corners) * back)
    view.CameraViewUp = [0.0, 0.0, 1.0]


def show_curve(density, name, time, first):
    view = simple.CreateView("XYChartView")
    view.ViewSize = SIZE
    grid = numpy.linspace(*density.bounds[0], 2001)
    columns = {name: grid, f"t = {time:g}": density.sample([2001])}
    if first is not None:
        columns["t = 0"] = first.sample([2001])
    shown = simple.Show(rhoflow.table_source(columns), view, "XYChartRepresentation")
    shown.UseIndexForXAxis, shown.XArrayName = 0, name
    curves = [column for column in columns if column != name]
    shown.SeriesVisibility = curves
    colours = [("0.267", "0.005", "0.329"), ("0.6", "0.6", "0.6")]
    shown.SeriesColor = [part for curve, colour in zip(curves, colours) for part in (curve, *colour)]
    shown.SeriesLineThickness = [part for curve in curves for part in (curve, "3")]
    shown.SeriesLabel = [part for curve in curves for part in (curve, curve)]
    view.BottomAxisTitle, view.LeftAxisTitle = name, "density"
    for axis in ("Bottom", "Left"):
        setattr(view, axis + "AxisTitleFontSize", 22)
        setattr(view, axis + "AxisLabelFontSize", 18)
    view.LegendFontSize = 20
    return view


def show(directory, time=None, limit=None):
    """Shows the density at the output time nearest to `time` (the last one without) and returns the view. `limit`: upper end of
    the colours."""
    run = rhoflow.Run(directory)
    time, density = run.density_at(time)
    names = run.names(density.dimension)
    if density.dimension == 1:
        return show_curve(density, names[0], time, run.density_at(0.0)[1] if time > 0.0 else None)
    particles = run.particles_at(time)
    view = rhoflow.white_view(SIZE)
    if density.dimension == 2:
        rhoflow.show_map(view, density.sample([601, 601]), density.bounds, names, particles[:, :2], "density", "density",
                         limit)
    else:
        show_volume(view, density, names, particles, limit)
    rhoflow.show_text(view, f"t = {time:g}")
    return view


def work():
    parser = rhoflow.arguments("The density of a run as a picture.",
                               time=(float, "the output time nearest to it; last by default"),
                               output=(str, "PNG file; density.png in the working directory by default"))
    options = parser.parse_args()
    view = show(options.run, options.time)
    output = options.output or "density.png"
    simple.SaveScreenshot(output, view, ImageResolution=SIZE)
    print(output)


if __name__ == "__main__":
    rhoflow.main(work)
