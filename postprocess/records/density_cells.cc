#include <postprocess/records/density_cells.h>
#include <postprocess/records/vtk_files.h>

#include <solvers/base/error.h>

#include <boost/math/quadrature/gauss.hpp>

#include <vtkCell.h>
#include <vtkDataArray.h>
#include <vtkPointData.h>
#include <vtkUnstructuredGrid.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

namespace rhoflow
{
double Grid::volume(const unsigned int dim) const
{
  double product = 1;
  for (unsigned int d = 0; d < dim; ++d)
    product *= spacing(d);
  return product;
}

namespace
{
/// Lagrange polynomials at k+1 equidistant nodes of [0, 1].
void lagrange(const unsigned int k, const double x, double *values)
{
  for (unsigned int i = 0; i <= k; ++i)
    {
      values[i] = 1;
      for (unsigned int j = 0; j <= k; ++j)
        if (j != i)
          values[i] *= (k * x - j) / (static_cast<double>(i) - j);
    }
}

/// ∫ of the Lagrange polynomials over the part [a, b] of [0, 1], times `scale`.
void lagrange_integrals(const unsigned int k, const double a, const double b, const double scale, double *weights)
{
  using Gauss = boost::math::quadrature::gauss<double, 7>; // exact to degree 13
  std::fill_n(weights, k + 1, 0.);
  std::vector<double> values(k + 1);
  const auto          add = [&](double node, double weight) {
    lagrange(k, 0.5 * (a + b) + 0.5 * (b - a) * node, values.data());
    for (unsigned int i = 0; i <= k; ++i)
      weights[i] += 0.5 * (b - a) * scale * weight * values[i];
  };
  for (std::size_t q = 0; q < Gauss::abscissa().size(); ++q)
    {
      add(Gauss::abscissa()[q], Gauss::weights()[q]);
      if (Gauss::abscissa()[q] != 0)
        add(-Gauss::abscissa()[q], Gauss::weights()[q]);
    }
}

/// What a cell contributes along one direction: to pixels first, first + 1, ... with weights [pixel][k+1].
struct Overlap
{
  unsigned int        first = 0, n = 0;
  std::vector<double> weights;
};

Overlap overlap(const unsigned int k, const double lower, const double upper, const bool resolved, const double low,
                const double high, const unsigned int n)
{
  Overlap result;
  if (!resolved)
    {
      result.n = 1;
      result.weights.resize(k + 1);
      lagrange_integrals(k, 0, 1, upper - lower, result.weights.data());
      return result;
    }
  const double spacing = (high - low) / n;
  const double from = std::max(lower, low), to = std::min(upper, high);
  if (!(from < to))
    return result;
  const auto clamp = [&](double x) { return static_cast<unsigned int>(std::clamp(x, 0., n - 1.)); };
  result.first     = clamp(std::floor((from - low) / spacing));
  result.n         = clamp(std::ceil((to - low) / spacing) - 1) - result.first + 1;
  result.weights.resize(result.n * (k + 1));
  for (unsigned int p = 0; p < result.n; ++p)
    {
      const double a = std::max(from, low + (result.first + p) * spacing);
      const double b = std::min(to, low + (result.first + p + 1) * spacing);
      if (a < b)
        lagrange_integrals(k, (a - lower) / (upper - lower), (b - lower) / (upper - lower), upper - lower,
                           result.weights.data() + p * (k + 1));
    }
  return result;
}
} // namespace

DensityCells DensityCells::read(const std::string &file)
{
  const auto   grid    = read_unstructured_grid(file);
  const auto   density = grid->GetPointData()->GetArray("density");
  const auto   psi     = grid->GetPointData()->GetArray("potential");
  const auto   n_cells = static_cast<std::size_t>(grid->GetNumberOfCells());
  DensityCells result;
  if (density == nullptr || n_cells == 0)
    throw InputError(Refusal::missing, "", "'" + file + "' holds no density (Output/Fields of the run has to name it).");
  result.dim                  = static_cast<unsigned int>(grid->GetCell(0)->GetCellDimension());
  const unsigned int dim      = result.dim;
  const auto         n_points = static_cast<std::size_t>(grid->GetCell(0)->GetNumberOfPoints());
  result.k                    = static_cast<unsigned int>(std::lround(std::pow(static_cast<double>(n_points), 1. / dim))) - 1;
  const unsigned int k        = result.k;
  if (dim == 0 || k == 0 || static_cast<std::size_t>(std::lround(std::pow(k + 1., dim))) != n_points || k > 12)
    throw InputError(Refusal::damaged, "", "'" + file + "' does not consist of boxes as rhoflow writes them.");

  result.boxes.resize(n_cells);
  result.densities.resize(n_cells * n_points);
  if (psi != nullptr)
    result.potentials.resize(n_cells * n_points);
  std::vector<unsigned int> given(n_points);
  for (std::size_t c = 0; c < n_cells; ++c)
    {
      vtkIdType        n;
      const vtkIdType *points;
      grid->GetCellPoints(static_cast<vtkIdType>(c), n, points);
      if (static_cast<std::size_t>(n) != n_points)
        throw InputError(Refusal::damaged, "", "'" + file + "' has cells of several kinds; rhoflow writes no such file.");
      Box &box = result.boxes[c];
      box      = {{{0, 0, 0}}, {{0, 0, 0}}};
      double x[3];
      for (unsigned int d = 0; d < dim; ++d)
        {
          box.lower[d] = std::numeric_limits<double>::infinity();
          box.upper[d] = -std::numeric_limits<double>::infinity();
        }
      for (vtkIdType i = 0; i < n; ++i)
        {
          grid->GetPoint(points[i], x);
          for (unsigned int d = 0; d < dim; ++d)
            {
              box.lower[d] = std::min(box.lower[d], x[d]);
              box.upper[d] = std::max(box.upper[d], x[d]);
            }
        }
      std::fill(given.begin(), given.end(), 0u);
      // VTK numbers nodes by vertices, edges, faces, inside; their places say which is which whatever the order.
      for (vtkIdType i = 0; i < n; ++i)
        {
          grid->GetPoint(points[i], x);
          std::size_t index = 0;
          for (unsigned int d = dim; d-- > 0;)
            {
              const double share = (x[d] - box.lower[d]) / (box.upper[d] - box.lower[d]);
              if (!(share >= 0 && share <= 1))
                throw InputError(Refusal::damaged, "",
                                 "'" + file + "' has cells without extent, or coordinates that are no numbers.");
              index = index * (k + 1) + static_cast<std::size_t>(std::lround(share * k));
            }
          given[index]                           = 1;
          result.densities[c * n_points + index] = static_cast<float>(density->GetComponent(points[i], 0));
          if (psi != nullptr)
            result.potentials[c * n_points + index] = static_cast<float>(psi->GetComponent(points[i], 0));
        }
      if (std::count(given.begin(), given.end(), 0u) > 0)
        throw InputError(Refusal::damaged, "",
                         "'" + file + "' has cells whose nodes are not spread evenly; rhoflow writes no such file.");
    }
  return result;
}

DensityCells::Box DensityCells::domain() const
{
  Box result = boxes.front();
  for (const Box &box : boxes)
    for (unsigned int d = 0; d < dim; ++d)
      {
        result.lower[d] = std::min(result.lower[d], box.lower[d]);
        result.upper[d] = std::max(result.upper[d], box.upper[d]);
      }
  return result;
}

std::vector<DensityCells::Box> DensityCells::cells_with_mass(const double share) const
{
  std::vector<double> whole(k + 1);
  lagrange_integrals(k, 0, 1, 1, whole.data());
  struct Cell
  {
    double      mean, mass;
    std::size_t index;
  };
  std::vector<Cell> order(boxes.size());
  const std::size_t n_points = densities.size() / boxes.size();
  double            total    = 0;
  for (std::size_t c = 0; c < boxes.size(); ++c)
    {
      double mean = 0, volume = 1;
      for (std::size_t i = 0; i < n_points; ++i)
        {
          double      weight = 1;
          std::size_t rest   = i;
          for (unsigned int d = 0; d < dim; ++d, rest /= k + 1)
            weight *= whole[rest % (k + 1)];
          mean += weight * static_cast<double>(densities[c * n_points + i]);
        }
      for (unsigned int d = 0; d < dim; ++d)
        volume *= boxes[c].upper[d] - boxes[c].lower[d];
      order[c] = {mean, mean * volume, c};
      total += mean * volume;
    }
  std::sort(order.begin(), order.end(), [](const Cell &a, const Cell &b) { return a.mean > b.mean; });
  std::vector<Box> result;
  double           sum = 0;
  for (const Cell &cell : order)
    {
      if (sum >= share * total)
        break;
      sum += cell.mass;
      result.push_back(boxes[cell.index]);
    }
  return result;
}

Grid DensityCells::integrate(const std::vector<float> &field, const std::vector<unsigned int> &axes,
                             const std::vector<unsigned int> &n, const Box &box) const
{
  Grid grid;
  // Pixels along the axes of parameter space, and the distance of neighbours in grid.values.
  std::array<unsigned int, 3> resolved{{0, 0, 0}};
  std::array<std::size_t, 3>  stride{{0, 0, 0}};
  std::size_t                 n_pixels = 1;
  for (std::size_t i = 0; i < axes.size(); ++i)
    {
      grid.n[i]         = n[i];
      grid.lower[i]     = box.lower[axes[i]];
      grid.upper[i]     = box.upper[axes[i]];
      resolved[axes[i]] = n[i];
      stride[axes[i]]   = n_pixels;
      n_pixels *= n[i];
    }
  grid.values.assign(n_pixels, 0.);

  const unsigned int  m = k + 1, m2 = dim > 1 ? m : 1, m3 = dim > 2 ? m : 1;
  const Overlap       whole{0, 1, {1.}}; // of a direction that there is not
  std::vector<double> first, second;
  for (std::size_t c = 0; c < boxes.size(); ++c)
    {
      std::array<Overlap, 3> along{{whole, whole, whole}};
      bool                   outside = false;
      for (unsigned int d = 0; d < dim; ++d)
        {
          along[d] = overlap(k, boxes[c].lower[d], boxes[c].upper[d], resolved[d] > 0, box.lower[d], box.upper[d], resolved[d]);
          outside  = outside || along[d].n == 0;
        }
      if (outside)
        continue;
      const float *const values = field.data() + c * m * m2 * m3;
      const unsigned int p1 = along[0].n, p2 = along[1].n, p3 = along[2].n;
      first.assign(p1 * m2 * m3, 0.);
      for (unsigned int jk = 0; jk < m2 * m3; ++jk)
        for (unsigned int p = 0; p < p1; ++p)
          for (unsigned int i = 0; i < m; ++i)
            first[jk * p1 + p] += along[0].weights[p * m + i] * static_cast<double>(values[jk * m + i]);
      second.assign(p1 * p2 * m3, 0.);
      for (unsigned int l = 0; l < m3; ++l)
        for (unsigned int q = 0; q < p2; ++q)
          for (unsigned int j = 0; j < m2; ++j)
            for (unsigned int p = 0; p < p1; ++p)
              second[(l * p2 + q) * p1 + p] += along[1].weights[q * m2 + j] * first[(l * m2 + j) * p1 + p];
      for (unsigned int r = 0; r < p3; ++r)
        for (unsigned int l = 0; l < m3; ++l)
          for (unsigned int q = 0; q < p2; ++q)
            for (unsigned int p = 0; p < p1; ++p)
              grid.values[(along[0].first + p) * stride[0] + (along[1].first + q) * stride[1] +
                          (along[2].first + r) * stride[2]] += along[2].weights[r * m3 + l] * second[(l * p2 + q) * p1 + p];
    }
  const double volume = grid.volume(static_cast<unsigned int>(axes.size()));
  for (double &value : grid.values)
    value /= volume;
  return grid;
}

Grid DensityCells::marginal(const std::vector<unsigned int> &axes, const std::vector<unsigned int> &n, const Box &box) const
{
  return integrate(densities, axes, n, box);
}

Grid DensityCells::potential(const std::vector<unsigned int> &n, const Box &box) const
{
  std::vector<unsigned int> axes(dim);
  std::iota(axes.begin(), axes.end(), 0);
  return integrate(potentials, axes, n, box);
}

void DensityCells::curve(const unsigned int per_cell, std::vector<double> &theta, std::vector<double> &density) const
{
  std::vector<std::size_t> order(boxes.size());
  std::iota(order.begin(), order.end(), 0);
  std::sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return boxes[i].lower[0] < boxes[j].lower[0]; });
  theta.clear();
  density.clear();
  std::vector<double> shape(k + 1);
  for (const std::size_t c : order)
    for (unsigned int i = 0; i < per_cell; ++i)
      {
        const double share = static_cast<double>(i) / (per_cell - 1);
        lagrange(k, share, shape.data());
        theta.push_back(boxes[c].lower[0] + share * (boxes[c].upper[0] - boxes[c].lower[0]));
        density.push_back(
          std::inner_product(shape.begin(), shape.end(), densities.begin() + static_cast<std::ptrdiff_t>(c * (k + 1)), 0.));
      }
}

