#include <solvers/discretization/dg/equidistant_line.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/numerics/lagrange.h>

namespace rhoflow
{
EquidistantLine::EquidistantLine(const LineBasis &basis)
  : n(basis.n)
{
  std::array<double, max_points> points{};
  for (unsigned int e = 0; e < n; ++e)
    points[e] = static_cast<double>(e) / (n - 1);
  for (unsigned int e = 0; e < n; ++e)
    {
      for (unsigned int j = 0; j < n; ++j)
        from_gauss[e][j] = basis.value(j, points[e]);
      for (unsigned int q = 0; q < n; ++q)
        to_gauss[q][e] = lagrange_value(n, points.data(), e, basis.nodes[q]);
    }
  // The floor keeps quotients by the measure moderate; 7/90, the smallest weight of Boole's rule, is above it.
  constexpr double floor = 0.02;
  for (unsigned int e = 0; e < n; ++e)
    {
      for (unsigned int q = 0; q < n; ++q)
        weights[e] += basis.weights[q] * basis.weight_mean * to_gauss[q][e];
      measure[e] = std::max(std::abs(weights[e]), floor * basis.weight_mean);
    }
}

void EquidistantLine::functional(const LineBasis &basis, const std::array<double, max_points> &f, double *result) const
{
  for (unsigned int e = 0; e < n; ++e)
    {
      result[e] = 0.;
      for (unsigned int q = 0; q < n; ++q)
        result[e] += basis.weights[q] * basis.weight_mean * f[q] * to_gauss[q][e];
      result[e] /= measure[e];
    }
}

EquidistantPoints::EquidistantPoints(const DGMesh &dg_mesh)
  : mesh(dg_mesh)
  , plain(dg_mesh.batches().line)
{}

const EquidistantLine &EquidistantPoints::line(const CellKey &key, unsigned int d) const
{
  if (!mesh.batches().radially_weighted || d + 1 != mesh.dimension())
    return plain;
  const auto place = std::make_pair(key.level, key.index[d]);
  auto       it    = radially_weighted.find(place);
  if (it == radially_weighted.end())
    it = radially_weighted.emplace(place, EquidistantLine(mesh.line(key, d))).first;
  return it->second;
}

template <typename Entry>
void EquidistantPoints::apply(const CellKey &key, unsigned int first_axis, std::vector<double> &values,
                              const Entry &entry) const
{
  const unsigned int  n = mesh.batches().n;
  std::vector<double> result(values.size());
  for (unsigned int d = first_axis, stride = 1; d < mesh.dimension(); ++d, stride *= n)
    {
      const EquidistantLine &axis = line(key, d);
      for (unsigned int node = 0; node < values.size(); ++node)
        {
          const unsigned int i     = node / stride % n;
          const double      *start = values.data() + (node - i * stride);
          double             sum   = 0.;
          for (unsigned int j = 0; j < n; ++j)
            sum += entry(axis, i, j) * start[j * stride];
          result[node] = sum;
        }
      values.swap(result);
    }
}

void EquidistantPoints::from_gauss(const CellKey &key, const double *gauss, double *result) const
{
  std::vector<double> values(gauss, gauss + mesh.points_per_cell());
  apply(key, 0, values, [](const EquidistantLine &axis, unsigned int i, unsigned int j) { return axis.from_gauss[i][j]; });
  std::copy(values.begin(), values.end(), result);
}

void EquidistantPoints::to_gauss(const CellKey &key, const double *equidistant, double *result) const
{
  std::vector<double> values(equidistant, equidistant + mesh.points_per_cell());
  apply(key, 0, values, [](const EquidistantLine &axis, unsigned int i, unsigned int j) { return axis.to_gauss[i][j]; });
  std::copy(values.begin(), values.end(), result);
}

void EquidistantPoints::transposed_to_gauss(const CellKey &key, unsigned int first_axis, std::vector<double> &values) const
{
  apply(key, first_axis, values,
        [](const EquidistantLine &axis, unsigned int i, unsigned int j) { return axis.to_gauss[j][i]; });
}

void EquidistantPoints::positions(const CellKey &key, double *points) const
{
  const unsigned int n = mesh.batches().n, dim = mesh.dimension();
  for (unsigned int i = 0; i < mesh.points_per_cell(); ++i)
    for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= n)
      {
        const double share  = static_cast<double>(rest % n) / (n - 1);
        points[i * dim + d] = (1. - share) * mesh.mesh().position(key, d, 0) + share * mesh.mesh().position(key, d, 1);
      }
}
} // namespace rhoflow
