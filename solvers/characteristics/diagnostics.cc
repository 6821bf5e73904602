#include <solvers/base/run/statistics.h>
#include <solvers/characteristics/diagnostics.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/observables.h>

#include <algorithm>

namespace rhoflow
{
PotentialSample::PotentialSample(const std::vector<double> &lower, const std::vector<double> &upper, bool has_outer_weight)
{
  const std::size_t skip = (has_outer_weight ? 1 : 0), dimension = lower.size() - skip;
  if (has_outer_weight)
    {
      lower_a = lower[0];
      upper_a = upper[0];
    }
  const std::size_t per_axis = (dimension == 1 ? 2001 : dimension == 2 ? 81 : 25);
  std::size_t       n        = 1;
  for (std::size_t d = 0; d < dimension; ++d)
    n *= per_axis;
  omega.resize(n * dimension);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t d = 0, index = i; d < dimension; ++d, index /= per_axis)
      omega[i * dimension + d] = lower[skip + d] + (upper[skip + d] - lower[skip + d]) * static_cast<double>(index % per_axis) /
                                                     static_cast<double>(per_axis - 1);
}

CharacteristicsDiagnostics diagnose(CharacteristicsOperator &system, const double *points, const PotentialSample &sample,
                                    const Observables &observables)
{
  const MeanField           &field = system.mean_field();
  const std::size_t          D = field.learning_problem().n_parameters(), n = system.start().weights.size();
  CharacteristicsDiagnostics result;
  const std::vector<double> &moments  = system.update(points);
  const double               external = system.external_energy(points);
  result.risk                         = field.risk(moments) + external;
  result.excess_risk                  = field.excess_risk(moments) + external;

  std::vector<double> velocity(n * D), potential(n);
  system.velocity(velocity.data());
  system.potential(potential.data());

  // 1, |∇Ψ_λ|², Ψ_λ, |θ|², θ_0 θ_1.
  const std::size_t   columns = 5;
  std::vector<double> q(n * columns, 0.);
  for (std::size_t i = 0; i < n; ++i)
    {
      double       *row   = &q[i * columns];
      const double *theta = points + i * D;
      row[0]              = 1.;
      row[2]              = potential[i];
      for (std::size_t d = 0; d < D; ++d)
        {
          row[1] += velocity[i * D + d] * velocity[i * D + d];
          row[3] += theta[d] * theta[d];
        }
      row[4] = (D > 1 ? theta[0] * theta[1] : 0.);
    }
  const std::vector<double> integrals = system.integrals(q, columns);
  result.mass                         = integrals[0];
  result.dissipation                  = integrals[1];
  result.energy                       = result.risk + .5 * field.weight_decay() * integrals[3];
  result.alignment                    = integrals[4];
  // The weights are those of a law that may have lost its lightest points: per unit of mass.
  const MassIntegrals means = [&](const unsigned int n_functions, const FunctionsOfMass &functions) {
    std::vector<double> g(n * n_functions);
    for (std::size_t i = 0; i < n; ++i)
      functions(points + i * D, 1., g.data() + i * n_functions);
    std::vector<double> sums = system.integrals(g, n_functions);
    for (double &sum : sums)
      sum /= result.mass;
    return sums;
  };
  result.functionals = functionals(means, static_cast<unsigned int>(D), observables);

  double lowest = sample.minimum(system);
  for (const double value : potential)
    lowest = std::min(lowest, value);
  MPI_Allreduce(MPI_IN_PLACE, &lowest, 1, MPI_DOUBLE, MPI_MIN, system.communicator());
  result.certificate = integrals[2] / result.mass - lowest;
  return result;
}

void add_to_row(Statistics &table, double time, const CharacteristicsDiagnostics &diagnostics, double risk_error,
                double energy_balance, const std::vector<std::string> &names, bool with_alignment,
                const Observables &observables)
{
  table.set("time", time);
  table.set("risk", diagnostics.risk);
  table.set("excess risk", diagnostics.excess_risk);
  table.set("risk error", risk_error);
  table.set("dissipation", diagnostics.dissipation);
  table.set("energy balance", energy_balance);
  table.set("Frank-Wolfe gap", diagnostics.certificate);
  table.set("mass", diagnostics.mass);
  add_moments(table, diagnostics.functionals, names);
  if (with_alignment)
    table.set("alignment", diagnostics.alignment);
  add_observables(table, diagnostics.functionals, observables);
}
} // namespace rhoflow
