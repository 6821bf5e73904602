#include <cmath>
#include <string>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/comparison/memory.h>
#include <solvers/evolution/inputs.h>
#include <solvers/evolution/spread_of_networks.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
void check_entropy(const MeanFieldParameters &parameters, const SolverTraits &traits, const std::string &solver)
{
  if (traits.entropy == SolverTraits::Entropy::refused)
    parameters.refuse_entropy(solver);
  if (traits.entropy == SolverTraits::Entropy::required && !std::isfinite(parameters.inverse_temperature))
    throw InputError(Refusal::unsupported, "Mean field/Inverse temperature",
                     "the solver '" + solver +
                       "' is for the equation with entropy: give a finite beta, such as 100, or choose a solver without it, "
                       "such as 'continuity'.");
}

/// Networks beside a density that has no time, or beside none.
void refuse_networks(const SolverTraits &traits, const std::string &solver)
{
  if (traits.has_density())
    throw InputError(Refusal::unsupported, "Compare with SGD",
                     "the solver '" + solver + "' has no time in which a network could be trained beside it. Set it to false.");
  throw InputError(Refusal::unsupported, "Compare with SGD",
                   "the solver '" + solver +
                     "' trains the networks alone and has no density to compare them with. Set it to false, or choose a solver "
                     "for the density, such as 'continuity'.");
}
} // namespace

void EvolutionInputs::parse(dealii::ParameterHandler &prm, const SolverTraits &traits)
{
  MeanFieldSetup::parse(prm, traits.has_density());
  check_entropy(parameters, traits, run.solver);
  comparison.parse(prm);
  if (!traits.landscape)
    refuse_landscape(*problem, run.solver);
  if (!traits.point_masses && !problem->initial_law().has_density())
    throw InputError(Refusal::unsupported, "Initial law/Law",
                     "a point mass has no density on a mesh. Use a narrow normal(...) instead of point(...), or a solver that "
                     "moves points: 'characteristics' for the equation without entropy, or 'particles'.");
  observables.parse(prm, problem->parameter_names());
  if (run.compare_with_sgd)
    {
      if (!traits.networks_beside)
        refuse_networks(traits, run.solver);
      networks.emplace();
      networks->parse(prm, run, parameters, comparison);
      networks->check(*problem);
    }
  predicts_spread = wants_spread(*this);
}

void EvolutionInputs::parse_mesh(dealii::ParameterHandler &prm)
{
  refinement.parse(prm, domain.dimension());
  if (domain.subdivisions.empty())
    {
      // The coarse mesh: small cells only where the density is.
      const unsigned int n_cells = Domain::automatic_subdivisions(domain.dimension());
      domain.set_subdivisions(n_cells);
      set_parameter_value(prm, "Domain/Subdivisions", std::to_string(n_cells));
    }
  refinement.record(prm);
  domain.check_mesh();
  output.parse(prm);
  if (refinement.adaptive && domain.refinement > refinement.maximum_level)
    throw InputError(Refusal::inconsistent, "Refinement/Maximum level",
                     "the mesh starts with 'Domain/Refinement = " + std::to_string(domain.refinement) +
                       "', which is above the maximum level. Raise the one or lower the other.");
  observables.require_finite_in(domain.lower, domain.upper);
}

void EvolutionInputs::add_network_memory(const MPI_Comm communicator)
{
  if (networks)
    add_companion_memory(*problem, *networks, communicator, memory);
  if (predicts_spread && mean_field)
    memory.add("the spread of networks", spread_memory(*this, communicator), "Comparison/Predicted spread", "set it to false");
}

void EvolutionInputs::prepare_on_mesh(const MPI_Comm communicator, Progress &progress,
                                      const std::function<void(unsigned int n_modes)> &add_memory)
{
  const auto estimate = [&](const unsigned int n_modes) {
    memory.clear();
    add_memory(n_modes);
    add_network_memory(communicator);
    memory.require(communicator);
  };
  estimate(0);
  check_initial_mass();
  make_mean_field(communicator, &progress);
  estimate(mean_field->n_modes());
}
} // namespace rhoflow
