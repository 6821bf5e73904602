#pragma once

#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/timing.h>
#include <solvers/discretization/refinement.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/parameters.h>
#include <solvers/fokker_planck/relaxation.h>
#include <solvers/fokker_planck/results.h>
#include <solvers/fokker_planck/state.h>
#include <solvers/fokker_planck/time_stepping.h>
#include <solvers/model/observables.h>

namespace rhoflow
{
class LearningProblem;
struct RunContext;

/// Everything that defines a run of the Fokker–Planck equation, as it was prepared.
struct FokkerPlanckSetup
{
  const LearningProblem *problem    = nullptr;
  const MeanField       *mean_field = nullptr;
  Domain                 domain;
  double                 beta = 0.;
  FokkerPlanckParameters parameters;
  RefinementParameters   refinement;
  OutputParameters       output;
  Observables            observables;
  const TwinSettings    *twin     = nullptr; ///< null: no finite networks
  double                 end_time = 0.;
};

/// The density with entropy in time: steps, adaptation of the mesh, rows of statistics.
class FokkerPlanckEvolution : public Evolution
{
public:
  FokkerPlanckEvolution(const FokkerPlanckSetup &setup, const RunContext &context);

  double                                           time() const override { return present; }
  void                                             step(double end) override;
  bool                                             prepare_output() override { return results.prepare(present, timing); }
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

private:
  void        make_state();
  void        set_initial_density();
  void        announce();
  void        adapt();
  void        check(const FokkerPlanckDiagnostics &diagnostics);
  void        check_equilibrium();
  std::string cells_and_unknowns() const;

  const FokkerPlanckSetup           &setup;
  const RunContext                  &context;
  AdaptiveMesh                       mesh;
  std::unique_ptr<FokkerPlanckState> state;
  TimeStepping                       stepping;
  Statistics                         statistics;
  FokkerPlanckResults                results;
  Timing                             timing;

  double present      = 0.;
  double missing_mass = 0., largest_drift = 0., largest_increase = 0., refinement_jumps = 0., stepping_seconds = 0.;
  double energy_by_steps = std::numeric_limits<double>::infinity(); ///< F at the last output without what new meshes changed
  bool   warned = false, warned_of_rest = false, warned_of_steps = false, warned_of_observables = false;
  FokkerPlanckDiagnostics last;

  std::optional<Relaxation> relaxation;
};
} // namespace rhoflow
