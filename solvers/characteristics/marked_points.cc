#include <solvers/base/error.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/characteristics/inputs.h>
#include <solvers/characteristics/marked_points.h>
#include <solvers/model/expression.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
constexpr const char *parameter = "Common noise/Marked points";
} // namespace

void append_marked_points(CharacteristicsInputs &inputs)
{
  const std::size_t D = inputs.problem->n_parameters();
  for (const WeightedEntries &point : parse_weighted_entries(inputs.noise.marked_points, parameter))
    {
      if (point.entries.size() != D)
        throw InputError(Refusal::inconsistent, parameter,
                         "a point has " + std::to_string(point.entries.size()) + " coordinates, but a neuron has " +
                           std::to_string(D) + " parameters.");
      if (point.weight != 1.)
        throw InputError(Refusal::inconsistent, parameter, "marked points have no weights: they do not act on the path.");
      for (const std::string &entry : point.entries)
        inputs.law.points.push_back(evaluate_constant(entry, parameter));
      inputs.law.weights.push_back(0.);
      ++inputs.n_marked;
    }
}

MarkedPointsTable::MarkedPointsTable(const std::string &file, const bool write, std::vector<std::string> coordinates,
                                     const std::size_t number)
  : names(std::move(coordinates))
  , n_points(number)
  , table(file, write && number > 0)
{}

void MarkedPointsTable::add(const std::vector<double> &values, const std::string &suffix, const ErrorOfMean &error_of_mean)
{
  const std::size_t                D = names.size(), n_columns = n_points * D, n_paths = values.size() / n_columns;
  std::vector<std::vector<double>> deviations(n_columns, std::vector<double>(n_paths));
  for (std::size_t c = 0; c < n_columns; ++c)
    {
      std::vector<double> sample(n_paths);
      for (std::size_t path = 0; path < n_paths; ++path)
        sample[path] = values[path * n_columns + c];
      const double      middle = mean(sample);
      const std::string which  = names[c % D] + " of point " + std::to_string(c / D) + suffix;
      table.set("mean " + which, middle);
      table.set("deviation " + which, standard_deviation(sample));
      for (std::size_t path = 0; path < n_paths; ++path)
        deviations[c][path] = sample[path] - middle;
    }
  for (std::size_t c = 0; c < n_columns; ++c)
    for (std::size_t e = (c / D + 1) * D; e < n_columns; ++e)
      {
        std::vector<double> products(n_paths);
        for (std::size_t path = 0; path < n_paths; ++path)
          products[path] = deviations[c][path] * deviations[e][path];
        const std::string which = "covariance " + names[c % D] + " " + names[e % D] + " of points " + std::to_string(c / D) +
                                  " " + std::to_string(e / D) + suffix;
        const auto n = static_cast<double>(n_paths);
        table.set(which, mean(products) * n / (n - 1.));
        table.set("standard error of " + which, error_of_mean(products));
      }
}

void MarkedPointsTable::add_row(const double time, const std::vector<std::vector<double>> &values,
                                const ErrorOfMean &error_of_mean)
{
  table.set("time", time);
  add(values.front(), "", error_of_mean);
  if (values.size() > 1)
    add(values[1], " of SGD", error_of_mean);
  table.finish_row();
}

void MarkedPointsTable::save(CheckpointWriter &checkpoint) const
{
  if (n_points > 0)
    table.save(checkpoint);
}

void MarkedPointsTable::load(const CheckpointReader &checkpoint)
{
  if (n_points > 0)
    table.load(checkpoint);
}
} // namespace rhoflow
