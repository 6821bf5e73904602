#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/ensemble.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/timing.h>
#include <solvers/continuity/density_path.h>
#include <solvers/continuity/inputs.h>
#include <solvers/evolution/path_tables.h>
#include <solvers/evolution/running_checks.h>

namespace rhoflow
{
struct RunContext;

/// Densities on an ensemble of paths of the common noise in time, with rows of statistics over the paths. The paths
/// are dealt to groups of ranks, which share the mesh of each of theirs, one after the other; results have the same bits on any
/// number of ranks.
class DensityPathsEvolution : public Evolution
{
public:
  /// Both live longer. Collective.
  DensityPathsEvolution(const ContinuityInputs &inputs, const RunContext &context);

  double                                           time() const override { return present; }
  void                                             step(double end) override;
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
    visit("time", self.present);
    visit("intervals", self.n_intervals);
    visit("first mass", self.first_mass);
    visit("largest drift", self.largest_drift);
    visit("largest negative mass", self.largest_negative_mass);
    PathTables::visit(visit, self.tables);
    RunningChecks::visit(visit, self.checks);
  }

private:
  const ContinuityInputs &inputs;
  const RunContext       &context;
  Timing                  timing;
  const SgdField          field;
  const SquareModes       squares;
  EnsembleLayout          layout;
  Ensemble<DensityPath>   paths;
  PathTables              tables;
  RunningChecks           checks;
  const std::vector<bool> natural_sides;
  double                  present = 0., first_mass = 0., largest_drift = 0., largest_negative_mass = 0.;
  std::uint64_t           n_intervals = 0; ///< those of the noise that are behind
};
} // namespace rhoflow
