"""Run directories of rhoflow in ParaView: what volume.py, marginals.py, animation.py and state.py have in common."""

import argparse
import csv
import os
import re
import sys
import xml.etree.ElementTree as ElementTree

import numpy
from paraview import simple
from vtkmodules.util import numpy_support
from vtkmodules.vtkCommonCore import vtkPoints
from vtkmodules.vtkCommonDataModel import vtkCellArray, vtkImageData, vtkPolyData, vtkTable
from vtkmodules.vtkIOXML import vtkXMLPolyDataReader, vtkXMLPUnstructuredGridReader, vtkXMLUnstructuredGridReader

# Vermillion of the palette of Okabe and Ito: stands off from every colour of the map for colour-blind eyes, too.
PARTICLE_COLOUR = [0.835, 0.369, 0.0]
BLACK, WHITE = [0.0, 0.0, 0.0], [1.0, 1.0, 1.0]

# Sides of ParaView's axes grid.
MIN_X, MIN_Y, MIN_Z, MAX_X, MAX_Y, MAX_Z = (1 << i for i in range(6))

# Dimension of the cells that rhoflow writes by their VTK type: lines, quadrilaterals, hexahedra, and those of higher order.
DIMENSION = {3: 1, 68: 1, 9: 2, 70: 2, 12: 3, 72: 3}


class RunError(Exception):
    """The directory is missing or is not what the script needs; the message says what to do."""


class Run:
    """A run directory: times and files of its density and its neurons, and the names of the coordinates."""

    def __init__(self, directory):
        self.directory = directory
        if not os.path.isdir(directory):
            raise RunError(f"there is no run directory '{directory}'")
        if not os.path.exists(self.path("density.pvd")):
            raise RunError(f"'{directory}' holds no density.pvd: it is no run of rhoflow with a density "
                           "('Output/Write density = true', 'Output/Format = VTU')")
        self.density = self._series("density.pvd")
        self.particles = self._series("particles.pvd") if os.path.exists(self.path("particles.pvd")) else []

    def path(self, name):
        return os.path.join(self.directory, name)

    def _series(self, name):
        """[(time, path)] of a PVD record."""
        try:
            entries = [(float(tag.attrib["timestep"]), self.path(tag.attrib["file"]))
                       for tag in ElementTree.parse(self.path(name)).iter("DataSet")]
        except (ElementTree.ParseError, KeyError, ValueError) as error:
            raise RunError(f"'{self.path(name)}' is no time series of rhoflow ({error})") from error
        if not entries:
            raise RunError(f"'{self.path(name)}' has no time yet")
        for _, path in entries:
            if not os.path.exists(path):
                raise RunError(f"'{path}' is missing, which '{name}' names")
        return entries

    def density_at(self, time=None):
        """(time, Density) nearest to `time`; the last one without."""
        present, path = self.density[-1] if time is None else min(self.density, key=lambda entry: abs(entry[0] - time))
        return present, Density(path)

    def particles_at(self, time):
        """Positions [n, 3] of the neurons at the time of the density; none where they were not written."""
        for present, path in self.particles:
            if abs(present - time) <= 1e-9 * max(1.0, abs(time)):
                data = _read(vtkXMLPolyDataReader(), path)
                return numpy_support.vtk_to_numpy(data.GetPoints().GetData()).astype(float)
        return numpy.zeros((0, 3))

    def names(self, dimension):
        """Of the coordinates: the first arrays of the neurons, or the columns "mean NAME" of the statistics."""
        found = []
        if self.particles:
            with open(self.particles[0][1], "rb") as file:
                head = file.read(1 << 16).split(b"<AppendedData")[0].decode("utf-8", "replace")
            found = re.findall(r' Name="([^"]*)"', head.partition("<PointData>")[2])
            found = found[:found.index("replica")] if "replica" in found else []
        if len(found) < dimension and os.path.exists(self.path("statistics.csv")):
            with open(self.path("statistics.csv"), newline="", encoding="utf-8") as file:
                columns = next(csv.reader(file), [])
            found = [column[5:] for column in columns if re.match(r"mean (?!of |\|)", column)]
        return found[:dimension] if len(found) >= dimension else [f"theta{d + 1}" for d in range(dimension)]


def _read(reader, path):
    reader.SetFileName(path)
    reader.Update()
    data = reader.GetOutput()
    if data is None or data.GetNumberOfPoints() == 0:
        raise RunError(f"'{path}' cannot be read: is it complete?")
    return data


