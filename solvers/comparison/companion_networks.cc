#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/text.h>
#include <solvers/comparison/companion_networks.h>
#include <solvers/comparison/sampled_transport.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
CompanionNetworks::CompanionNetworks(const LearningProblem &learning_problem, const CompanionSettings &companion_settings,
                                     const RunDirectory &directory, Progress *shown_progress)
  : problem(learning_problem)
  , settings(companion_settings)
  , communicator(directory.communicator())
  , progress(shown_progress)
  , networks(problem, settings.particles, settings.weight_decay, settings.seed, communicator)
  , distances(problem.n_parameters(), settings.comparison.n_directions, settings.comparison.n_bins)
  , comparison_table(directory.file("comparison.csv"), rank_of(communicator) == 0)
  , replicas_table(directory.file("replicas.csv"), rank_of(communicator) == 0)
  , pictures(directory, networks)
{
  const bool richardson = settings.comparison.bias_estimation != ComparisonParameters::BiasEstimation::none;
  if (progress != nullptr) // a quarter of the pairs for half the width, and as many for twice the step
    warn_of_exact_risks(problem, settings.particles, richardson ? 2.25 : 1., communicator, *progress);
  if (!richardson)
    return;
  if (!problem.has_external_potential()) // independent walkers have no bias of width
    {
      ParticleParameters narrower = settings.particles;
      narrower.n_neurons /= 2;
      half_width = std::make_unique<Replicas>(problem, narrower, settings.weight_decay, settings.seed, communicator);
    }
  if (settings.particles.method == ParticleParameters::Method::gradient_flow)
    return; // no step, no bias of it
  double_step = std::make_unique<Replicas>(problem, twice_the_step(settings.particles), settings.weight_decay, settings.seed,
                                           communicator);
}

double CompanionNetworks::static_bias(const DensitySnapshot &density) const
{
  // U(θ,θ) over a box by two Gauss points an axis.
  const unsigned int  D         = problem.n_parameters();
  const unsigned int  n_corners = density.extents.empty() ? 1 : 1U << D;
  const double        part      = .5 / std::sqrt(3.);
  std::vector<double> theta(D);
  ExactSum            sum;
  for (std::size_t i = 0; i < density.weights.size(); ++i)
    for (unsigned int corner = 0; density.weights[i] > 0. && corner < n_corners; ++corner)
      {
        for (unsigned int d = 0; d < D; ++d)
          {
            theta[d] = density.points[i * D + d];
            if (!density.extents.empty())
              theta[d] += ((corner >> d & 1U) ? part : -part) * density.extents[i * D + d];
          }
        sum.add(density.weights[i] / n_corners * problem.self_kernel(theta.data()));
      }
  double pairs = 0.;
  for (unsigned int k = 0; k < problem.n_nodes(); ++k)
    pairs += problem.weights()[k] * density.prediction[k] * density.prediction[k];
  return (global_sum(sum, communicator) - pairs) / (2. * static_cast<double>(settings.particles.n_neurons));
}

bool CompanionNetworks::train(double time)
{
  struct Part
  {
    Replicas   *replicas;
    double      work; ///< neurons times steps
    const char *label;
  };
  const Part   parts[] = {{&networks, 1., "networks at t"},
                          {half_width.get(), .5, "networks of half the width at t"},
                          {double_step.get(), .5, "networks with twice the step at t"}};
  const double end     = (settings.output_times.empty() ? time : std::max(time, settings.output_times.back()));
  double       total = 0., done = 0.;
  for (std::size_t i = 0; i < trained.size(); ++i)
    if (parts[i].replicas != nullptr)
      {
        total += parts[i].work * (time - compared);
        done += parts[i].work * (trained[i] - compared);
      }
  for (std::size_t i = 0; i < trained.size(); ++i)
    if (parts[i].replicas != nullptr && trained[i] < time)
      {
        const double before = trained[i];
        trained[i]          = parts[i].replicas->advance(time, end);
        done += parts[i].work * (trained[i] - before);
        if (progress != nullptr)
          progress->update((compared + done / total * (time - compared)) / end,
                           {{"t", short_number(time)}, {parts[i].label, short_number(trained[i])}});
        break;
      }
  for (std::size_t i = 0; i < trained.size(); ++i)
    if (parts[i].replicas != nullptr && trained[i] < time)
      return false;
  return true;
}

