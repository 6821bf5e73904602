#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/timing.h>
#include <solvers/characteristics/characteristics_operator.h>
#include <solvers/characteristics/diagnostics.h>
#include <solvers/characteristics/inputs.h>
#include <solvers/characteristics/point_output.h>
#include <solvers/characteristics/step.h>
#include <solvers/evolution/density_outputs.h>
#include <solvers/evolution/error_estimate.h>
#include <solvers/evolution/running_checks.h>

namespace rhoflow
{
struct RunContext;

/// Compressed features are as good as they say inside the box alone. The name of the first coordinate of ω that is outside for
/// one of this rank's `points` [n][D], with its value; empty if there is none.
std::string coordinate_outside(const CharacteristicsInputs &inputs, const double *points, std::size_t n);
/// What to do about it.
extern const char *const box_advice;

/// The points in time, with rows of statistics.
class CharacteristicsEvolution : public Evolution
{
public:
  /// Both live longer.
  CharacteristicsEvolution(const CharacteristicsInputs &inputs, const RunContext &context);

  double                                           time() const override { return stepper.time(); }
  void                                             step(double end) override;
  bool                                             prepare_output() override { return outputs.prepare(time()); }
  void                                             output() override;
  void                                             save(CheckpointWriter &checkpoint) const override;
  void                                             load(const CheckpointReader &checkpoint) override;
  std::vector<std::pair<std::string, std::string>> progress() const override;

  /// Rows for the report. Collective.
  std::vector<std::pair<std::string, std::string>> report();
  /// timing.csv, and its rows for the report.
  std::vector<std::pair<std::string, std::string>> write_timing();

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("initial energy", self.initial_energy);
    RunningChecks::visit(visit, self.checks);
  }

private:
  double energy_balance() const { return initial_energy - last.energy - stepper.dissipated_energy(); }

  const CharacteristicsInputs &inputs;
  const RunContext            &context;
  const LearningProblem       &problem;
  Timing                       timing;
  CharacteristicsOperator      system;
  CharacteristicsStep          stepper;
  ErrorEstimate                errors;
  PotentialSample              sample;
  Statistics                   statistics;
  PointOutput                  pictures;
  DensityOutputs               outputs;
  RunningChecks                checks;
  CharacteristicsDiagnostics   last;
  bool                         started        = false;
  double                       initial_energy = 0., risk = 0.;
  std::uint64_t                evaluations_before = 0; ///< those before the run went on, which took none of the time
};
} // namespace rhoflow
