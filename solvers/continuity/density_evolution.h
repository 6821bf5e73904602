#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/operator.h>
#include <solvers/continuity/parameters.h>
#include <solvers/continuity/results.h>
#include <solvers/continuity/step.h>
#include <solvers/discretization/refinement.h>

namespace rhoflow
{
class LearningProblem;
class Progress;
struct RunContext;

/// Everything that defines a run of the continuity equation, as it was prepared.
struct ContinuitySetup
{
  const LearningProblem *problem    = nullptr;
  const MeanField       *mean_field = nullptr;
  Domain                 domain;
  ContinuityParameters   parameters;
  RefinementParameters   refinement;
  OutputParameters       output;
  const TwinSettings    *twin         = nullptr; ///< null: no finite networks
  double                 end_time     = 0.;
  double                 radial_power = 0.;    ///< κ of the weight r^κ of the last coordinate
  bool                   alignment    = false; ///< write ∫ a s ρ
};

/// The density in time: steps, adaptation of the mesh, rows of statistics.
class DensityEvolution : public Evolution
{
public:
  DensityEvolution(const ContinuitySetup &setup, const RunContext &context);

  double time() const override { return present; }
  void   step(double end) override;
  bool   prepare_output() override { return results.prepare(present, solution.timing()); }
  void   output() override;
  void   save(CheckpointWriter &checkpoint) const override;
  void   load(const CheckpointReader &checkpoint) override;
  std::vector<std::pair<std::string, std::string>> progress() const override;

  /// The report's rows: the answer, conservation, throughput, memory.
  std::vector<std::pair<std::string, std::string>> report();
  /// timing.csv, and its rows for the report.
  std::vector<std::pair<std::string, std::string>> write_timing();

private:
  void        project_initial_density();
  void        announce();
  void        adapt();
  void        record_dissipation(double value);
  void        check(const Diagnostics &diagnostics);
  std::string cells_and_unknowns() const;

  const ContinuitySetup   setup;
  const RunContext       &context;
  RungeKutta              method;
  AdaptiveMesh            mesh;
  std::unique_ptr<DGMesh> space;
  ContinuityOperator      solution;
  ContinuityStep          stepping;
  Statistics              statistics;
  DensityResults          results;
  const std::vector<bool> natural_sides; ///< natural_lower_sides()

  double              present        = 0.;
  std::uint64_t       unknown_stages = 0, stages_before = 0; ///< ... of the run that this one goes on with
  double              refinement_tolerance;
  double              missing_mass = 0., first_mass = 0., dissipated = 0., energy_balance = 0.;
  Energies            energies;
  double              largest_drift = 0., largest_negative_mass = 0., stepping_seconds = 0.;
  bool                warned = false, warned_of_steps = false;
  Diagnostics         last;
  std::vector<double> dissipation_times, dissipation_values; ///< since the last output
};
} // namespace rhoflow
