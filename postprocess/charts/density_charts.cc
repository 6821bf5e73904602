#include <postprocess/charts/density_charts.h>

#include <vtkCellArray.h>
#include <vtkContourFilter.h>
#include <vtkDoubleArray.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkStripper.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <set>

namespace rhoflow
{
namespace
{
using Kind           = ChartSeries::Kind;
constexpr double nan = std::numeric_limits<double>::quiet_NaN();

/// Edges of cells in two dimensions, each once.
ChartSeries mesh_lines(const DensityCells &density)
{
  std::set<std::array<double, 4>> edges;
  for (const DensityCells::Box &box : density.cells())
    {
      const double x0 = box.lower[0], y0 = box.lower[1], x1 = box.upper[0], y1 = box.upper[1];
      for (const auto &edge : {std::array<double, 4>{{x0, y0, x1, y0}}, std::array<double, 4>{{x0, y1, x1, y1}},
                               std::array<double, 4>{{x0, y0, x0, y1}}, std::array<double, 4>{{x1, y0, x1, y1}}})
        edges.insert(edge);
    }
  ChartSeries lines{"", Kind::line, {}, {}, {}, style::faint, 0.5, 0.6};
  for (const auto &edge : edges)
    {
      lines.x.insert(lines.x.end(), {edge[0], edge[2], nan});
      lines.y.insert(lines.y.end(), {edge[1], edge[3], nan});
    }
  return lines;
}

ChartSeries points(const std::vector<double> &x, const std::vector<double> &y, const DensityCells::Box &view, unsigned int i,
                   unsigned int j, const Colour &colour, double size, double opacity)
{
  ChartSeries result{"", Kind::points, {}, {}, {}, colour, size, opacity};
  for (std::size_t p = 0; p < x.size(); ++p)
    if (x[p] >= view.lower[i] && x[p] <= view.upper[i] && y[p] >= view.lower[j] && y[p] <= view.upper[j])
      {
        result.x.push_back(x[p]);
        result.y.push_back(y[p]);
      }
  return result;
}
/// The heaviest points that carry half of the mass, those that make it 90 % and 99 % with them, each fainter; the rest is left
/// out.
std::vector<ChartSeries> weighted_points(const WrittenPoints &all, const DensityCells::Box &view, unsigned int i,
                                         unsigned int j)
{
  std::vector<std::size_t> order(all.weights.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) { return all.weights[a] > all.weights[b]; });
  const double             total = std::accumulate(all.weights.begin(), all.weights.end(), 0.);
  double                   sum   = 0;
  std::size_t              next  = 0;
  std::vector<ChartSeries> result;
  const double             opacity[] = {0.9, 0.5, 0.25};
  for (unsigned int level = 0; level < contour_shares().size(); ++level)
    {
      std::vector<double> x, y;
      for (; next < order.size() && sum < contour_shares()[level] * total; ++next)
        {
          x.push_back(all.coordinates[i][order[next]]);
          y.push_back(all.coordinates[j][order[next]]);
          sum += all.weights[order[next]];
        }
      result.insert(result.begin(), points(x, y, view, i, j, style::blue, 3.4 - 0.6 * level, opacity[level]));
    }
  return result;
}
} // namespace

const std::vector<double> &contour_shares()
{
  static const std::vector<double> shares{0.5, 0.9, 0.99};
  return shares;
}

ChartSeries density_curve(const Snapshot &snapshot, const unsigned int axis, const DensityCells::Box &view)
{
  ChartSeries curve;
  if (snapshot.density->dimension() == 1)
    snapshot.density->curve(3 * snapshot.density->degree() + 2, curve.x, curve.y);
  else
    {
      const Grid marginal = snapshot.density->marginal({axis}, {400}, view);
      for (unsigned int i = 0; i < marginal.n[0]; ++i)
        {
          curve.x.push_back(marginal.lower[0] + (i + 0.5) * marginal.spacing(0));
          curve.y.push_back(marginal.values[i]);
        }
    }
  return curve;
}

ChartSeries neuron_histogram(const Neurons &neurons, const unsigned int axis, const DensityCells::Box &view)
{
  const auto         &values = neurons.coordinates[axis];
  const unsigned int  n_bins = std::clamp(static_cast<unsigned int>(std::sqrt(static_cast<double>(values.size()))), 10u, 60u);
  const double        width  = (view.upper[axis] - view.lower[axis]) / n_bins;
  std::vector<double> heights(n_bins, 0.);
  for (const double value : values)
    {
      const double bin = std::floor((value - view.lower[axis]) / width);
      if (bin >= 0 && bin < n_bins)
        heights[static_cast<std::size_t>(bin)] += 1. / (static_cast<double>(values.size()) * width);
    }
  ChartSeries steps{"neurons of a finite network", Kind::band, {}, {}, {}, style::vermilion, 0, 0.3};
  for (unsigned int b = 0; b < n_bins; ++b)
    for (const unsigned int end : {0u, 1u})
      {
        steps.x.push_back(view.lower[axis] + (b + end) * width);
        steps.y.push_back(0);
        steps.upper.push_back(heights[b]);
      }
  return steps;
}