class Density:
    """A density in cells with equidistant nodes, first coordinate fastest, ends included, as rhoflow writes it."""

    def __init__(self, path):
        data = _read(vtkXMLPUnstructuredGridReader() if path.endswith(".pvtu") else vtkXMLUnstructuredGridReader(), path)
        values = data.GetPointData().GetArray("density")
        if values is None:
            raise RunError(f"'{path}' has no array 'density': choose it in 'Output/Fields'")
        n_cells = data.GetNumberOfCells()
        self.dimension = DIMENSION.get(data.GetCellType(0), 0)
        if self.dimension == 1:
            # Straight pieces, which share their ends.
            order = numpy_support.vtk_to_numpy(data.GetCells().GetConnectivityArray())
        else:
            order = numpy.arange(data.GetNumberOfPoints())
        per_cell = len(order) // n_cells
        nodes = round(per_cell ** (1.0 / max(self.dimension, 1)))
        if self.dimension == 0 or n_cells * per_cell != len(order) or nodes ** self.dimension != per_cell or nodes < 2:
            raise RunError(f"'{path}' is not made of the cells that rhoflow writes")
        points = numpy_support.vtk_to_numpy(data.GetPoints().GetData()).astype(float)[order]
        points = points.reshape(n_cells, per_cell, 3)[:, :, :self.dimension]
        self.nodes = nodes
        self.values = numpy_support.vtk_to_numpy(values).astype(float)[order].reshape(n_cells, per_cell)
        self.lower, self.upper = points[:, 0, :], points[:, -1, :]
        # Single precision moves the sides of neighbours apart, by less than this.
        self.gap = 1e-5 * (self.upper - self.lower).min(axis=0)
        self.bounds = [(self.lower[:, d].min(), self.upper[:, d].max()) for d in range(self.dimension)]

    def sample(self, shape):
        """The density at `shape` equidistant points in the box, ends included, [z, y, x]. ParaView's filters would see linear
        cells; here the polynomial of each cell is evaluated (and cut off at zero, below which it may dip between its nodes)."""
        result = numpy.zeros(shape)
        grids = [numpy.linspace(low, high, n) for (low, high), n in zip(self.bounds, shape)]
        for lower, upper, values in zip(self.lower, self.upper, self.values):
            ranges, array = [], values.reshape([self.nodes] * self.dimension)
            for d, grid in enumerate(grids):
                first, last = numpy.searchsorted(grid, [lower[d] - self.gap[d], upper[d] + self.gap[d]])
                ranges.append(slice(first, last))
                # The first coordinate is the last axis; contracting the last axis and moving the new one to the front ends
                # with the first coordinate first.
                array = numpy.moveaxis(array @ self._basis((grid[first:last] - lower[d]) / (upper[d] - lower[d])), -1, 0)
            # Now [last coordinate, ..., first coordinate].
            result[tuple(ranges)] = array.transpose()
        return numpy.maximum(result.transpose(), 0.0)

    def _basis(self, x):
        """Lagrange polynomials of the equidistant nodes in [0, 1] at x, [node, x]."""
        nodes = numpy.linspace(0.0, 1.0, self.nodes)
        basis = numpy.ones((self.nodes, len(x)))
        for i, node in enumerate(nodes):
            for other in numpy.delete(nodes, i):
                basis[i] *= (x - other) / (node - other)
        return basis


def marginal(values, bounds, axis):
    """The integral over coordinate `axis` of samples [z, y, x] of Density.sample, by the trapezoidal rule."""
    low, high = bounds[axis]
    position = values.ndim - 1 - axis
    weights = numpy.full(values.shape[position], (high - low) / (values.shape[position] - 1))
    weights[[0, -1]] *= 0.5
    return numpy.tensordot(values, weights, axes=(position, 0))


def shown_scale(bounds):
    """Factors that bring the sides of a box nearer to each other, so that a flat box fills a picture; axes keep their numbers."""
    extents = numpy.array([high - low for low, high in bounds])
    return list((extents.max() / extents) ** (0.7 if len(bounds) == 3 else 0.9)) + [1.0] * (3 - len(extents))


def colour_limit(values):
    """Upper end of the colours: a hundredth of the mass is at larger densities, which a few narrow peaks would else reserve all
    colours for."""
    ordered = numpy.sort(values[values > 0.0].ravel())
    if len(ordered) == 0:
        return 1.0
    mass = numpy.cumsum(ordered)
    return float(ordered[min(numpy.searchsorted(mass, 0.99 * mass[-1]), len(ordered) - 1)])


