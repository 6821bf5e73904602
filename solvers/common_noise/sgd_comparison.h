#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
class Statistics;

/// What the risks of paths differ by from those of SGD on the same samples.
class SgdComparison
{
public:
  /// Columns of statistics.csv and of paths.csv, from the risks of the paths and of SGD beside them, [paths]. Throws RunError
  /// if a risk of SGD is not finite at this time.
  void add_to_row(Statistics &statistics, Statistics &paths, const std::vector<double> &risks,
                  const std::vector<double> &risks_of_sgd, double time);

  /// A row of the report.
  std::pair<std::string, std::string> report() const;

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("difference to SGD", self.difference);
    visit("error of the difference", self.error);
  }

private:
  double difference = 0., error = 0.; ///< mean of R − R_SGD over the paths, and its standard error
};
} // namespace rhoflow