void CompanionNetworks::compare(double time, const DensitySnapshot &density)
{
  const double nan = std::numeric_limits<double>::quiet_NaN();
  while (!train(time))
    {}
  compared                        = time;
  const std::vector<double> risks = networks.risks();

  // Replica by replica: what the risk would be without the biases, as far as they are known.
  std::vector<double> unbiased = risks;
  double              bias     = nan;
  if (time == 0.)
    {
      bias = static_bias(density);
      for (double &risk : unbiased)
        risk -= bias;
    }
  else if (settings.comparison.bias_estimation == ComparisonParameters::BiasEstimation::richardson)
    {
      for (const Replicas *other : {half_width.get(), double_step.get()})
        if (other != nullptr)
          {
            const std::vector<double> biased = other->risks();
            for (std::size_t r = 0; r < risks.size(); ++r)
              unbiased[r] += risks[r] - biased[r];
          }
      bias = mean(risks) - mean(unbiased);
    }
  const double error     = standard_error(unbiased);
  const double deviation = (mean(unbiased) - density.risk) / error;
  if (std::abs(deviation) > largest)
    {
      largest         = std::abs(deviation);
      time_of_largest = time;
      own_error       = density.risk_error / error;
    }

  comparison_table.set("time", time);
  comparison_table.set("risk", density.risk);
  comparison_table.set("risk error", density.risk_error);
  comparison_table.set("mean risk of networks", mean(risks));
  comparison_table.set("standard error", standard_error(risks));
  comparison_table.set("standard deviation of networks", standard_deviation(risks));
  if (!std::isnan(density.risk_deviation))
    comparison_table.set("predicted standard deviation", density.risk_deviation);
  set_quantiles(comparison_table, "risk of networks ", risks);
  comparison_table.set("expected bias", bias);
  comparison_table.set("standard error without bias", error);
  comparison_table.set("deviation [standard errors]", deviation);
  set_distances(density);
  comparison_table.finish_row();
  add_replicas_row(replicas_table, time, risks);
  pictures.write(time, settings.output_times.empty() || time == settings.output_times.back());
}

void CompanionNetworks::set_distances(const DensitySnapshot &density)
{
  const ComparisonParameters      &comparison  = settings.comparison;
  const unsigned int               n_replicas  = settings.particles.n_replicas;
  const std::size_t                sample_size = settings.particles.n_neurons;
  const std::vector<double>        neurons     = networks.local_coordinates();
  const std::vector<unsigned int> &numbers     = networks.local_replicas();
  const Distances::Result          distance = distances.between(density.points, density.weights, density.extents, neurons, {},
                                                                communicator);
  const Distances::Result          floor    = distances.sampling_floor(neurons, sample_size, communicator);
  Distances::Bootstrap             bootstrap;
  const bool                       bounded = comparison.n_resamples > 0;
  if (bounded)
    bootstrap = distances.bootstrap(neurons, sample_size, numbers, n_replicas, comparison.n_resamples, settings.seed,
                                    communicator);
  last_distance = distance.sliced;
  last_floor    = floor.sliced;

  // `bound`: half of the interval's length.
  const auto set = [&](const std::string &name, double value, double sampling, double bound) {
    comparison_table.set(name, value);
    if (!std::isnan(sampling))
      comparison_table.set(name + " floor", sampling);
    if (bounded)
      {
        comparison_table.set(name + " low", std::max(value - bound, 0.));
        comparison_table.set(name + " high", value + bound);
      }
  };
  const double                   none  = std::numeric_limits<double>::quiet_NaN();
  const std::vector<std::string> names = problem.parameter_names();
  const std::vector<double>      no_bounds(names.size(), 0.), no_floors(names.size(), none);
  const auto                     or_else = [&](const std::vector<double> &values, const std::vector<double> &otherwise) {
    return bounded ? values : otherwise;
  };
  set("sliced W1", distance.sliced, floor.sliced, bootstrap.bound.sliced);
  set("sliced W2", distance.sliced_w2, bounded ? bootstrap.mean.sliced_w2 : none, bootstrap.bound.sliced_w2);
  const std::vector<double> bounds    = or_else(bootstrap.bound.coordinates, no_bounds);
  const std::vector<double> bounds_w2 = or_else(bootstrap.bound.coordinates_w2, no_bounds);
  const std::vector<double> floors_w2 = or_else(bootstrap.mean.coordinates_w2, no_floors);
  for (std::size_t i = 0; i < names.size(); ++i)
    {
      set("W1 " + names[i], distance.coordinates[i], floor.coordinates[i], bounds[i]);
      set("W2 " + names[i], distance.coordinates_w2[i], floors_w2[i], bounds_w2[i]);
    }
  comparison_table.set("W1 resolution", distance.resolution);
  set("energy distance", distance.energy, floor.energy, bootstrap.bound.energy);
  if (comparison.n_points == 0)
    return;
  const SampledTransport transport = sampled_transport({density.points, density.weights, density.extents},
                                                       {neurons, sample_size, numbers, n_replicas},
                                                       static_cast<unsigned int>(names.size()), comparison.n_points,
                                                       (comparison.n_resamples + 9) / 10, settings.seed, communicator);
  set("W1", transport.distance.w1, bounded ? transport.floor.w1 : none, transport.bound.w1);
  comparison_table.set("W1 sampling error", transport.error.w1);
  set("W2", transport.distance.w2, bounded ? transport.floor.w2 : none, transport.bound.w2);
  comparison_table.set("W2 sampling error", transport.error.w2);
}

