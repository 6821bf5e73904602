#include <postprocess/charts/volume_picture.h>

#include <postprocess/drawing/chart.h>
#include <postprocess/drawing/picture_window.h>
#include <postprocess/drawing/style.h>

#include <vtkActor.h>
#include <vtkBillboardTextActor3D.h>
#include <vtkCamera.h>
#include <vtkCellArray.h>
#include <vtkColorTransferFunction.h>
#include <vtkContourFilter.h>
#include <vtkFloatArray.h>
#include <vtkGPUVolumeRayCastMapper.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPiecewiseFunction.h>
#include <vtkPointData.h>
#include <vtkPoints.h>
#include <vtkPolyData.h>
#include <vtkPolyDataMapper.h>
#include <vtkProperty.h>
#include <vtkRenderer.h>
#include <vtkTextProperty.h>
#include <vtkVolume.h>
#include <vtkVolumeProperty.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
constexpr double R = style::resolution;

/// Coordinates of parameter space to those of the picture: the box of the view becomes one with edges of 1, 0.8, 0.8.
class Stretch
{
public:
  explicit Stretch(const DensityCells::Box &view)
    : box(view)
  {}

  double operator()(unsigned int d, double x) const
  {
    return length[d] * ((x - box.lower[d]) / (box.upper[d] - box.lower[d]) - 0.5);
  }
  double extent(unsigned int d) const { return length[d]; }

private:
  const DensityCells::Box &box;
  double                   length[3] = {1., 0.8, 0.7};
};

vtkSmartPointer<vtkImageData> image_of(const Grid &grid, const Stretch &stretch)
{
  vtkNew<vtkImageData>  image;
  vtkNew<vtkFloatArray> values;
  image->SetDimensions(static_cast<int>(grid.n[0]), static_cast<int>(grid.n[1]), static_cast<int>(grid.n[2]));
  image->SetSpacing(stretch.extent(0) / grid.n[0], stretch.extent(1) / grid.n[1], stretch.extent(2) / grid.n[2]);
  double origin[3];
  for (unsigned int d = 0; d < 3; ++d)
    origin[d] = -0.5 * stretch.extent(d) + 0.5 * stretch.extent(d) / grid.n[d];
  image->SetOrigin(origin);
  values->SetName("values");
  values->SetNumberOfValues(static_cast<vtkIdType>(grid.values.size()));
  for (std::size_t i = 0; i < grid.values.size(); ++i)
    values->SetValue(static_cast<vtkIdType>(i), static_cast<float>(grid.values[i]));
  image->GetPointData()->SetScalars(values);
  return image;
}

/// Returns the density at the dark end of the colours.
double add_cloud(vtkRenderer *renderer, const Grid &grid, const Stretch &stretch)
{
  // The level that encloses half of the mass is well seen, the one that encloses nearly all is a veil.
  const std::vector<double>        levels = enclosing_levels(grid, {0.05, 0.5, 0.9, 0.99});
  const double                     top    = levels[0];
  vtkNew<vtkColorTransferFunction> colour;
  vtkNew<vtkPiecewiseFunction>     opacity;
  const auto                      &table = colours(ColourMap::cloud);
  for (std::size_t i = 0; i < table.size(); ++i)
    colour->AddRGBPoint(top * static_cast<double>(i) / static_cast<double>(table.size() - 1), table[i].r, table[i].g,
                        table[i].b);
  opacity->AddPoint(0, 0);
  opacity->AddPoint(0.5 * levels[3], 0);
  opacity->AddPoint(levels[2], 0.08);
  opacity->AddPoint(std::max(levels[1], 1.01 * levels[2]), 0.35);
  opacity->AddPoint(std::max(top, 1.02 * std::max(levels[1], levels[2])), 0.9);

  vtkNew<vtkGPUVolumeRayCastMapper> mapper; // in software where there is no graphics card
  mapper->SetInputData(image_of(grid, stretch));
  mapper->SetBlendModeToComposite();
  mapper->SetAutoAdjustSampleDistances(0);
  mapper->SetSampleDistance(0.012f);
  mapper->SetImageSampleDistance(2.f); // a ray for every unit, not for every pixel: clouds have no edges
  vtkNew<vtkVolume> volume;
  volume->SetMapper(mapper);
  volume->GetProperty()->SetColor(colour);
  volume->GetProperty()->SetScalarOpacity(opacity);
  volume->GetProperty()->SetScalarOpacityUnitDistance(0.04);
  volume->GetProperty()->SetInterpolationTypeToLinear();
  volume->GetProperty()->ShadeOff();
  renderer->AddVolume(volume);
  return top;
}

