#include <solvers/discretization/positive_density.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/exact_sum.h>
#include <solvers/discretization/moment_functionals.h>

namespace rhoflow
{
namespace
{
/// Solves (H + shift I) x = b, H row-major with its upper half given; Cholesky's decomposition, `matrix` is overwritten.
std::vector<double> solve_shifted(std::vector<double> &matrix, double shift, std::vector<double> b)
{
  const std::size_t n = b.size();
  for (std::size_t k = 0; k < n; ++k)
    {
      double *const row   = matrix.data() + k * n;
      const double  pivot = std::sqrt(std::max(row[k] + shift, 0.5 * shift));
      row[k]              = pivot;
      for (std::size_t l = k + 1; l < n; ++l)
        row[l] /= pivot;
      b[k] /= pivot;
      for (std::size_t i = k + 1; i < n; ++i)
        {
          for (std::size_t l = i; l < n; ++l)
            matrix[i * n + l] -= row[i] * row[l];
          b[i] -= row[i] * b[k];
        }
    }
  for (std::size_t k = n; k-- > 0;)
    {
      for (std::size_t l = k + 1; l < n; ++l)
        b[k] -= matrix[k * n + l] * b[l];
      b[k] /= matrix[k * n + k];
    }
  return b;
}

double largest_entry(const std::vector<double> &x)
{
  double largest = 0.;
  for (const double entry : x)
    largest = std::max(largest, std::abs(entry));
  return largest;
}
} // namespace

PositiveDensity::PositiveDensity(const DGMesh &dg_mesh, const Coupling &coupling, const std::vector<double> &values)
  : mesh(dg_mesh)
  , equidistant(dg_mesh)
{
  const MPI_Comm      comm     = mesh.mesh().communicator();
  const unsigned int  n_points = mesh.points_per_cell(), n = mesh.batches().n;
  const auto         &cells    = mesh.mesh().cells();
  std::vector<double> polynomial(values.size()), start(values.size()), w(n_points);
  ExactSum            mass_sum, negative_sum;
  double              lowest = std::numeric_limits<double>::infinity();

  for (std::size_t c = 0; c < cells.size(); ++c)
    {
      const double *const rho = values.data() + c * n_points;
      mesh.weights(cells[c], w.data());
      double mass = 0., negative = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        {
          mass += w[i] * rho[i];
          negative += w[i] * std::max(-rho[i], 0.);
          lowest = std::min(lowest, rho[i]);
        }
      mass_sum.add(mass);
      negative_sum.add(negative);

      double *const p = polynomial.data() + c * n_points, *const s = start.data() + c * n_points;
      equidistant.from_gauss(cells[c], rho, p);
      double volume = 1., clipped_mass = 0., least = 0.;
      for (unsigned int d = 0; d < mesh.dimension(); ++d)
        volume *= mesh.mesh().extent(cells[c], d);
      for (unsigned int i = 0; i < n_points; ++i)
        {
          double share = volume;
          for (unsigned int d = 0, rest = i; d < mesh.dimension(); ++d, rest /= n)
            share *= equidistant.line(cells[c], d).weights[rest % n];
          s[i] = std::max(p[i], 0.);
          least = std::min(least, p[i]);
          clipped_mass += share * s[i];
        }
      if (least < 0.)
        {
          const double factor = mass <= 0. ? 0. : (clipped_mass > mass ? mass / clipped_mass : 1.);
          for (unsigned int i = 0; i < n_points; ++i)
            s[i] *= factor;
        }
    }
  const std::vector<double> sums = global_sums({mass_sum, negative_sum}, comm);
  evolved_mass                   = sums[0];
  evolved_negative_mass          = sums[1];
  MPI_Allreduce(&lowest, &evolved_minimum, 1, MPI_DOUBLE, MPI_MIN, comm);
  if (!(evolved_mass > 0.) || !std::isfinite(evolved_minimum))
    throw RunError("the density is not finite or holds no mass: the scheme is unstable. Reduce 'Discontinuous Galerkin/CFL number'.");

  MomentFunctionals functionals(mesh, coupling, equidistant);
  functionals.normalize(start);
  const std::vector<double> goal = functionals.integrals(polynomial);
  const std::size_t         K    = functionals.size();

  // Newton's method on the dual function D(μ) = Σ measure v⁰ exp(μ·ψ) − μ·goal, whose gradient is −residual. Far from the solution
  // a step changes log v by at most `radius`; one that went past the minimum along its direction is halved.
  constexpr double       radius = 3., shift = 1e-13, tolerance = 1e-13;
  constexpr unsigned int max_iterations = 40, patience = 6;
  std::vector<double>    tilt(start.size(), 0.), change, trial, matrix, integrals, residual(K), best;
  double                 slope = 0., length = 0.;
  unsigned int           since_best = 0;
  largest_deviation = std::numeric_limits<double>::infinity();
  trial             = start;
  for (; n_iterations < max_iterations; ++n_iterations)
    {
      const bool summed = functionals.gram(trial, matrix, integrals);
      double     slope_here = 0.;
      for (std::size_t k = 0; k < K; ++k)
        residual[k] = goal[k] - integrals[k];
      const double deviation = largest_entry(residual) / evolved_mass;
      (void)slope_here; (void)slope; (void)length;
      if (!summed || !std::isfinite(deviation))
        break;
      if (getenv("PD_VERBOSE")) printf("   it %u dev %.3e\n", n_iterations, deviation);
      if (deviation < largest_deviation)
        {
          if (deviation > 0.5 * largest_deviation)
            ++since_best;
          else
            since_best = 0;
          largest_deviation = deviation;
          best              = trial;
        }
      else
        ++since_best;
      if (deviation < tolerance || since_best > patience)
        break;
      const std::vector<double> step = solve_shifted(matrix, shift, residual);
      const double largest = functionals.combine(step, start, change);
      length = largest > radius ? radius / largest : 1.;
      if (getenv("PD_VERBOSE")) printf("      step max %.3e |mu| %.3e\n", largest, largest_entry(step));
      for (std::size_t i = 0; i < tilt.size(); ++i)
        tilt[i] += length * change[i];
      apply_tilt(tilt.size(), start.data(), tilt.data(), trial.data());
    }
  v = best;

  ExactSum reached, changed;
  for (std::size_t c = 0; c < cells.size(); ++c)
    {
      mesh.weights(cells[c], w.data());
      std::vector<double> gauss(n_points);
      equidistant.to_gauss(cells[c], v.data() + c * n_points, gauss.data());
      double mass = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        mass += w[i] * gauss[i];
      reached.add(mass);
    }
  const double factor = evolved_mass / global_sum(reached, comm);
  for (std::size_t i = 0; i < v.size(); ++i)
    {
      v[i] *= factor;
      changed.add(functionals.measure()[i] * std::abs(v[i] - start[i]));
    }
  changed_mass = global_sum(changed, comm);
}
} // namespace rhoflow
