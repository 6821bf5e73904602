#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/timing.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/parameters.h>
#include <solvers/comparison/sgd_twin.h>
#include <solvers/discretization/density_output.h>
#include <solvers/fokker_planck/state.h>
#include <solvers/mean_field/fitted_curve.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
struct RunContext;

/// What a run writes besides its tables of numbers: the density for ParaView, the fitted curve, the comparison with finite
/// networks.
class FokkerPlanckResults
{
public:
  /// `twin`: null for no comparison.
  FokkerPlanckResults(const LearningProblem &problem, const OutputParameters &output, const TwinSettings *twin,
                      const RunContext &context);

  /// A note before the first step if what is to be written is large.
  void announce(const RunContext &context, const NodalSpace &space) const
  {
    density_output.announce(context, space.mesh().n_global_cells() * space.points_per_cell());
  }

  /// A part of the training of the networks up to the output time; true at its end. Collective.
  bool prepare(double time, Timing &timing);
  /// At an output time. Collective.
  void write(double time, bool last, double risk, const FokkerPlanckState &state, Timing &timing);

  /// Tables, series and networks as they are, and as they were at `time`. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint, double time);

  /// Rows for the report.
  std::vector<std::pair<std::string, std::string>> report() const;

private:
  DensityOutput            density_output;
  FittedCurve              curve;
  std::unique_ptr<SgdTwin> twin;
  MeasureOutput            measures;
};
} // namespace rhoflow
