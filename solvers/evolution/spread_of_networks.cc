#include <solvers/evolution/spread_of_networks.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/text.h>
#include <solvers/base/timing.h>
#include <solvers/evolution/inputs.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
using Prediction = ComparisonParameters::Prediction;

/// Modes up to which the covariances of all moments are predicted.
constexpr unsigned int most_modes = 16;

/// Why there can be no prediction; empty if there can.
std::string obstacle(const EvolutionInputs &inputs)
{
  if (const std::string missing = inputs.problem->missing_curvature(); !missing.empty())
    return missing + ", and the adjoint equation needs second derivatives of the potential";
  if (std::isfinite(inputs.parameters.inverse_temperature))
    return "the equation has entropy, and the noise of every neuron is not part of the prediction";
  if (!inputs.networks)
    return "";
  const ParticleParameters &particles = inputs.networks->particles;
  if (particles.method == ParticleParameters::Method::multi_pass_sgd &&
      particles.sampling == ParticleParameters::Sampling::without_replacement)
    return "the networks see the data in epochs, whose samples are not independent";
  if (particles.stochastic_gradient() && !particles.constant_step())
    return "the step size of the networks changes with time";
  return "";
}

/// Whether functionals that are not invariant under a symmetry can be told from the coordinates of a neuron.
bool has_all_coordinates(const LearningProblem &problem)
{
  return problem.n_parameters() == problem.particle_neuron().n_parameters();
}

bool second_order(const EvolutionInputs &inputs)
{
  return has_all_coordinates(*inputs.problem) && inputs.mean_field->n_modes() <= most_modes;
}

/// Points, in all and in each coordinate, up to which more of them are tried.
constexpr std::size_t  most_points         = 4000;
constexpr unsigned int most_per_coordinate = 200;

/// The prediction with more and more points, until the variances change by less than a twentieth, of small ones
/// as measured by a hundredth of the largest.
std::unique_ptr<SpreadPrediction> with_chosen_points(const MeanField &field, const std::vector<double> &times,
                                                     const SpreadPrediction::Options &options, const MPI_Comm communicator,
                                                     Progress &progress, std::size_t &n_points)
{
  constexpr double                  aim = .05, floor = 1e-2;
  const LearningProblem            &problem = field.learning_problem();
  std::unique_ptr<SpreadPrediction> coarser;
  for (unsigned int n = 6;; n += n / 2)
    {
      Measure law;
      problem.initial_law().quadrature(n, law.points, law.weights);
      drop_light_points(law, problem.n_parameters(), 1e-9);
      auto   finer      = std::make_unique<SpreadPrediction>(field, law, times, options, communicator, &progress);
      double difference = 0., largest[2] = {0., 0.};
      for (const RiskVariance &variance : finer->all())
        {
          largest[0] = std::max(largest[0], variance.of_data);
          largest[1] = std::max(largest[1], variance.of_initial);
        }
      // Two Gauss points of the data have no noise of linear neurons, but its round-off.
      const double round_off = 1e-6 * std::max(largest[0], largest[1]);
      const auto   relative  = [&](const double one, const double other, const double size) {
        return one == other ? 0. : std::abs(one - other) / std::max({std::abs(one), floor * size, round_off});
      };
      for (std::size_t i = 0; coarser && i < times.size(); ++i)
        {
          const RiskVariance &one = finer->all()[i], &other = coarser->all()[i];
          difference = std::max({difference, relative(one.of_data, other.of_data, largest[0]),
                                 relative(one.of_initial, other.of_initial, largest[1])});
        }
      const bool no_more = law.weights.size() == n_points; // point masses
      n_points           = law.weights.size();
      if ((coarser && difference <= aim) || no_more || n_points > most_points || n > most_per_coordinate)
        return finer;
      coarser = std::move(finer);
    }
}
} // namespace

bool wants_spread(const EvolutionInputs &inputs)
{
  const Prediction choice = inputs.comparison.predicted_spread;
  if (choice == Prediction::no || (choice == Prediction::automatic && !inputs.networks))
    return false;
  const std::string reason = obstacle(inputs);
  if (!reason.empty() && choice == Prediction::yes)
    throw InputError(Refusal::unsupported, "Comparison/Predicted spread", reason + ". Set it to automatic or false.");
  return reason.empty();
}

double spread_memory(const EvolutionInputs &inputs, const MPI_Comm communicator)
{
  // The points that are chosen may be a few times as many as those that were too few.
  const std::size_t given = inputs.spread_points().weights.size(), n = given > 0 ? given : 3 * most_points;
  return SpreadPrediction::memory(*inputs.mean_field, static_cast<double>(n) / number_of_ranks(communicator),
                                  inputs.run.all_output_times().size(), second_order(inputs));
}

SpreadOfNetworks::SpreadOfNetworks(const EvolutionInputs &given, const MPI_Comm communicator, Progress &progress,
                                   Timing &timing)
  : inputs(given)
{
  if (!inputs.predicts_spread)
    return;
  Timing::Scope             scope(timing.section("spread of networks"));
  const MeanField          &field = *inputs.mean_field;
  SpreadPrediction::Options options;
  options.tolerance    = inputs.spread_tolerance();
  options.second_order = second_order(inputs);
  const auto    times  = inputs.run.all_output_times();
  const Measure law    = inputs.spread_points();
  try
    {
      n_points = law.weights.size();
      if (n_points > 0)
        prediction = std::make_unique<SpreadPrediction>(field, law, times, options, communicator, &progress);
      else
        prediction = with_chosen_points(field, times, options, communicator, progress, n_points);
    }
  catch (const RunError &error) // the same on all ranks
    {
      progress.warning("the spread of networks is not predicted: " + std::string(error.what()));
    }
}

void SpreadOfNetworks::add_to_row(Statistics &table, const double time) const
{
  if (!prediction)
    return;
  const RiskVariance &variance = prediction->at(time);
  table.set("risk variance from data * batch / step", variance.of_data);
  table.set("risk variance from initial law * width", variance.of_initial);
}

double SpreadOfNetworks::standard_deviation(const double time) const
{
  if (!prediction || !inputs.networks)
    return std::numeric_limits<double>::quiet_NaN();
  const ParticleParameters &particles      = inputs.networks->particles;
  const double              step_per_batch = particles.stochastic_gradient() ? particles.step_size / particles.batch_size : 0.;
  return std::sqrt(prediction->at(time).variance(step_per_batch, 1. / static_cast<double>(particles.n_neurons)));
}

std::vector<std::pair<std::string, std::string>> SpreadOfNetworks::report() const
{
  if (!inputs.predicts_spread)
    {
      if (!inputs.networks || inputs.comparison.predicted_spread == Prediction::no)
        return {};
      return {{"predicted spread", "none: " + obstacle(inputs)}};
    }
  if (!prediction)
    return {{"predicted spread", "failed"}};
  std::vector<std::pair<std::string, std::string>> rows;
  const RiskVariance                              &last = prediction->all().back();
  rows.emplace_back("predicted spread", "Var R = " + short_number(last.of_data) + " step/batch + " +
                                          short_number(last.of_initial) + "/width at t = " + short_number(last.time) +
                                          ", to the " + (last.has_second_order() ? "second" : "first") + " order");
  rows.emplace_back("  from so many points", std::to_string(n_points));
  return rows;
}
} // namespace rhoflow
