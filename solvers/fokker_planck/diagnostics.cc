#include <solvers/fokker_planck/diagnostics.h>

#include <cmath>
#include <limits>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/run/statistics.h>
#include <solvers/discretization/nodal/nodal_potential.h>
#include <solvers/discretization/nodal/nodal_space.h>
#include <solvers/fokker_planck/equilibrium.h>
#include <solvers/fokker_planck/fitted_operator.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
namespace
{
/// Sums over the owned nodes of all ranks.
class Sums
{
public:
  explicit Sums(std::size_t n)
    : sums(n)
  {}
  ExactSum           &operator[](std::size_t i) { return sums[i]; }
  std::vector<double> over(MPI_Comm communicator) { return global_sums(std::move(sums), communicator); }

private:
  std::vector<ExactSum> sums;
};

/// x log x.
double x_log_x(double x)
{
  return x > 0. ? x * std::log(x) : 0.;
}

std::vector<double> masses_of(const NodalSpace &space, const std::vector<double> &p)
{
  std::vector<double> masses(p.size());
  for (std::size_t i = 0; i < p.size(); ++i)
    masses[i] = space.weights()[i] * p[i];
  return masses;
}

/// Σ M p log(p / reference measure), ∫ (λ/2 |θ|² + L) ρ.
std::vector<double> entropy_and_fixed_energy(const NodalSpace &space, const NodalPotential &potential,
                                             const std::vector<double> &p)
{
  Sums sums(2);
  for (std::size_t i = 0; i < p.size(); ++i)
    {
      const std::uint32_t node = space.owned_node(i);
      const double        w    = space.weights()[i];
      sums[0].add(w * (x_log_x(p[i]) + p[i] * (potential.radial_part(node) - potential.measure().log_sphere)));
      sums[1].add(w * p[i] * potential.fixed_part(node));
    }
  return sums.over(space.mesh().communicator());
}

/// The places of a node: on both sides of the box where it lies on one of two that are identified. Which of them the space
/// names depends on the partition. [images][D].
std::vector<double> images_of(const Domain &box, const double *theta)
{
  const unsigned int  dim = box.dimension();
  std::vector<double> images(theta, theta + dim);
  for (unsigned int d = 0; d < dim; ++d)
    if (box.periodic[d] && (theta[d] == box.lower[d] || theta[d] == box.upper[d]))
      {
        const std::size_t n = images.size();
        for (std::size_t i = 0; i < n; ++i)
          images.push_back(i % dim == d ? box.lower[d] + box.upper[d] - images[i] : images[i]);
      }
  return images;
}

/// Sums over the owned nodes, half of a node's mass on either side where two sides of the box are identified.
MassIntegrals integrals_over(const NodalSpace &space, const std::vector<double> &masses)
{
  return [&](const unsigned int n, const FunctionsOfMass &functions) {
    const Domain       &box = space.mesh().domain();
    const unsigned int  dim = space.dimension();
    Sums                sums(n);
    std::vector<double> products(n);
    for (std::size_t i = 0; i < masses.size(); ++i)
      {
        const std::vector<double> images = images_of(box, space.position(space.owned_node(i)));
        const double              share  = masses[i] * dim / static_cast<double>(images.size());
        for (std::size_t image = 0; image < images.size(); image += dim)
          {
            functions(images.data() + image, share, products.data());
            for (unsigned int k = 0; k < n; ++k)
              sums[k].add(products[k]);
          }
      }
    return sums.over(space.mesh().communicator());
  };
}
} // namespace

double free_energy(const FittedOperator &fitted, const NodalPotential &potential, const std::vector<double> &p)
{
  const NodalSpace         &space = fitted.space();
  const std::vector<double> parts = entropy_and_fixed_energy(space, potential, p);
  return potential.mean_field().risk(potential.moments(masses_of(space, p))) + parts[1] + parts[0] / potential.beta();
}

double mass_at_sides(const FittedOperator &fitted, const NodalPotential &potential, const std::vector<double> &p)
{
  return mass_at_sides(fitted.space(), potential.measure().has_radius, fitted.values_at_nodes(p));
}