def image_source(values, bounds, array="density"):
    """A source of ParaView with samples [z, y, x] (or fewer axes) in the box `bounds`."""
    image = vtkImageData()
    shape = list(values.shape[::-1]) + [1] * (3 - values.ndim)
    image.SetDimensions(shape)
    image.SetOrigin([low for low, _ in bounds] + [0.0] * (3 - len(bounds)))
    image.SetSpacing([(high - low) / (n - 1) for (low, high), n in zip(bounds, shape)] + [1.0] * (3 - len(bounds)))
    data = numpy_support.numpy_to_vtk(values.ravel(), deep=True)
    data.SetName(array)
    image.GetPointData().SetScalars(data)
    return _source(image)


def point_source(points):
    """A source of ParaView with points [n, 3]."""
    cloud = vtkPolyData()
    positions = vtkPoints()
    positions.SetData(numpy_support.numpy_to_vtk(numpy.ascontiguousarray(points), deep=True))
    cloud.SetPoints(positions)
    vertices = vtkCellArray()
    vertices.InsertNextCell(len(points))
    for i in range(len(points)):
        vertices.InsertCellPoint(i)
    cloud.SetVerts(vertices)
    return _source(cloud)


def table_source(columns):
    """A source of ParaView with named columns."""
    table = vtkTable()
    for name, values in columns.items():
        column = numpy_support.numpy_to_vtk(numpy.ascontiguousarray(values), deep=True)
        column.SetName(name)
        table.AddColumn(column)
    return _source(table)


def _source(data):
    producer = simple.TrivialProducer()
    producer.GetClientSideObject().SetOutput(data)
    producer.UpdatePipeline()
    return producer


def colour_map(array, limit):
    """White, then viridis from light to dark: sequential and safe for colour-blind eyes, from 0 to `limit`."""
    colours = simple.GetColorTransferFunction(array)
    colours.ApplyPreset("Viridis (matplotlib)", True)
    colours.InvertTransferFunction()
    colours.RescaleTransferFunction(0.0, limit)
    # Nothing is white, as the paper is.
    points = numpy.array(colours.RGBPoints).reshape(-1, 4)
    kept = points[points[:, 0] > 0.08 * limit]
    colours.RGBPoints = [0.0] + WHITE + list(kept.ravel())
    return colours


def opacity_map(array, limit):
    """Nothing is transparent, and what is half a per cent of `limit` can already be seen."""
    opacity = simple.GetOpacityTransferFunction(array)
    levels = [(0.0, 0.0), (0.005, 0.05), (0.1, 0.3), (1.0, 0.9)]
    opacity.Points = [number for level, value in levels for number in (level * limit, value, 0.5, 0.0)]
    return opacity


def show_volume(view, source, bounds, scale, limit):
    """Samples of a density of three coordinates as a volume; returns its colours."""
    shown = simple.Show(source, view)
    shown.Representation = "Volume"
    # Showing a source and ColorBy fit the colours to the data: what is to stay is set after them.
    simple.ColorBy(shown, ("POINTS", "density"))
    colours = colour_map("density", limit)
    shown.LookupTable, shown.ScalarOpacityFunction = colours, opacity_map("density", limit)
    shown.Scale = scale
    # Opacities are per this length: without it a thin sheet is hardly seen.
    shown.ScalarOpacityUnitDistance = 0.01 * max(factor * (high - low) for factor, (low, high) in zip(scale, bounds))
    return colours


def colour_bar(colours, view, title, left=0.89):
    bar = simple.GetScalarBar(colours, view)
    bar.Title, bar.ComponentTitle, bar.Orientation = title, "", "Vertical"
    bar.TitleColor = bar.LabelColor = BLACK
    bar.TitleFontSize, bar.LabelFontSize = 20, 18
    bar.AutomaticLabelFormat, bar.LabelFormat, bar.RangeLabelFormat = 0, "%.3g", "%.3g"
    bar.WindowLocation = "Any Location"
    bar.AddRangeLabels = 0
    bar.Position, bar.ScalarBarLength = [left, 0.25], 0.5
    bar.ScalarBarThickness = 18
    bar.Visibility = 1
    return bar


def white_view(size):
    """A view with a white background and without ParaView's marks."""
    view = simple.CreateRenderView()
    view.ViewSize = size
    view.UseColorPaletteForBackground = 0
    view.BackgroundColorMode = "Single Color"
    view.Background = WHITE
    view.OrientationAxesVisibility = 0
    return view


