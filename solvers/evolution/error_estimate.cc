#include <solvers/evolution/error_estimate.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/text.h>
#include <solvers/base/timing.h>
#include <solvers/evolution/inputs.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
void FunctionalError::look(const double value, const std::vector<double> &coarser, const double size, const double of_data)
{
  resolution = last = nan;
  if (coarser.empty())
    return;
  constexpr double safety     = 2.;
  const double     difference = std::abs(value - coarser[0]);
  resolution                  = safety * difference;
  if (coarser.size() > 1 && size > 0.)
    {
      constexpr double least_gain = 1. / 256.;
      first_differences           = std::max(first_differences, difference / size);
      second_differences          = std::max(second_differences, std::abs(coarser[0] - coarser[1]) / size);
      const double gain = second_differences > 0. ? std::clamp(first_differences / second_differences, least_gain, 1.) : 1.;
      // Solutions that cross have no difference for a moment, but an error.
      constexpr double part = 0.1;
      resolution            = safety * gain * std::max(difference, part * first_differences * size);
    }
  last = resolution + of_data;
  if (size > 0.)
    largest = std::max(largest, last / size);
}

ErrorEstimate::ErrorEstimate(std::vector<std::string> functionals, std::vector<std::unique_ptr<CoarserSolution>> solutions,
                             const EvolutionInputs &given, const RunContext &c)
  : inputs(given)
  , context(c)
  , coarser(std::move(solutions))
  , n_coarser(static_cast<unsigned int>(coarser.size()))
  , names(std::move(functionals))
  , of_data(given.data_nodes.error)
{
  for (const std::string &name : names)
    errors.emplace_back(name);
}

template <class Work>
void ErrorEstimate::for_each(const Work &work)
{
  Timing::Scope scope(time_taken);
  for (std::size_t i = 0; i < coarser.size(); ++i)
    {
      std::string reason;
      try
        {
          work(*coarser[i]);
          continue;
        }
      catch (const RunError &error)
        {
          reason = error.what();
        }
      catch (const InputError &error)
        {
          reason = error.what();
        }
      // The same on all ranks.
      coarser.resize(i);
      n_coarser = static_cast<unsigned int>(i);
      if (i > 0) // the other one is enough for an estimate
        return;
      failure = reason;
      context.progress.warning("the error of the risk is not estimated: the solution with less resolution failed. " + failure);
    }
}

void ErrorEstimate::start()
{
  for_each([](CoarserSolution &solution) { solution.start(); });
}

void ErrorEstimate::advance(const double time, const double end)
{
  for_each([&](CoarserSolution &solution) { solution.advance(time, end); });
}

void ErrorEstimate::look(const std::vector<double> &functionals, const double excess_risk)
{
  if (std::isnan(first_excess))
    first_excess = excess_risk;
  std::vector<std::vector<double>> others;
  for_each([&](CoarserSolution &solution) { others.push_back(solution.functionals()); });
  others.resize(n_coarser);
  // A risk that begins at zero has no size of its own: a millionth of that of no network at all.
  constexpr double part      = AccuracyParameters::floor;
  const MeanField &field     = *inputs.mean_field;
  const double     of_zero   = field.excess_risk(std::vector<double>(field.n_modes(), 0.));
  const double     risk_size = std::max({excess_risk, part * first_excess, part * part * of_zero});
  for (std::size_t i = 0; i < errors.size(); ++i)
    {
      std::vector<double> values;
      for (const std::vector<double> &other : others)
        values.push_back(other[i]);
      const double size = i == 0 ? risk_size : std::max(std::abs(functionals[i]), part * first_excess);
      errors[i].look(functionals[i], values, size, of_data * risk_size);
    }
}

std::vector<std::pair<std::string, std::string>> ErrorEstimate::report(const std::string &resolution, const bool has_box) const
{
  const double                                     aim = inputs.accuracy.functionals;
  std::vector<std::pair<std::string, std::string>> rows;
  for (std::size_t i = 0; i < errors.size(); ++i)
    {
      const FunctionalError &error = errors[i];
      std::string            total = "not estimated", part = total;
      if (!failure.empty())
        part += ": the solution with less resolution failed";
      else if (n_coarser == 0)
        part += " ('Accuracy/Estimate errors = false')";
      else
        {
          const double largest = error.largest_relative();
          total = short_number(error.error(), 2) + "; at most " + short_number(largest, 2) + " of it at any output" +
                  (largest > aim ? ", above " : ", below ") + short_number(aim, 2) + " of 'Accuracy/Functionals'";
          part = short_number(error.of_resolution(), 2);
        }
      rows.emplace_back("error of the " + names[i], total);
      rows.emplace_back("  of " + resolution, part);
    }
  rows.emplace_back("  of the data nodes", MeanFieldSetup::data_error(of_data));
  rows.emplace_back("  of the features' compression",
                    "not estimated; " + short_number(inputs.mean_field->compression_error(), 2) + " of the kernel");
  if (has_box)
    rows.emplace_back("  of the box", "not estimated; see the boundary mass");
  if (!coarser.empty())
    rows.emplace_back("time for these estimates", short_number(time_taken, 3) + " s");
  return rows;
}

void ErrorEstimate::save(CheckpointWriter &checkpoint) const
{
  save_state(checkpoint, "error estimate", *this);
  for (std::size_t i = 0; i < coarser.size(); ++i)
    coarser[i]->save(checkpoint, "coarser " + std::to_string(i + 1) + " ");
}

void ErrorEstimate::load(const CheckpointReader &checkpoint)
{
  load_state(checkpoint, "error estimate", *this);
  coarser.resize(std::min<std::size_t>(n_coarser, coarser.size()));
  for (std::size_t i = 0; i < coarser.size(); ++i)
    coarser[i]->load(checkpoint, "coarser " + std::to_string(i + 1) + " ");
}
} // namespace rhoflow