/// Surfaces that enclose half and 90 % of the mass, with the potential at their points.
vtkSmartPointer<vtkContourFilter> surfaces(const DensityCells &density, const Grid &grid, const VolumeSettings &settings,
                                           const Stretch &stretch)
{
  const auto            image = image_of(grid, stretch);
  const Grid            psi   = density.potential({grid.n[0], grid.n[1], grid.n[2]}, settings.view);
  vtkNew<vtkFloatArray> potential;
  potential->SetName("potential");
  potential->SetNumberOfValues(static_cast<vtkIdType>(psi.values.size()));
  for (std::size_t i = 0; i < psi.values.size(); ++i)
    potential->SetValue(static_cast<vtkIdType>(i), static_cast<float>(psi.values[i]));
  image->GetPointData()->AddArray(potential);
  vtkNew<vtkContourFilter> contours;
  contours->SetInputData(image);
  const std::vector<double> levels = enclosing_levels(grid, {0.5, 0.9});
  contours->SetValue(0, levels[0]);
  contours->SetValue(1, levels[1]);
  contours->ComputeScalarsOff();
  contours->Update();
  return contours;
}

void add_surfaces(vtkRenderer *renderer, const DensityCells &density, const Grid &grid, const VolumeSettings &settings,
                  const Stretch &stretch)
{
  vtkNew<vtkColorTransferFunction> colour;
  const auto                      &table = colours(ColourMap::diverging);
  for (std::size_t i = 0; i < table.size(); ++i)
    colour->AddRGBPoint(settings.largest_potential * (2. * static_cast<double>(i) / static_cast<double>(table.size() - 1) - 1),
                        table[i].r, table[i].g, table[i].b);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputConnection(surfaces(density, grid, settings, stretch)->GetOutputPort());
  mapper->SetScalarModeToUsePointFieldData();
  mapper->SelectColorArray("potential");
  mapper->SetLookupTable(colour);
  mapper->UseLookupTableScalarRangeOn();
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetOpacity(0.6);
  actor->GetProperty()->SetAmbient(0.35);
  actor->GetProperty()->SetDiffuse(0.65);
  actor->GetProperty()->SetSpecular(0);
  renderer->SetUseDepthPeeling(1);
  renderer->AddActor(actor);
}

vtkSmartPointer<vtkActor> tubes(const std::vector<std::array<double, 6>> &lines, const Colour &colour, double width)
{
  vtkNew<vtkPoints>    points;
  vtkNew<vtkCellArray> cells;
  for (const auto &line : lines)
    {
      const vtkIdType ends[2] = {points->InsertNextPoint(line[0], line[1], line[2]),
                                 points->InsertNextPoint(line[3], line[4], line[5])};
      cells->InsertNextCell(2, ends);
    }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetLines(cells);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(data);
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(colour.r, colour.g, colour.b);
  actor->GetProperty()->SetLineWidth(static_cast<float>(width * R));
  actor->GetProperty()->LightingOff();
  return actor;
}

void add_text(vtkRenderer *renderer, const std::string &words, double x, double y, double z, double size, bool bold)
{
  vtkNew<vtkBillboardTextActor3D> text;
  text->SetInput(words.c_str());
  text->SetPosition(x, y, z);
  style::set_text(text->GetTextProperty(), size, bold);
  text->GetTextProperty()->SetJustificationToCentered();
  text->GetTextProperty()->SetVerticalJustificationToCentered();
  renderer->AddActor(text);
}

