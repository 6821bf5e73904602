#pragma once

#include <cstddef>
#include <functional>
#include <string>
#include <vector>

#include <solvers/base/run/statistics.h>
#include <solvers/evolution/functionals.h>
#include <solvers/evolution/inputs.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/mean_field/fitted_curve.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
struct CommonNoiseParameters;
struct RunContext;

/// What solvers write about an ensemble of paths of the common noise: statistics.csv over the paths, paths.csv with the risk of
/// each, and curve.csv with quantiles of f.
class PathTables
{
public:
  /// All live longer.
  PathTables(const EvolutionInputs &inputs, const CommonNoiseParameters &noise, const RunContext &context);

  /// What is told of one path: R, the means and covariances of θ, and the means of the observables.
  static std::vector<double> row(double risk, const Functionals &functionals);
  /// Numbers of a row().
  std::size_t row_size() const;

  /// Sets further columns of statistics.csv and of paths.csv for the risks of the paths, [paths].
  using FurtherColumns = std::function<void(const std::vector<double> &risks, Statistics &statistics, Statistics &risk_table)>;
  /// Rows of statistics.csv and paths.csv; `rows` [paths][row_size()], the same on every rank.
  void add(double time, const std::vector<double> &rows, RunningChecks &checks, const FurtherColumns &further = {});
  /// Whether there is a curve to write.
  bool has_curve() const;
  /// f at the data of every path, [paths][K].
  void add_curve(double time, const std::vector<double> &f);

  /// The mean of R over the paths at the last row, and its standard error.
  double risk() const { return last_risk; }
  double error_of_risk() const { return last_error; }
  /// The standard error of the mean of a sample over the paths, of which antithetic ones are independent in pairs.
  double error_of_mean(const std::vector<double> &sample) const;

  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint);

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("risk", self.last_risk);
    visit("error of the risk", self.last_error);
  }

private:
  const LearningProblem       &problem;
  const Observables           &observables;
  const CommonNoiseParameters &noise;
  Statistics                   statistics, risk_table;
  FittedCurve                  curve;
  double                       last_risk = 0., last_error = 0.;
};
} // namespace rhoflow