void CompanionNetworks::save(CheckpointWriter &checkpoint) const
{
  networks.save(checkpoint, "networks");
  if (half_width)
    half_width->save(checkpoint, "half width");
  if (double_step)
    double_step->save(checkpoint, "double step");
  checkpoint.put("comparison", std::vector<double>{trained[0], trained[1], trained[2], compared, largest, time_of_largest,
                                                   last_distance, last_floor, own_error});
  comparison_table.save(checkpoint);
  replicas_table.save(checkpoint);
  pictures.save(checkpoint);
}

void CompanionNetworks::load(const CheckpointReader &checkpoint)
{
  networks.load(checkpoint, "networks");
  if (half_width)
    half_width->load(checkpoint, "half width");
  if (double_step)
    double_step->load(checkpoint, "double step");
  const std::vector<double> numbers = checkpoint.numbers("comparison", 0, 9);
  std::copy_n(numbers.begin(), trained.size(), trained.begin());
  compared        = numbers[3];
  largest         = numbers[4];
  time_of_largest = numbers[5];
  last_distance   = numbers[6];
  last_floor      = numbers[7];
  own_error       = numbers[8];
  comparison_table.load(checkpoint);
  replicas_table.load(checkpoint);
  pictures.load(checkpoint);
}

std::vector<std::pair<std::string, std::string>> CompanionNetworks::report() const
{
  const ParticleParameters &particles = settings.particles;
  const bool extrapolates             = settings.comparison.bias_estimation == ComparisonParameters::BiasEstimation::richardson;
  return {{"finite networks", std::to_string(particles.n_replicas) + " of " + std::to_string(particles.n_neurons) +
                                (problem.has_external_potential() ? " independent walkers, " : " neurons, ") +
                                ParticleParameters::method_name(particles.method) +
                                (std::isfinite(particles.inverse_temperature) ?
                                   " with noise of inverse temperature " + short_number(particles.inverse_temperature) :
                                   "")},
          {"largest deviation of the risk",
           short_number(largest, 3) + " standard errors, at t = " + short_number(time_of_largest) +
             (std::isfinite(own_error) ? "; the density's own error there: " + short_number(own_error, 2) + " of them" :
                                         "; the density's own error is not estimated")},
          {"sliced W1 of density and neurons",
           short_number(last_distance, 2) + " at the end; sampling alone would make " + short_number(last_floor, 2)},
          {"bias of width and step",
           extrapolates ? "extrapolated" : "exact at t = 0, not subtracted later ('Bias estimation = richardson' does)"}};
}
} // namespace rhoflow