/// The box, and ticks with numbers along its three front edges.
void add_axes(vtkRenderer *renderer, const SnapshotSeries &series, const Stretch &stretch, const VolumeSettings &settings)
{
  const double                       hx = stretch.extent(0) / 2, hy = stretch.extent(1) / 2, hz = stretch.extent(2) / 2;
  std::vector<std::array<double, 6>> edges;
  for (const double y : {-hy, hy})
    for (const double z : {-hz, hz})
      edges.push_back({{-hx, y, z, hx, y, z}});
  for (const double x : {-hx, hx})
    for (const double z : {-hz, hz})
      edges.push_back({{x, -hy, z, x, hy, z}});
  for (const double x : {-hx, hx})
    for (const double y : {-hy, hy})
      edges.push_back({{x, y, -hz, x, y, hz}});
  renderer->AddActor(tubes(edges, style::faint, 1.));

  std::vector<std::array<double, 6>> marks;
  const double                       length = 0.02, size = 0.85 * settings.text_size;
  for (unsigned int d = 0; d < 3; ++d)
    {
      const Ticks places = ticks(settings.view.lower[d], settings.view.upper[d], false, 5);
      for (std::size_t i = 0; i < places.positions.size(); ++i)
        {
          const double at = stretch(d, places.positions[i]);
          if (d == 0)
            {
              marks.push_back({{at, -hy, -hz, at, -hy - length, -hz}});
              add_text(renderer, places.labels[i], at, -hy - 4 * length, -hz, size, false);
            }
          else if (d == 1)
            {
              marks.push_back({{hx, at, -hz, hx + length, at, -hz}});
              add_text(renderer, places.labels[i], hx + 4 * length, at, -hz, size, false);
            }
          else
            {
              marks.push_back({{-hx, -hy, at, -hx - 0.7 * length, -hy - 0.7 * length, at}});
              add_text(renderer, places.labels[i], -hx - 3 * length, -hy - 3 * length, at, size, false);
            }
        }
    }
  renderer->AddActor(tubes(marks, style::ink, 1.));
  add_text(renderer, series.axis_name(0), 0, -hy - 0.2, -hz, 1.25 * settings.text_size, true);
  add_text(renderer, series.axis_name(1), hx + 0.2, 0, -hz, 1.25 * settings.text_size, true);
  add_text(renderer, series.axis_name(2), -hx - 0.13, -hy - 0.13, 0, 1.25 * settings.text_size, true);
}