Grid map_marginal(const DensityCells &density, const unsigned int x_axis, const unsigned int y_axis,
                  const DensityCells::Box &view)
{
  return density.marginal({x_axis, y_axis}, {300, 240}, view);
}

ChartSeries contour_lines(const Grid &grid, const std::vector<double> &levels)
{
  vtkNew<vtkImageData>   image;
  vtkNew<vtkDoubleArray> values;
  image->SetDimensions(static_cast<int>(grid.n[0]), static_cast<int>(grid.n[1]), 1);
  image->SetSpacing(grid.spacing(0), grid.spacing(1), 1);
  image->SetOrigin(grid.lower[0] + 0.5 * grid.spacing(0), grid.lower[1] + 0.5 * grid.spacing(1), 0);
  values->SetNumberOfValues(static_cast<vtkIdType>(grid.values.size()));
  std::copy(grid.values.begin(), grid.values.end(), values->GetPointer(0));
  image->GetPointData()->SetScalars(values);
  vtkNew<vtkContourFilter> contours;
  contours->SetInputData(image);
  for (std::size_t i = 0; i < levels.size(); ++i)
    contours->SetValue(static_cast<int>(i), levels[i]);
  vtkNew<vtkStripper> strips;
  strips->SetInputConnection(contours->GetOutputPort());
  strips->SetMaximumLength(100000);
  strips->Update();

  ChartSeries        lines{"", Kind::line, {}, {}, {}, style::ink, 0.9, 0.75};
  vtkPolyData *const output = strips->GetOutput();
  vtkCellArray      *cells  = output->GetLines();
  cells->InitTraversal();
  vtkIdType        n;
  const vtkIdType *ids;
  while (cells->GetNextCell(n, ids) != 0)
    {
      for (vtkIdType i = 0; i < n; ++i)
        {
          double x[3];
          output->GetPoint(ids[i], x);
          lines.x.push_back(x[0]);
          lines.y.push_back(x[1]);
        }
      lines.x.push_back(nan);
      lines.y.push_back(nan);
    }
  return lines;
}

Chart density_map(const Snapshot &snapshot, const unsigned int i, const unsigned int j, const SnapshotSeries &series,
                  const MapSettings &settings)
{
  const DensityCells::Box &view = settings.view;
  Chart                    chart;
  chart.x.title = series.axis_name(i);
  chart.y.title = series.axis_name(j);
  chart.x.low   = view.lower[i];
  chart.x.high  = view.upper[i];
  chart.y.low   = view.lower[j];
  chart.y.high  = view.upper[j];
  chart.legend  = false;
  if (snapshot.density)
    {
      const DensityCells &density      = *snapshot.density;
      const Grid          marginal     = map_marginal(density, i, j, view);
      const bool          by_potential = settings.potential && density.dimension() == 2 && density.has_potential();
      const Grid          shown        = by_potential ? density.potential({marginal.n[0], marginal.n[1]}, view) : marginal;
      ColouredField       field;
      field.values         = shown.values;
      field.nx             = shown.n[0];
      field.ny             = shown.n[1];
      field.lower[0]       = view.lower[i];
      field.upper[0]       = view.upper[i];
      field.lower[1]       = view.lower[j];
      field.upper[1]       = view.upper[j];
      const double largest = std::abs(*std::max_element(shown.values.begin(), shown.values.end(),
                                                        [](double a, double b) { return std::abs(a) < std::abs(b); }));
      if (by_potential)
        {
          field.map  = ColourMap::diverging;
          field.low  = -largest;
          field.high = largest;
        }
      else
        field.high = settings.highest > 0 ? settings.highest : largest;
      if (!(field.low < field.high))
        field.high = field.low + 1;
      if (settings.bar)
        field.title = by_potential ? "Ψ" : "ρ";
      chart.field = {field};
      if (settings.mesh && density.dimension() == 2)
        chart.add(mesh_lines(density));
      chart.add(contour_lines(marginal, enclosing_levels(marginal, contour_shares())));
    }
  else if (snapshot.points)
    for (const ChartSeries &series_of_points : weighted_points(*snapshot.points, view, i, j))
      chart.add(series_of_points);
  if (snapshot.neurons && settings.neurons)
    chart.add(points(snapshot.neurons->coordinates[i], snapshot.neurons->coordinates[j], view, i, j, style::vermilion, 2.6,
                     snapshot.density || snapshot.points ? 0.75 : 0.6));
  return chart;
}
} // namespace rhoflow
