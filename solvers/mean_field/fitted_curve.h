#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/base/run/statistics.h>

namespace rhoflow
{
class LearningProblem;
class RunDirectory;

/// Curves by name: values at the data nodes, [K], in the units of LearningProblem::targets().
using Curves = std::vector<std::pair<std::string, std::vector<double>>>;

/// For regression over one or two inputs: the fitted function f(x; ρ_t) at the data points with the data, in the units of the
/// data file, as the table `curve.csv`: time, inputs, output, "fit", further curves, with a block of rows for each output time.
/// Over two inputs also between and around the data, on LearningProblem::map_inputs(), as the table `decision.csv`: time,
/// inputs, "fit", further functions.
class FittedCurve
{
public:
  /// `write`: on the first rank. `first_column`: what the blocks belong to. Does nothing for problems without a curve.
  FittedCurve(const LearningProblem &problem, const RunDirectory &directory, bool write, std::string first_column = "time");

  /// `prediction`: f(x_k; ρ), [K]; empty where there is no density, and then there is no column "fit". `others`: the same ones
  /// in every block.
  void add(double time, const std::vector<double> &prediction, const Curves &others = {});

  /// The same on the grid of map_inputs(). Does nothing if both are empty.
  void add_map(double time, const std::vector<double> &prediction, const Curves &others = {});

  /// The rows of both tables. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint);

private:
  /// Of an input or output of the user's file (`kind`). The tables' own names stay theirs: an input "time" is "input time".
  std::string column(const std::string &kind, const std::string &name) const;
  /// The first columns of a row: those of the inputs `x`.
  void set_inputs(Statistics &row, double time, const double *x) const;

  const LearningProblem  &problem;
  std::string             first_name, map_file;
  bool                    writes;
  std::vector<double>     inputs, grid;
  std::vector<Statistics> table, map; ///< one each, or none
};
} // namespace rhoflow
