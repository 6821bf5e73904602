#include <solvers/continuity/diagnostics.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
bool is_at_side(const AdaptiveMesh &mesh, const CellKey &key, const std::vector<bool> &natural_lower_sides)
{
  for (unsigned int d = 0; d < mesh.dimension(); ++d)
    for (unsigned int side = 0; side < 2; ++side)
      if (CellKey next; !mesh.neighbor(key, d, side, next) && !(side == 0 && natural_lower_sides[d]))
        return true;
  return false;
}
/// Sums over the nodes of a cell in their order, then over cells exactly.
MassIntegrals integrals_over(ContinuityState &solution)
{
  return [&solution](const unsigned int n, const FunctionsOfMass &functions) {
    const DGMesh         &mesh = solution.mesh();
    const unsigned int    dim = mesh.dimension(), n_points = mesh.points_per_cell();
    std::vector<ExactSum> sums(n);
    std::vector<double>   cell_sums(n), points(n_points * dim), w(n_points), q(n);
    for (std::size_t c = 0; c < mesh.n_cells(); ++c)
      {
        const CellKey &key = mesh.mesh().cells()[c];
        mesh.nodes(key, points.data());
        mesh.weights(key, w.data());
        std::fill(cell_sums.begin(), cell_sums.end(), 0.);
        for (unsigned int i = 0; i < n_points; ++i)
          {
            const double mass = w[i] * solution.field()[mesh.at(c, i)];
            functions(points.data() + i * dim, mass, q.data());
            for (unsigned int k = 0; k < n; ++k)
              cell_sums[k] += q[k];
          }
        for (unsigned int k = 0; k < n; ++k)
          sums[k].add(cell_sums[k]);
      }
    return global_sums(sums, mesh.mesh().communicator());
  };
}
} // namespace

double mass_at_sides(const DGMesh &mesh, const std::vector<double> &values, const std::vector<bool> &natural_lower_sides)
{
  const unsigned int  n_points = mesh.points_per_cell();
  std::vector<double> w(n_points);
  ExactSum            sum;
  for (std::size_t c = 0; c < mesh.n_cells(); ++c)
    {
      const CellKey &key = mesh.mesh().cells()[c];
      if (!is_at_side(mesh.mesh(), key, natural_lower_sides))
        continue;
      mesh.weights(key, w.data());
      double mass = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        mass += w[i] * values[c * n_points + i];
      sum.add(std::abs(mass));
    }
  return global_sum(sum, mesh.mesh().communicator());
}

Diagnostics diagnose(ContinuityState &solution, const std::vector<bool> &natural_lower_sides, const Observables &observables)
{
  Diagnostics result;
  result.dissipation = solution.dissipation();

  const DGMesh      &mesh     = solution.mesh();
  const Coupling    &coupling = solution.coupling();
  const MeanField   &field    = coupling.mean_field();
  const unsigned int dim = mesh.dimension(), n_points = mesh.points_per_cell();
  const double       lambda = field.weight_decay();

  const std::vector<double> m = solution.moments(), e = field.residual(m);
  result.risk        = field.risk(m);
  result.excess_risk = field.excess_risk(m);

  // mass, negative mass, boundary mass
  constexpr unsigned int n_sums = 3;
  std::vector<ExactSum>  sums(n_sums);
  std::vector<double>    cell_sums(n_sums), points(n_points * dim), w(n_points), psi(n_points);
  double                 lowest_psi = std::numeric_limits<double>::infinity();
  double                 lowest     = std::numeric_limits<double>::infinity();
  for (std::size_t c = 0; c < mesh.n_cells(); ++c)
    {
      const CellKey &key = mesh.mesh().cells()[c];
      mesh.nodes(key, points.data());
      mesh.weights(key, w.data());
      coupling.potential(mesh, c, psi.data());
      std::fill(cell_sums.begin(), cell_sums.end(), 0.);
      for (unsigned int i = 0; i < n_points; ++i)
        {
          const double  value = solution.field()[mesh.at(c, i)], mass = w[i] * value;
          const double *theta = points.data() + i * dim;
          cell_sums[0] += mass;
          cell_sums[1] += std::max(-mass, 0.);
          double square = 0.;
          for (unsigned int d = 0; d < dim; ++d)
            square += theta[d] * theta[d];
          lowest     = std::min(lowest, value);
          lowest_psi = std::min(lowest_psi, psi[i] + 0.5 * lambda * square);
        }
      if (is_at_side(mesh.mesh(), key, natural_lower_sides))
        cell_sums[2] = std::abs(cell_sums[0]);
      for (unsigned int k = 0; k < n_sums; ++k)
        sums[k].add(cell_sums[k]);
    }
  const MPI_Comm            comm      = mesh.mesh().communicator();
  const std::vector<double> totals    = global_sums(sums, comm);
  double                    minima[2] = {lowest, lowest_psi};
  MPI_Allreduce(MPI_IN_PLACE, minima, 2, MPI_DOUBLE, MPI_MIN, comm);

  result.mass          = totals[0];
  result.negative_mass = totals[1];
  result.boundary_mass = totals[2];
  result.minimum       = minima[0];
  result.functionals   = functionals(integrals_over(solution), dim, observables, Centering::raw);
  double second_moment = 0., potential_mean = 0.;
  for (unsigned int d = 0, k = 0; d < dim; ++d)
    for (unsigned int f = d; f < dim; ++f, ++k)
      if (f == d)
        second_moment += result.functionals.raw[k];
  result.alignment = dim == 1 ? 0. : result.functionals.raw[1];
  for (std::size_t j = 0; j < m.size(); ++j)
    potential_mean += e[j] * m[j];
  result.confinement = 0.5 * lambda * second_moment;
  result.certificate = potential_mean + result.confinement - minima[1];
  return result;
}

double integrate_samples(const std::vector<double> &times, const std::vector<double> &values)
{
  // ∫_{t1}^{t2} of the parabola through samples 0, 1, 2 (in any order of times), in Newton's form about t1.
  const auto parabola = [&](std::size_t i0, std::size_t i1, std::size_t i2) {
    const double h     = times[i2] - times[i1];
    const double slope = (values[i2] - values[i1]) / h;
    const double outer = (values[i0] - values[i1]) / (times[i0] - times[i1]);
    const double bend  = (outer - slope) / (times[i0] - times[i2]);
    return h * (0.5 * (values[i1] + values[i2])) - bend * h * h * h / 6.;
  };
  double total = 0.;
  for (std::size_t i = 0; i + 1 < times.size(); ++i)
    {
      const bool before = i > 0, after = i + 2 < times.size();
      if (before && after)
        total += 0.5 * (parabola(i - 1, i, i + 1) + parabola(i + 2, i, i + 1));
      else if (before)
        total += parabola(i - 1, i, i + 1);
      else if (after)
        total += parabola(i + 2, i, i + 1);
      else
        total += 0.5 * (times[i + 1] - times[i]) * (values[i] + values[i + 1]);
    }
  return total;
}
} // namespace rhoflow
