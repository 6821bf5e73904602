#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/discretization/density_output.h>
#include <solvers/evolution/density_outputs.h>
#include <solvers/evolution/error_estimate.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/fokker_planck_on_mesh.h>
#include <solvers/fokker_planck/relaxation.h>

namespace rhoflow
{
struct RunContext;

/// The density with entropy in time: steps, adaptation of the mesh, rows of statistics.
class FokkerPlanckEvolution : public Evolution
{
public:
  /// Both live longer.
  FokkerPlanckEvolution(const FokkerPlanckInputs &inputs, const RunContext &context);

  double                                           time() const override { return density.time(); }
  void                                             step(double end) override;
  bool                                             prepare_output() override { return outputs.prepare(time()); }
  void                                             output() override;
  void                                             save(CheckpointWriter &checkpoint) const override;
  void                                             load(const CheckpointReader &checkpoint) override;
  std::vector<std::pair<std::string, std::string>> progress() const override;

  /// The report's rows: the answer, conservation, what the steps took, memory. Collective.
  std::vector<std::pair<std::string, std::string>> report();
  /// relaxation.csv: the rate at which the free energy came down, and the spectral gap if that is asked for. Nothing without an
  /// equilibrium. For the end of the run. Collective.
  void write_relaxation();
  /// timing.csv, and its rows for the report.
  std::vector<std::pair<std::string, std::string>> write_timing();

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("largest drift", self.largest_drift);
    visit("largest increase", self.largest_increase);
    visit("last risk", self.last.risk);
    visit("last free energy", self.last.free_energy);
    visit("last upper bound", self.last.upper_bound);
    visit("last lower bound", self.last.lower_bound);
    visit("last minimum", self.last.minimum);
    visit("free energy by steps", self.energy_by_steps);
    visit("warned of the density at rest", self.warned_of_rest);
    RunningChecks::visit(visit, self.checks);
  }

private:
  void        start();
  void        announce();
  void        check(const FokkerPlanckDiagnostics &diagnostics);
  void        check_equilibrium();
  std::string cells_and_unknowns() const;

  const FokkerPlanckInputs &inputs;
  const RunContext         &context;
  FokkerPlanckOnMesh        density;
  ErrorEstimate             errors; ///< of risk and free energy
  Statistics                statistics;
  DensityOutput             pictures;
  DensityOutputs            outputs;
  RunningChecks             checks;

  double largest_drift = 0., largest_increase = 0., stepping_seconds = 0.;
  double energy_by_steps = std::numeric_limits<double>::infinity(); ///< F at the last output without what new meshes changed
  bool   warned_of_rest  = false;
  FokkerPlanckDiagnostics last;

  std::optional<Relaxation> relaxation;
};
} // namespace rhoflow
