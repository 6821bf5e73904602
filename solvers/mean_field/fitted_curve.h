#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/base/statistics.h>

namespace rhoflow
{
class LearningProblem;
class RunDirectory;

/// Curves by name: values at the data nodes, [K], in the units of LearningProblem::targets().
using Curves = std::vector<std::pair<std::string, std::vector<double>>>;

/// For regression over one input: the fitted function f(x; ρ_t) at the data points with the data, in the units of the data
/// file, as the table `curve.csv`: time, input, output, "fit", further curves, with a block of rows for each output time.
class FittedCurve
{
public:
  /// `write`: on the first rank. `first_column`: what the blocks belong to. Does nothing for problems without a curve.
  FittedCurve(const LearningProblem &problem, const RunDirectory &directory, bool write, std::string first_column = "time");

  /// `prediction`: f(x_k; ρ), [K]; empty where there is no density, and then there is no column "fit". `others`: the same ones
  /// in every block.
  void add(double time, const std::vector<double> &prediction, const Curves &others = {});

private:
  const LearningProblem  &problem;
  std::string             first_name;
  std::vector<double>     inputs;
  std::vector<Statistics> table; ///< one, or none
};
} // namespace rhoflow
