#pragma once

#include <array>
#include <cmath>
#include <memory>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/discretization/dg/coupling.h>
#include <solvers/discretization/dg/dg_mesh.h>
#include <solvers/mean_field/mean_field.h>

#include "../particles/data_set_problem.h"

namespace rhoflow
{
/// A density with real negative parts: the L2 projection of a product of mixtures of three narrow Gaussians on a coarse mesh
/// with hanging nodes, and the mean field of a small data set beside it.
struct RoughDensity
{
  RoughDensity(const DataSetProblem &data, unsigned int degree, unsigned int n_cells, double deviation, MPI_Comm communicator,
               double kappa = 0.)
    : problem(data)
  {
    const unsigned int D = problem.n_parameters();
    domain.lower.assign(D, kappa > 0. ? 0. : -2.);
    domain.upper.assign(D, kappa > 0. ? 4. : 2.);
    domain.subdivisions.assign(D, n_cells);
    domain.periodic.assign(D, false);
    adaptive = std::make_unique<AdaptiveMesh>(domain, communicator);

    // A corner is refined, so that there are hanging nodes.
    std::vector<signed char> flags;
    std::vector<double>      none;
    for (const CellKey &key : adaptive->cells())
      flags.push_back(key.index[0] + key.index[1] + key.index[2] < n_cells / 2 ? 1 : 0);
    CellTransfer nothing;
    nothing.refine  = [](const CellKey &, const double *, double *) {};
    nothing.coarsen = nothing.refine;
    adaptive->adapt(flags, 0, none, nothing);

    const unsigned int first = problem.has_outer_weight() ? 1 : 0;
    // All modes in double precision, as the tests compute them.
    MeanFieldParameters exact;
    exact.tolerance = 1e-22;
    field    = std::make_unique<MeanField>(problem, std::vector<double>(domain.lower.begin() + first, domain.lower.end()),
                                        std::vector<double>(domain.upper.begin() + first, domain.upper.end()), exact);
    mesh     = std::make_unique<DGMesh>(*adaptive, degree, first == 1, kappa);
    coupling = std::make_unique<Coupling>(*field);
    coupling->rebuild(*mesh);

    const unsigned int n_points = mesh->points_per_cell(), n = degree + 1;
    for (const CellKey &key : adaptive->cells())
      for (unsigned int i = 0; i < n_points; ++i)
        {
          double value = 1.;
          for (unsigned int d = 0, rest = i; d < D; ++d, rest /= n)
            value *= projection(key, d, rest % n, deviation, kappa);
          values.push_back(value);
        }
  }

  /// Coefficient i of the projection along axis d in L²(r^kappa), by the midpoint rule.
  double projection(const CellKey &key, unsigned int d, unsigned int i, double deviation, double kappa) const
  {
    const LineBasis       &line = mesh->line(key, d);
    constexpr unsigned int N    = 400;
    const double           left = adaptive->position(key, d, 0), h = adaptive->extent(key, d);
    const double           middle   = 0.5 * (domain.lower[d] + domain.upper[d]);
    const bool             weighted = kappa > 0. && d + 1 == mesh->dimension();
    double                 sum      = 0.;
    for (unsigned int q = 0; q < N; ++q)
      {
        const double xi = (q + 0.5) / N, r = left + h * xi;
        double       value = 0.;
        for (const double mean : {-1.13, -0.31, 0.77})
          value += std::exp(-0.5 * std::pow((r - middle - mean) / deviation, 2)) / (3. * deviation * 2.5066282746310002);
        sum += line.value(i, xi) * value * (weighted ? std::pow(r, kappa) / line.weight_mean : 1.) / N;
      }
    return sum / line.weights[i];
  }

  const DataSetProblem         &problem;
  Domain                        domain;
  std::unique_ptr<AdaptiveMesh> adaptive;
  std::unique_ptr<MeanField>    field;
  std::unique_ptr<DGMesh>       mesh;
  std::unique_ptr<Coupling>     coupling;
  std::vector<double>           values; ///< at the Gauss points, [cells][points]
};

/// A polynomial through equidistant values of a cell, [points], at the Gauss points of the scheme.
inline std::vector<double> at_gauss_points(const RoughDensity &density, std::size_t c, const double *values)
{
  const DGMesh       &mesh = *density.mesh;
  const CellKey      &key  = density.adaptive->cells()[c];
  const unsigned int  n = mesh.batches().n, dim = mesh.dimension(), n_points = mesh.points_per_cell();
  std::vector<double> points(n_points * dim), result(n_points, 0.);
  mesh.nodes(key, points.data());
  for (unsigned int q = 0; q < n_points; ++q)
    for (unsigned int e = 0; e < n_points; ++e)
      {
        double shape = 1.;
        for (unsigned int d = 0, rest = e; d < dim; ++d, rest /= n)
          for (unsigned int m = 0; m < n; ++m)
            if (m != rest % n)
              {
                const double xi = (points[q * dim + d] - density.adaptive->position(key, d, 0)) /
                                  density.adaptive->extent(key, d);
                shape *= (xi * (n - 1) - m) / (static_cast<double>(rest % n) - m);
              }
        result[q] += shape * values[e];
      }
  return result;
}

/// ∫ 1, θ_d, θ_d θ_e, a χ_j of a density given at the Gauss points by `gauss(cell)`, and behind them ∫ of the squares of these
/// functions times |density|: their scales.
template <typename Values>
std::vector<double> moments_of(const RoughDensity &density, const Values &gauss)
{
  const unsigned int  D = density.problem.n_parameters(), first = density.problem.has_outer_weight() ? 1 : 0;
  const unsigned int  n_modes = density.field->n_modes(), n_points = density.mesh->points_per_cell();
  const unsigned int  K = 1 + D + D * (D + 1) / 2 + n_modes;
  std::vector<double> sums(2 * K, 0.), points(n_points * D), w(n_points), chi(n_modes), f(K);
  for (std::size_t c = 0; c < density.mesh->n_cells(); ++c)
    {
      const std::vector<double> rho = gauss(c);
      density.mesh->nodes(density.adaptive->cells()[c], points.data());
      density.mesh->weights(density.adaptive->cells()[c], w.data());
      for (unsigned int i = 0; i < n_points; ++i)
        {
          const double *const theta = points.data() + i * D;
          density.field->modes(1, theta + first, chi.data(), nullptr);
          unsigned int k = 0;
          f[k++]         = 1.;
          for (unsigned int d = 0; d < D; ++d)
            f[k++] = theta[d];
          for (unsigned int d = 0; d < D; ++d)
            for (unsigned int e = d; e < D; ++e)
              f[k++] = theta[d] * theta[e];
          for (unsigned int j = 0; j < n_modes; ++j)
            f[k++] = (first == 1 ? theta[0] : 1.) * chi[j];
          for (k = 0; k < K; ++k)
            {
              sums[k] += w[i] * rho[i] * f[k];
              sums[K + k] += w[i] * std::abs(rho[i]) * f[k] * f[k];
            }
        }
    }
  MPI_Allreduce(MPI_IN_PLACE, sums.data(), static_cast<int>(2 * K), MPI_DOUBLE, MPI_SUM, density.adaptive->communicator());
  return sums;
}
} // namespace rhoflow