std::vector<double> enclosing_levels(const Grid &density, const std::vector<double> &shares)
{
  std::vector<double> sorted = density.values;
  std::sort(sorted.begin(), sorted.end(), std::greater<>());
  const double        total = std::accumulate(sorted.begin(), sorted.end(), 0.);
  std::vector<double> levels;
  for (const double share : shares)
    {
      double      sum = 0;
      std::size_t i   = 0;
      while (i + 1 < sorted.size() && sum + sorted[i] < share * total)
        sum += sorted[i++];
      levels.push_back(sorted[i]);
    }
  return levels;
}

std::array<double, 2> central_interval(const Grid &marginal, const double tail)
{
  const double          total = std::accumulate(marginal.values.begin(), marginal.values.end(), 0.);
  std::array<double, 2> result{{marginal.lower[0], marginal.upper[0]}};
  double                sum = 0;
  for (unsigned int i = 0; i < marginal.n[0]; ++i)
    {
      const double before = sum;
      sum += marginal.values[i];
      if (before <= tail * total && sum > tail * total)
        result[0] = marginal.lower[0] + i * marginal.spacing(0);
      if (before < (1 - tail) * total && sum >= (1 - tail) * total)
        result[1] = marginal.lower[0] + (i + 1) * marginal.spacing(0);
    }
  return result;
}
} // namespace rhoflow
