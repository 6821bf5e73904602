"""What the scripts in postprocess/paraview show, against the run: paraview_content.py SCRIPTS RUN_3D RUN_1D"""

import csv
import os
import sys

scripts, run_3d, run_1d = sys.argv[1:4]
sys.path.insert(0, scripts)

import numpy
from paraview import simple
from vtkmodules.util import numpy_support
from vtkmodules.vtkIOImage import vtkPNGReader

import marginals
import rhoflow_paraview as rhoflow
import volume

failures = 0


def check(condition, message):
    global failures
    if not condition:
        print("FAILED: " + message, file=sys.stderr)
        failures += 1


def picture(view, name, size):
    """Pixels of a picture, [row from below, column, RGB] in [0, 1]."""
    simple.SaveScreenshot(name, view, ImageResolution=size)
    reader = vtkPNGReader()
    reader.SetFileName(name)
    reader.Update()
    image = reader.GetOutput()
    width, height, _ = image.GetDimensions()
    pixels = numpy_support.vtk_to_numpy(image.GetPointData().GetScalars())
    return pixels.reshape(height, width, -1)[:, :, :3] / 255.0


def around(view, pixels, point):
    """The pixels near the place of a point of the (scaled) scene."""
    renderer = view.GetRenderer()
    renderer.SetWorldPoint(*point, 1.0)
    renderer.WorldToDisplay()
    x, y, _ = renderer.GetDisplayPoint()
    height, width, _ = pixels.shape
    x, y = int(x * width / view.ViewSize[0]), int(y * height / view.ViewSize[1])
    check(3 <= x < width - 3 and 3 <= y < height - 3, f"point {point} is not in the picture")
    return pixels[y - 3:y + 4, x - 3:x + 4]


def main():
    with open(os.path.join(run_3d, "statistics.csv"), newline="", encoding="utf-8") as file:
        rows = [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]
    run = rhoflow.Run(run_3d)
    check([time for time, _ in run.density] == [row["time"] for row in rows], "times of the density and of the statistics")
    check(run.names(3) == ["a", "s", "r"], f"names {run.names(3)}")
    check(len(run.particles_at(0.1)) == 200, "number of neurons")

    # The samples have the mass and the means of the statistics.
    time, density = run.density_at(0.2)
    values = density.sample([121, 101, 81])
    one = values
    for axis in (2, 1, 0):
        one = rhoflow.marginal(one, density.bounds, axis)
    check(abs(one - rows[-1]["mass"]) < 0.02, f"mass {one} of the samples")
    for axis, name in enumerate("asr"):
        rest = values
        for other in sorted({0, 1, 2} - {axis}, reverse=True):
            rest = rhoflow.marginal(rest, density.bounds, other)
        mean = rhoflow.marginal(rest * numpy.linspace(*density.bounds[axis], len(rest)), [density.bounds[axis]], 0)
        check(abs(mean - rows[-1]["mean " + name]) < 0.02, f"mean {mean} of {name}")

    # Colour at the mean of the density, white far from it.
    view = volume.show(run_3d, 0.2)
    pixels = picture(view, "content_volume.png", volume.SIZE)
    scale = rhoflow.shown_scale(density.bounds)
    middle = [factor * rows[-1]["mean " + name] for factor, name in zip(scale, "asr")]
    corner = [factor * (0.9 * high + 0.1 * low) for factor, (low, high) in zip(scale, density.bounds)]
    check(around(view, pixels, middle).mean(axis=(0, 1)).max() < 0.95 or numpy.ptp(around(view, pixels, middle)) > 0.3,
          "the volume is not seen at its mean")
    check(numpy.ptp(around(view, pixels, middle).mean(axis=(0, 1))) > 0.1, "the volume has no colour at its mean")
    check(around(view, pixels, corner).min() > 0.9, "there is something in the empty corner of the box")
    check(pixels[[0, -1], :].min() == 1.0 and pixels[:, [0, -1]].min() == 1.0, "something touches the frame of the picture")

    # The same for the first marginal, a and s.
    views = marginals.show(run_3d, 0.2) and simple.GetViews()[-3:]
    pixels = picture(views[0], "content_marginal.png", [800, 700])
    scale = rhoflow.shown_scale(density.bounds[:2])
    middle = [scale[0] * rows[-1]["mean a"], scale[1] * rows[-1]["mean s"], 0.0]
    check(numpy.ptp(around(views[0], pixels, middle).mean(axis=(0, 1))) > 0.1, "the marginal has no colour at its mean")
    check(around(views[0], pixels, [scale[0] * 5.5, scale[1] * -2.0, 0.0]).min() > 0.95, "the marginal is not empty at a side")

    # The curve in one coordinate is drawn.
    pixels = picture(volume.show(run_1d), "content_curve.png", volume.SIZE)
    dark = numpy.all(numpy.abs(pixels - [0.267, 0.005, 0.329]) < 0.1, axis=2)
    check(dark.sum() > 500, "the curve is not seen")


# Views that are still alive when the interpreter ends take pvbatch down: hence the function.
main()
if failures:
    sys.exit(1)
