#include <solvers/base/memory_guard.h>
#include <solvers/comparison/memory.h>
#include <solvers/comparison/parameters.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/memory.h>

#include <cmath>

namespace rhoflow
{
void add_companion_memory(const LearningProblem &problem, const CompanionSettings &settings, MPI_Comm communicator,
                          MemoryEstimate &memory)
{
  const ComparisonParameters &comparison = settings.comparison;
  const bool                  bias       = comparison.bias_estimation == ComparisonParameters::BiasEstimation::richardson;
  add_network_memory(problem, settings.particles, bias ? 2.5 : 1., communicator, memory);
  // Differences of the distribution functions of two measures, in integers; and sums over resamples.
  const double directions = (problem.n_parameters() == 1 ? 1. : comparison.n_directions) + problem.n_parameters();
  memory.add("the distances along lines", 8. * 4. * directions * comparison.n_bins, "Comparison/Bins",
             "choose fewer 'Comparison/Bins' or 'Comparison/Directions'");
  // Costs, arcs with their ends, the graph, and the simplex method's lists.
  if (problem.n_parameters() > 1)
    memory.add("the transport plan", 110. * std::pow(comparison.n_points, 2), "Comparison/Transport points",
               "choose fewer 'Comparison/Transport points'");
}
} // namespace rhoflow
