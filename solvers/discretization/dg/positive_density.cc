#include <solvers/discretization/dg/positive_density.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/numerics/dense.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/discretization/dg/moment_functionals.h>

namespace rhoflow
{
namespace
{
double largest_entry(const std::vector<double> &x)
{
  double largest = 0.;
  for (const double entry : x)
    largest = std::max(largest, std::abs(entry));
  return largest;
}

double product(const std::vector<double> &x, const std::vector<double> &y)
{
  double sum = 0.;
  for (std::size_t k = 0; k < x.size(); ++k)
    sum += x[k] * y[k];
  return sum;
}
} // namespace

PositiveDensity::PositiveDensity(const DGMesh &dg_mesh, const Coupling &coupling, const std::vector<double> &values)
  : mesh(dg_mesh)
  , equidistant(dg_mesh)
{
  const MPI_Comm      comm     = mesh.mesh().communicator();
  const unsigned int  n_points = mesh.points_per_cell(), n = mesh.batches().n;
  const auto         &cells = mesh.mesh().cells();
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
          s[i]  = std::max(p[i], 0.);
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
  evolved_minimum                = dealii::Utilities::MPI::min(lowest, comm);
  if (!(evolved_mass > 0.) || !std::isfinite(evolved_minimum))
    throw RunError(
      "the density is not finite or holds no mass: the scheme is unstable. Reduce 'Discontinuous Galerkin/CFL number'.");

  v = start;
  std::vector<double> goal, measure;
  {
    MomentFunctionals functionals(mesh, coupling, equidistant);
    functionals.normalize(start, 0.);
    goal    = functionals.integrals(polynomial);
    measure = functionals.measure();
    functionals.orthonormalize(start);
    largest_deviation = std::numeric_limits<double>::infinity();
    tilt(functionals, functionals.integrals(polynomial), start, 1e-14 * evolved_mass);
  }
  constexpr double satisfactory = 1e-10;
  if (largest_deviation > satisfactory)
    {
      // No density on this support has these moments, or only one that is far from v⁰. The functionals as they are let go of
      // what is small in them, and the larger ε, the closer the density stays to v⁰.
      MomentFunctionals functionals(mesh, coupling, equidistant);
      functionals.normalize(start, 0.);
      std::vector<double> residual = functionals.integrals(v);
      for (std::size_t k = 0; k < residual.size(); ++k)
        residual[k] -= goal[k];
      largest_deviation = largest_entry(residual) / evolved_mass;
      for (const double epsilon : {1e-13, 1e-10, 1e-7, 1e-4, 1e-2})
        if (largest_deviation > satisfactory)
          tilt(functionals, goal, start, epsilon * evolved_mass);
    }

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
      changed.add(measure[i] * std::abs(v[i] - start[i]));
    }
  changed_mass = global_sum(changed, comm);
}

void PositiveDensity::tilt(const MomentFunctionals &functionals, const std::vector<double> &goal,
                           const std::vector<double> &start, double epsilon)
{
  constexpr double       tolerance      = 1e-13;
  constexpr double       far_off        = 100.; // order-independent sums are exact up to about 1000
  constexpr unsigned int max_iterations = 60, max_trials = 20, patience = 10;
  const std::size_t      K = functionals.size(), n = start.size();

  std::vector<double> mu(K, 0.), center(K, 0.), trial_mu(K), residual(K), trial_residual(K);
  std::vector<double> exponent(n, 0.), trial_exponent(n, 0.), slope = start, direction, trial = start;
  // Returns the largest entry of goal − L(v).
  const auto find_residual = [&](std::vector<double> &result) {
    result           = functionals.integrals(trial);
    double deviation = 0.;
    for (std::size_t k = 0; k < K; ++k)
      {
        const double difference = goal[k] - result[k];
        deviation               = std::max(deviation, std::abs(difference));
        result[k]               = difference - epsilon * (trial_mu[k] - center[k]);
      }
    return deviation / evolved_mass;
  };
  double       deviation = find_residual(residual), last_solution = std::numeric_limits<double>::infinity();
  double       best    = largest_entry(residual);
  unsigned int stalled = 0;
  largest_deviation    = std::min(largest_deviation, deviation);
  for (unsigned int i = 0; i < max_iterations && deviation > tolerance && stalled < patience; ++i, ++n_iterations)
    {
      std::vector<double> step = residual;
      Cholesky(functionals.gram(slope), K, epsilon, 0.5 * epsilon).solve(step.data());
      functionals.combine(step, direction);
      // Along the direction the gradient increases: where it has become positive the step was too long.
      const double descent = product(step, residual);
      if (!(descent > 0. && std::isfinite(descent)))
        break;
      double length = 1.;
      for (unsigned int trials = 0; trials < max_trials; ++trials)
        {
          for (std::size_t e = 0; e < n; ++e)
            trial_exponent[e] = exponent[e] + length * direction[e];
          for (std::size_t k = 0; k < K; ++k)
            trial_mu[k] = mu[k] + length * step[k];
          apply_tilt(n, start.data(), trial_exponent.data(), trial.data(), slope.data());
          deviation             = find_residual(trial_residual);
          const double overshot = -product(step, trial_residual);
          if (overshot <= 0.5 * descent && deviation < far_off)
            break;
          length *= overshot > 0. ? std::max(0.1, descent / (descent + overshot)) : 0.1;
        }
      if (!(deviation < far_off))
        break;
      exponent.swap(trial_exponent);
      mu = trial_mu;
      residual.swap(trial_residual);
      if (deviation < largest_deviation)
        {
          largest_deviation = deviation;
          v                 = trial;
        }
      const double reached = largest_entry(residual);
      stalled              = reached < 0.5 * best ? 0 : stalled + 1;
      best                 = std::min(best, reached);
      if (reached < 0.1 * deviation * evolved_mass)
        {
          // This step of the proximal point method is done; the next one starts from here while they help.
          if (deviation > 0.5 * last_solution)
            break;
          last_solution = deviation;
          center        = mu;
          find_residual(residual);
          best    = largest_entry(residual);
          stalled = 0;
        }
    }
}

