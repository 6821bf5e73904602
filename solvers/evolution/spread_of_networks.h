#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

#include <solvers/spread/spread_prediction.h>

namespace rhoflow
{
class Progress;
class Statistics;
class Timing;
struct EvolutionInputs;

/// Whether 'Comparison/Predicted spread' asks for a prediction that there can be. Throws InputError if it says true and there
/// can be none.
bool wants_spread(const EvolutionInputs &inputs);

/// Bytes on a rank that the prediction takes. The inputs have their mean field.
double spread_memory(const EvolutionInputs &inputs, MPI_Comm communicator);

/// How far the risks of finite networks are apart, beside a density of any solver in time without entropy: SpreadPrediction for
/// the learning problem, the mean field and the output times of a run.
class SpreadOfNetworks
{
public:
  /// Does the work if the inputs ask for it. If it fails, a warning says so, and the run goes on without. The inputs live
  /// longer. Collective.
  SpreadOfNetworks(const EvolutionInputs &inputs, MPI_Comm communicator, Progress &progress, Timing &timing);

  /// Sets the columns of a row, if there is a prediction.
  void add_to_row(Statistics &table, double time) const;
  /// The standard deviation of the risk of the networks beside the density; NaN if it is not predicted.
  double standard_deviation(double time) const;
  /// Rows for the report.
  std::vector<std::pair<std::string, std::string>> report() const;

private:
  const EvolutionInputs            &inputs;
  std::unique_ptr<SpreadPrediction> prediction; ///< null: none
  std::size_t                       n_points = 0;
};
} // namespace rhoflow