void add_neurons(vtkRenderer *renderer, const Neurons &neurons, const Stretch &stretch)
{
  vtkNew<vtkPoints>    points;
  vtkNew<vtkCellArray> cells;
  for (std::size_t i = 0; i < neurons.size(); ++i)
    {
      double place[3];
      bool   inside = true;
      for (unsigned int d = 0; d < 3; ++d)
        {
          place[d] = stretch(d, neurons.coordinates[d][i]);
          inside   = inside && std::abs(place[d]) <= stretch.extent(d) / 2;
        }
      if (!inside)
        continue;
      const vtkIdType id = points->InsertNextPoint(place);
      cells->InsertNextCell(1, &id);
    }
  vtkNew<vtkPolyData> data;
  data->SetPoints(points);
  data->SetVerts(cells);
  vtkNew<vtkPolyDataMapper> mapper;
  mapper->SetInputData(data);
  vtkNew<vtkActor> actor;
  actor->SetMapper(mapper);
  actor->GetProperty()->SetColor(style::vermilion.r, style::vermilion.g, style::vermilion.b);
  actor->GetProperty()->SetPointSize(static_cast<float>(2.2 * R));
  actor->GetProperty()->SetRenderPointsAsSpheres(true);
  actor->GetProperty()->LightingOff();
  renderer->AddActor(actor);
}
/// Edges of the cells that hold 99 % of the mass.
void add_mesh(vtkRenderer *renderer, const DensityCells &density, const Stretch &stretch)
{
  std::vector<std::array<double, 6>> edges;
  for (const DensityCells::Box &cell : density.cells_with_mass(0.99))
    {
      double x[2][3];
      bool   inside = true;
      for (unsigned int d = 0; d < 3; ++d)
        {
          x[0][d] = stretch(d, cell.lower[d]);
          x[1][d] = stretch(d, cell.upper[d]);
          inside  = inside && -0.51 * stretch.extent(d) <= x[0][d] && x[1][d] <= 0.51 * stretch.extent(d);
        }
      if (!inside)
        continue;
      for (const unsigned int i : {0u, 1u})
        for (const unsigned int j : {0u, 1u})
          {
            edges.push_back({{x[0][0], x[i][1], x[j][2], x[1][0], x[i][1], x[j][2]}});
            edges.push_back({{x[i][0], x[0][1], x[j][2], x[i][0], x[1][1], x[j][2]}});
            edges.push_back({{x[i][0], x[j][1], x[0][2], x[i][0], x[j][1], x[1][2]}});
          }
    }
  const auto lines = tubes(edges, style::faint, 0.5);
  lines->GetProperty()->SetOpacity(0.35);
  renderer->AddActor(lines);
}

Grid voxels(const DensityCells &density, const VolumeSettings &settings)
{
  return density.marginal({0, 1, 2}, {140, 110, 90}, settings.view);
}
} // namespace

double largest_potential(const Snapshot &snapshot, const VolumeSettings &settings)
{
  if (!snapshot.density || !snapshot.density->has_potential())
    return 0;
  const auto contours = surfaces(*snapshot.density, voxels(*snapshot.density, settings), settings, Stretch(settings.view));
  double     range[2] = {0, 0};
  if (vtkDataArray *const values = contours->GetOutput()->GetPointData()->GetArray("potential"))
    values->GetRange(range);
  return std::max(std::abs(range[0]), std::abs(range[1]));
}

void draw_volume(PictureWindow &window, const Snapshot &snapshot, const SnapshotSeries &series, const VolumeSettings &settings,
                 const double x, const double y, const double width, const double height)
{
  const double       bar      = snapshot.density ? 58 : 0;
  vtkRenderer *const renderer = window.add_renderer(x, y, width - bar, height);
  const auto         add_bar  = [&](const std::string &title, const ColourMap map, const double low, const double high) {
    if (low < high)
      window.colour_bar(title, map, low, high, x + width - bar, y + 0.2 * height, 0.55 * height);
  };
  const Stretch stretch(settings.view);
  if (snapshot.density)
    {
      const DensityCells &density = *snapshot.density;
      const Grid          grid    = voxels(density, settings);
      if (settings.potential && density.has_potential())
        {
          add_surfaces(renderer, density, grid, settings, stretch);
          add_bar("Ψ", ColourMap::diverging, -settings.largest_potential, settings.largest_potential);
        }
      else
        add_bar("ρ", ColourMap::cloud, 0, add_cloud(renderer, grid, stretch));
      if (settings.mesh)
        add_mesh(renderer, density, stretch);
    }
  if (snapshot.neurons && settings.neurons)
    add_neurons(renderer, *snapshot.neurons, stretch);
  add_axes(renderer, series, stretch, settings);

  vtkCamera *const camera = renderer->GetActiveCamera();
  camera->SetFocalPoint(-0.06, 0, -0.07);
  camera->SetPosition(1.7, -3.0, 1.35);
  camera->SetViewUp(0, 0, 1);
  // The angle is that of the height; in a wide view there is room at the sides, in a narrow one there is none.
  const double aspect = (width - bar) / height;
  camera->SetViewAngle(25.5 / std::clamp(aspect, 0.5, 1.25));
  renderer->ResetCameraClippingRange();
}
} // namespace rhoflow
