#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/ensemble.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/timing.h>
#include <solvers/characteristics/characteristics_operator.h>
#include <solvers/characteristics/inputs.h>
#include <solvers/characteristics/marked_points.h>
#include <solvers/characteristics/noisy_points.h>
#include <solvers/characteristics/noisy_step.h>
#include <solvers/common_noise/sgd_comparison.h>
#include <solvers/evolution/path_tables.h>
#include <solvers/evolution/running_checks.h>

namespace rhoflow
{
struct RunContext;

/// Points that move with common noise: an ensemble of paths in time, with rows of statistics over the paths. The paths are
/// dealt to groups of ranks; results have the same bits on any number of ranks.
class PathsEvolution : public Evolution
{
public:
  /// Both live longer. Collective.
  PathsEvolution(const CharacteristicsInputs &inputs, const RunContext &context);

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
    PathTables::visit(visit, self.tables);
    SgdComparison::visit(visit, self.comparison);
    RunningChecks::visit(visit, self.checks);
  }

private:
  struct Path
  {
    NoisyState          flow;
    std::vector<double> sgd; ///< the points of SGD on the same samples, [n][D]; empty where it does not run beside
  };
  /// What the ranks of a group have together, one path after the other.
  struct Group
  {
    Group(const CharacteristicsInputs &inputs, const SgdField &field, MPI_Comm communicator);

    CharacteristicsOperator law; ///< shares the points, sums over them
    NoisyPoints             points;
    NoisyStep               stepper;
  };

  /// R, the means and covariances of θ, and the observables of one path. Collective over the group.
  std::vector<double> functionals_of(const NoisyState &state);
  /// ½ Σ_l p_l r_l² + ½ s². Collective over the group.
  double risk_of(const std::vector<double> &points);
  /// A row of marked_points.csv. Collective.
  void output_marked_points();
  /// Velocities of all paths since the run began or went on. Collective.
  std::uint64_t n_evaluations() const;
  /// Numbers of this rank's points of a path, and where those of a path begin in the whole.
  std::uint64_t n_local() const;
  std::uint64_t begin_of(unsigned int path) const;

  const CharacteristicsInputs &inputs;
  const RunContext            &context;
  const LearningProblem       &problem;
  Timing                       timing;
  SgdField                     field;
  EnsembleLayout               layout;
  std::unique_ptr<Group>       group; ///< null for ranks that are left over
  Ensemble<Path>               paths;
  PathTables                   tables;
  MarkedPointsTable            marked;
  SgdComparison                comparison; ///< where SGD runs beside
  RunningChecks                checks;
  double                       present     = 0.;
  std::uint64_t                n_intervals = 0; ///< those of the noise that are behind
};
} // namespace rhoflow