namespace
{
using PartMasses = std::array<std::array<double, max_points>, 32>;

/// ∫ ℓ_q over the 2^level equal parts of a cell's axis, [part][q]. The parts' own elements integrate it exactly, with any
/// weight.
PartMasses part_masses(const DGMesh &mesh, const CellKey &key, unsigned int d, unsigned int level)
{
  PartMasses         result{};
  const LineBasis   &line    = mesh.line(key, d);
  const unsigned int n_parts = 1U << level;
  CellKey            part    = key;
  part.level += level;
  for (unsigned int b = 0; b < n_parts; ++b)
    {
      part.index[d]         = key.index[d] * n_parts + b;
      const LineBasis &fine = mesh.line(part, d);
      for (unsigned int p = 0; p < fine.n; ++p)
        for (unsigned int q = 0; q < line.n; ++q)
          result[b][q] += mesh.mesh().extent(part, d) * fine.weights[p] * fine.weight_mean *
                          line.value(q, (b + fine.nodes[p]) / n_parts);
    }
  return result;
}
} // namespace

Measure PositiveDensity::boxes() const
{
  Measure result;
  if (!mesh.mesh().has_counted_cells())
    return result;
  const auto         &cells    = mesh.mesh().cells();
  const unsigned int  n_points = mesh.points_per_cell(), n = mesh.batches().n, dim = mesh.dimension();
  const double        typical = evolved_mass / static_cast<double>(mesh.mesh().n_global_cells());
  const double        least   = std::min(1e-12 * evolved_mass, 1e-9 * typical);
  std::vector<double> nodes(n_points * dim), weights(n_points), values(n_points), folded;
  for (std::size_t c = 0; c < cells.size(); ++c)
    {
      equidistant.to_gauss(cells[c], v.data() + c * n_points, values.data());
      mesh.nodes(cells[c], nodes.data());
      mesh.weights(cells[c], weights.data());
      double mass = 0., moments[3] = {};
      for (unsigned int i = 0; i < n_points; ++i)
        {
          mass += weights[i] * values[i];
          for (unsigned int d = 0; d < dim; ++d)
            moments[d] += weights[i] * values[i] * nodes[i * dim + d];
        }
      if (!(mass > least))
        continue;

      // Coordinates that are not there leave room for finer boxes.
      const unsigned int level   = 3 - dim + (mass > 10. * typical) + (mass > 0.1 * typical) + (mass > 1e-3 * typical);
      const unsigned int n_parts = 1U << level;
      // ∫ v over the boxes: axis by axis, the first one fastest.
      unsigned int        done = 1, left = n_points;
      std::vector<double> masses = values;
      for (unsigned int d = 0; d < dim; ++d)
        {
          const PartMasses parts = part_masses(mesh, cells[c], d, level);
          left /= n;
          folded.assign(done * n_parts * left, 0.);
          for (unsigned int outer = 0; outer < left; ++outer)
            for (unsigned int q = 0; q < n; ++q)
              for (unsigned int b = 0; b < n_parts; ++b)
                for (unsigned int inner = 0; inner < done; ++inner)
                  folded[(outer * n_parts + b) * done + inner] += parts[b][q] * masses[(outer * n + q) * done + inner];
          masses.swap(folded);
          done *= n_parts;
        }
      double kept = 0.;
      for (double &m : masses)
        kept += (m = std::max(m, 0.));

      // Towards the side on which the mean is: the boxes stay inside the cell.
      double origin[3] = {}, extent[3] = {};
      for (unsigned int d = 0, stride = 1; d < dim; ++d, stride *= n_parts)
        {
          const double lower = mesh.mesh().position(cells[c], d, 0), upper = mesh.mesh().position(cells[c], d, 1);
          double       place = 0.;
          for (unsigned int b = 0; b < done; ++b)
            place += masses[b] * (b / stride % n_parts + 0.5);
          place /= kept * n_parts;
          const double wanted = std::min(std::max((moments[d] / mass - lower) / (upper - lower), 0.), 1.);
          const double factor = wanted < place ? wanted / place : (1. - wanted) / (1. - place);
          origin[d]           = wanted < place ? lower : upper - (upper - lower) * factor;
          extent[d]           = (upper - lower) * factor / n_parts;
        }
      for (unsigned int b = 0; b < done; ++b)
        if (masses[b] > 0.)
          {
            result.weights.push_back(masses[b] * (mass / kept));
            for (unsigned int d = 0, rest = b; d < dim; ++d, rest /= n_parts)
              {
                result.points.push_back(origin[d] + (rest % n_parts + 0.5) * extent[d]);
                result.extents.push_back(extent[d]);
              }
          }
    }
  return result;
}
} // namespace rhoflow