def show_axes(view, bounds, names, scale, sides):
    """Axes around the box, named after the coordinates, labelled at some of its sides."""
    axes = view.AxesGrid
    axes.Visibility = 1
    box = [factor * end for factor, pair in zip(scale, bounds) for end in pair] + [0.0, 0.0] * (3 - len(bounds))
    axes.UseCustomBounds, axes.CustomBounds = 1, box
    axes.DataScale = scale
    axes.AxesToLabel = sides
    for axis, name in zip("XYZ", list(names) + [""] * (3 - len(names))):
        setattr(axes, axis + "Title", name)
        setattr(axes, axis + "TitleColor", BLACK)
        setattr(axes, axis + "LabelColor", BLACK)
        setattr(axes, axis + "TitleFontSize", 26)
        setattr(axes, axis + "LabelFontSize", 18)
        setattr(axes, axis + "TitleItalic", 1)
    axes.GridColor = [0.6, 0.6, 0.6]


def show_text(view, text):
    label = simple.Text(Text=text)
    shown = simple.Show(label, view)
    shown.Color, shown.FontSize, shown.WindowLocation = BLACK, 22, "Upper Left Corner"


def show_particles(view, points, scale, size, opacity=1.0):
    if len(points) == 0:
        return
    shown = simple.Show(point_source(points), view)
    shown.Representation = "Points"
    shown.PointSize, shown.Opacity = size, opacity
    shown.AmbientColor = shown.DiffuseColor = PARTICLE_COLOUR
    shown.ColorArrayName = [None, ""]
    shown.Scale = scale


def show_map(view, values, bounds, names, particles, array, title, limit=None):
    """A density of two coordinates [y, x] as a map with contour lines and the neurons [n, 2] over it. `limit`: upper end of the
    colours."""
    scale = shown_scale(bounds)
    source = image_source(values, bounds, array)
    shown = simple.Show(source, view)
    shown.Representation = "Surface"
    # ColorBy fits the colours to the data: what is to stay is set after it.
    simple.ColorBy(shown, ("POINTS", array))
    colours = colour_map(array, limit or colour_limit(values))
    shown.LookupTable = colours
    shown.Scale = scale
    shown.Ambient, shown.Diffuse = 1.0, 0.0
    shown.InterpolateScalarsBeforeMapping = 1
    lines = simple.Contour(Input=source)
    lines.ContourBy = ["POINTS", array]
    lines.Isosurfaces = [float(values.max()) * level for level in (0.01, 0.03, 0.1, 0.3, 0.6)]
    drawn = simple.Show(lines, view)
    drawn.ColorArrayName = [None, ""]
    drawn.AmbientColor = drawn.DiffuseColor = BLACK
    drawn.LineWidth, drawn.Opacity, drawn.Ambient, drawn.Diffuse = 1.0, 0.6, 1.0, 0.0
    # Lines and neurons lie in front of the map, by enough for the depth buffer.
    above = 0.05 * max(factor * (high - low) for factor, (low, high) in zip(scale, bounds))
    drawn.Scale, drawn.Position = scale, [0.0, 0.0, above]
    inside = particles[numpy.all([(particles[:, d] >= low) & (particles[:, d] <= high)
                                  for d, (low, high) in enumerate(bounds)], axis=0)]
    show_particles(view, numpy.column_stack([inside, numpy.full(len(inside), 2.0 * above)]), scale, 4, 0.6)
    show_axes(view, bounds, names, scale, MIN_X | MIN_Y)
    colour_bar(colours, view, title, 0.83)
    view.CameraParallelProjection = 1
    centre = [0.5 * scale[d] * (low + high) for d, (low, high) in enumerate(bounds)]
    size = [0.5 * scale[d] * (high - low) for d, (low, high) in enumerate(bounds)]
    aspect = view.ViewSize[0] / view.ViewSize[1]
    # Room for labels around, and for the colour bar on the right.
    view.CameraParallelScale = max(1.25 * size[1], 1.55 * size[0] / aspect)
    shift = 0.1 * view.CameraParallelScale * aspect
    view.CameraFocalPoint = [centre[0] + shift, centre[1], 0.0]
    view.CameraPosition = [centre[0] + shift, centre[1], 10.0 * max(size)]
    view.CameraViewUp = [0.0, 1.0, 0.0]
    return shown


def arguments(description, **options):
    """The parser of a script's command line, with the run directory."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("run", metavar="RUN_DIR", help="directory of a run with a density")
    for name, (kind, text) in options.items():
        parser.add_argument("--" + name.replace("_", "-"), type=kind, help=text)
    return parser


def main(work):
    """Runs a script; a mistake of its user is one line and exit status 2."""
    try:
        work()
    except RunError as error:
        print(f"{os.path.basename(sys.argv[0])}: {error}.", file=sys.stderr)
        sys.exit(2)
