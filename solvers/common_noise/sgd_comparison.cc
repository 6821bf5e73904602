#include <solvers/base/error.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/text.h>
#include <solvers/common_noise/sgd_comparison.h>

#include <cmath>

namespace rhoflow
{
void SgdComparison::add_to_row(Statistics &statistics, Statistics &paths, const std::vector<double> &risks,
                               const std::vector<double> &risks_of_sgd, const double time)
{
  std::vector<double> differences(risks.size()), squares(risks.size());
  for (std::size_t path = 0; path < risks.size(); ++path)
    {
      if (!std::isfinite(risks_of_sgd[path]))
        throw RunError("SGD beside path " + std::to_string(path) + " has no finite risk at t = " + short_number(time) +
                       ". Choose a smaller 'Common noise/Step size'.");
      differences[path] = risks[path] - risks_of_sgd[path];
      squares[path]     = differences[path] * differences[path];
      paths.set("risk of SGD of path " + std::to_string(path), risks_of_sgd[path]);
    }
  difference = mean(differences);
  error      = standard_error(differences);
  statistics.set("risk of SGD", mean(risks_of_sgd));
  statistics.set("standard deviation of SGD", standard_deviation(risks_of_sgd));
  statistics.set("difference to SGD", difference);
  statistics.set("standard error of the difference", error);
  statistics.set("root mean square difference", std::sqrt(mean(squares)));
}

std::pair<std::string, std::string> SgdComparison::report() const
{
  return {"minus that of SGD", short_number(difference, 4) + " ± " + short_number(error, 2)};
}
} // namespace rhoflow
