#pragma once

#include <vector>

#include <solvers/base/statistics.h>

namespace rhoflow
{
class LearningProblem;
class RunDirectory;

/// For regression over one input: the fitted function f(x; ρ_t) at the data points with the data, in the units of the data file,
/// as the table `curve.csv` with the columns time, input, output and "fit", a block of rows for each output time.
class FittedCurve
{
public:
  /// `write`: on the first rank. Does nothing for problems without a curve.
  FittedCurve(const LearningProblem &problem, const RunDirectory &directory, bool write);

  /// `prediction`: f(x_k; ρ), [K].
  void add(double time, const std::vector<double> &prediction);

private:
  const LearningProblem  &problem;
  std::vector<double>     inputs;
  std::vector<Statistics> table; ///< one, or none
};
} // namespace rhoflow