double mass_at_sides(const NodalSpace &space, const bool has_radius, const std::vector<double> &local)
{
  const Domain      &box = space.mesh().domain();
  const unsigned int dim = space.dimension();
  ExactSum           sum;
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      const CellKey &key  = space.mesh().cells()[c];
      bool           side = false;
      for (unsigned int d = 0; d < dim; ++d)
        {
          CellKey neighbor;
          // Nothing leaves the box through r = 0.
          const bool natural = has_radius && d + 1 == dim && box.lower[d] == 0.;
          side               = side || !space.mesh().neighbor(key, d, 1, neighbor) ||
                 (!natural && !space.mesh().neighbor(key, d, 0, neighbor));
        }
      for (unsigned int i = 0; side && i < space.points_per_cell(); ++i)
        {
          double w = 1.;
          for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= space.line().n)
            w *= space.line().weights[rest % space.line().n] * space.mesh().extent(key, d);
          sum.add(w * local[space.cell(c)[i]]);
        }
    }
  return global_sum(sum, space.mesh().communicator());
}
FokkerPlanckDiagnostics diagnose(FittedOperator &fitted, const NodalPotential &potential, const std::vector<double> &p,
                                 const Equilibrium *equilibrium, const Observables &observables)
{
  const NodalSpace         &space  = fitted.space();
  const MPI_Comm            comm   = space.mesh().communicator();
  const unsigned int        dim    = space.dimension();
  const double              beta   = potential.beta();
  const double              nan    = std::numeric_limits<double>::quiet_NaN();
  const std::vector<double> masses = masses_of(space, p), moments = potential.moments(masses);
  const std::vector<double> parts = entropy_and_fixed_energy(space, potential, p);
  const MeanField          &field = potential.mean_field();

  FokkerPlanckDiagnostics result;
  result.risk        = field.risk(moments);
  result.excess_risk = field.excess_risk(moments);
  result.entropy     = parts[0];
  result.free_energy = result.risk + parts[1] + parts[0] / beta;

  const std::vector<double> flow = fitted.apply(p);
  double                    log_partition;
  NodalDual(potential, space).boltzmann_density(field.residual(moments), log_partition);
  Sums   sums(6);
  double lowest = std::numeric_limits<double>::infinity();
  for (std::size_t i = 0; i < p.size(); ++i)
    {
      const std::uint32_t node   = space.owned_node(i);
      const double *const theta  = space.position(node);
      const double        phi    = fitted.exponents()[node];
      double              square = 0.;
      lowest                     = std::min(lowest, p[i]);
      sums[0].add(masses[i]);
      sums[1].add(space.weights()[i] * (x_log_x(p[i]) + p[i] * phi)); // of KL(ρ ‖ ρ̂)
      if (p[i] > 0.)
        sums[2].add((std::log(p[i]) + phi) * flow[i] / beta);
      for (unsigned int d = 0; d < dim; ++d)
        square += theta[d] * theta[d];
      sums[5].add(masses[i] * potential.external_part(node));
      sums[3].add(.5 * field.weight_decay() * masses[i] * square);
      if (equilibrium != nullptr && p[i] > 0.)
        // log(p/p*) by exponents: p* may be too small for a number.
        sums[4].add(masses[i] * (std::log(p[i]) + equilibrium->exponents[i]));
    }
  const std::vector<double> total = sums.over(comm);
  MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_DOUBLE, MPI_MIN, comm);
  result.mass          = total[0];
  result.minimum       = lowest;
  result.upper_bound   = (total[1] + total[0] * log_partition) / beta;
  result.dissipation   = total[2];
  result.confinement   = total[3];
  result.lower_bound   = equilibrium != nullptr ? total[4] / beta : nan;
  result.distance      = equilibrium != nullptr ? result.free_energy - equilibrium->free_energy : nan;
  result.boundary_mass = mass_at_sides(fitted, potential, p);
  result.risk += total[5];
  result.excess_risk += total[5];
  result.functionals = functionals(integrals_over(space, masses), dim, observables);
  return result;
}

void add_to_row(Statistics &table, const FokkerPlanckDiagnostics &diagnostics, const std::vector<std::string> &names,
                const Observables &observables)
{
  table.set("risk", diagnostics.risk);
  table.set("excess risk", diagnostics.excess_risk);
  table.set("free energy", diagnostics.free_energy);
  table.set("free-energy gap", diagnostics.distance);
  table.set("lower bound of the gap", diagnostics.lower_bound);
  table.set("upper bound of the gap", diagnostics.upper_bound);
  table.set("dissipation", diagnostics.dissipation);
  table.set("entropy", diagnostics.entropy);
  table.set("confinement", diagnostics.confinement);
  table.set("mass", diagnostics.mass);
  table.set("minimum", diagnostics.minimum);
  table.set("boundary mass", diagnostics.boundary_mass);
  add_to_row(table, diagnostics.functionals, names, observables);
}
} // namespace rhoflow
