#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/text.h>
#include <solvers/base/timing.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/make_network.h>
#include <solvers/particles/ensemble/replicas.h>
#include <solvers/particles/ensemble/sample_statistics.h>
#include <solvers/particles/sgd/sgd.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
namespace
{
/// Parameters that are written to a checkpoint and read from it at once: 16 MiB.
constexpr std::uint64_t numbers_at_once = std::uint64_t(1) << 21;

/// A batch system kills a program some seconds after it has asked it to stop.
constexpr double longest_work = 1.; // [s]

/// To look at all parameters costs about as much as two steps of one sample.
constexpr std::uint64_t samples_between_scans = 256;
/// Growth of the largest parameter after which the risks, which may cost much more, are looked at.
constexpr double suspicious_growth = 10.;

/// Ranks that share the neurons of a network. Every sample costs an exchange between them, which pays where each of them has
/// some microseconds to work.
int ranks_for(const LearningProblem &problem, const ParticleParameters &settings, const MPI_Comm communicator)
{
  if (settings.ranks_per_network > 0)
    return static_cast<int>(settings.ranks_per_network);
  if (!settings.stochastic_gradient())
    return 1;
  const std::uint64_t weights_of_rank = 200000;
  const std::uint64_t n_weights       = settings.n_neurons * problem.particle_neuron().n_parameters();
  const int           of_replica      = number_of_ranks(communicator) / static_cast<int>(settings.n_replicas);
  return static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max(1, of_replica)),
                                                  std::max<std::uint64_t>(1, n_weights / weights_of_rank)));
}
} // namespace

Replicas::Replicas(const LearningProblem &learning_problem, const ParticleParameters &parameters, double weight_decay,
                   std::uint64_t seed, MPI_Comm communicator)
  : problem(learning_problem)
  , settings(parameters)
  , layout(parameters.n_replicas, ranks_for(learning_problem, parameters, communicator), communicator)
  , ensemble(layout, [&](const unsigned int number,
                         const MPI_Comm group) { return make_network(problem, settings, weight_decay, seed, number, group); })
  , networks(ensemble.local())
  , divergence(learning_problem, parameters, seed)
{
  max_steps  = initial_pause_steps();
  suspicious = suspicious_growth * dealii::Utilities::MPI::max(largest_parameter(), layout.communicator());
}

std::uint64_t Replicas::initial_pause_steps() const
{
  if (settings.method == ParticleParameters::Method::gradient_flow)
    return 1; // its velocities differ too much in cost
  const std::uint64_t samples = settings.stochastic_gradient() ? settings.batch_size : problem.n_nodes();
  const double        work    = static_cast<double>(settings.n_neurons) * problem.particle_neuron().n_parameters() *
                      static_cast<double>(std::max<std::uint64_t>(1, samples)) *
                      std::ceil(static_cast<double>(settings.n_replicas) / static_cast<double>(layout.n_groups()));
  return static_cast<std::uint64_t>(1e9 / work) + 1;
}

void Replicas::advance_to(double end)
{
  ensemble.for_each([&](Network &network, unsigned int) {
    Timing::Scope scope(seconds);
    network.advance_to(end);
  });
}

double Replicas::advance(double end, double horizon)
{
  const std::uint64_t hundredth = static_cast<std::uint64_t>(horizon / (100. * settings.step_size)) + 1;
  // How many steps a part of the time is, gradient flow does not know.
  const bool          counted = settings.method != ParticleParameters::Method::gradient_flow;
  const std::uint64_t steps   = counted ? std::min(hundredth, max_steps) : max_steps;
  const double        before  = seconds;
  // The least time that is reached, with the other sign (ranks without networks are at the end); the time that it takes; the
  // largest parameter.
  double reached[3] = {-end, 0., 0.};
  together(layout.communicator(), [&] {
    Timing::Scope scope(seconds);
    for (auto &network : networks)
      reached[0] = std::max(reached[0], -network->advance(end, steps));
  });
  reached[1] = seconds - before;
  if (!settings.stochastic_gradient() || (this->steps() - last_scanned) * settings.batch_size >= samples_between_scans)
    {
      reached[2]   = largest_parameter();
      last_scanned = this->steps();
    }
  MPI_Allreduce(MPI_IN_PLACE, reached, 3, MPI_DOUBLE, MPI_MAX, layout.communicator());
  if (reached[2] > suspicious)
    {
      suspicious = suspicious_growth * reached[2];
      risks();
    }
  if (reached[1] > longest_work)
    max_steps = std::max<std::uint64_t>(1, static_cast<std::uint64_t>(static_cast<double>(steps) * longest_work / reached[1]));
  else if (reached[1] < .25 * longest_work)
    max_steps = std::max(max_steps, 2 * steps);
  return -reached[0];
}

double Replicas::largest_parameter() const
{
  double largest = 0.;
  for (const Rows &piece : pieces(false))
    for (const double value : networks[piece.network]->parameters_of(piece.neurons))
      largest = std::isfinite(value) ? std::max(largest, std::abs(value)) : std::numeric_limits<double>::infinity();
  return largest;
}

std::vector<Replicas::Rows> Replicas::pieces(bool to_write) const
{
  std::vector<Rows>   pieces;
  const std::uint64_t most = std::max<std::uint64_t>(1, numbers_at_once / problem.particle_neuron().n_parameters());
  for (std::size_t i = 0; i < networks.size(); ++i)
    {
      // Where methods other than SGD have several ranks, each of them has all neurons.
      const NeuronRows own = networks[i]->own_neurons();
      if (to_write && !layout.leads() && !settings.stochastic_gradient())
        continue;
      for (std::uint64_t begin = 0; begin < own.count; begin += most)
        pieces.push_back({i, {own.first + begin, std::min(most, own.count - begin)}});
    }
  return pieces;
}

void Replicas::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  const std::uint64_t        n = problem.particle_neuron().n_parameters();
  std::vector<double>        times, next_steps;
  std::vector<std::uint64_t> steps_done, places;
  for (std::size_t i = 0; i < networks.size() && layout.leads(); ++i)
    {
      const NetworkState state = networks[i]->state();
      times.push_back(state.time);
      next_steps.push_back(state.next_step);
      steps_done.push_back(state.steps);
      places.push_back(layout.members()[i]);
    }
  const std::vector<Rows>               rows = pieces(true);
  std::vector<CheckpointWriter::Extent> extents;
  for (const Rows &piece : rows)
    extents.push_back(
      {(layout.members()[piece.network] * settings.n_neurons + piece.neurons.first) * n, piece.neurons.count * n});
  checkpoint.put_on_demand(prefix + " parameters", extents, [this, rows](std::size_t piece) {
    return networks[rows[piece].network]->parameters_of(rows[piece].neurons);
  });
  checkpoint.put_parts(prefix + " times", times, places);
  checkpoint.put_parts(prefix + " next steps", next_steps, places);
  checkpoint.put_parts(prefix + " steps", steps_done, places);
}

void Replicas::load(const CheckpointReader &checkpoint, const std::string &prefix)
{
  const std::uint64_t              n     = problem.particle_neuron().n_parameters();
  const std::vector<double>        times = checkpoint.numbers(prefix + " times", 0, settings.n_replicas);
  const std::vector<double>        next  = checkpoint.numbers(prefix + " next steps", 0, settings.n_replicas);
  const std::vector<std::uint64_t> done  = checkpoint.integers(prefix + " steps", 0, settings.n_replicas);
  // Read in batches of at most 16 MiB. The read is collective, so ranks with fewer pieces take part with none.
  const std::vector<Rows> rows = pieces(false);
  for (std::size_t begin = 0;;)
    {
      std::vector<CheckpointReader::Extent> extents;
      std::uint64_t                         size = 0;
      std::size_t                           end  = begin;
      for (; end < rows.size() && (end == begin || size + rows[end].neurons.count * n <= numbers_at_once); ++end)
        {
          extents.push_back({(layout.members()[rows[end].network] * settings.n_neurons + rows[end].neurons.first) * n,
                             rows[end].neurons.count * n});
          size += extents.back().size;
        }
      if (all_agree(extents.empty(), layout.communicator()))
        break;
      const std::vector<double> theta    = checkpoint.numbers(prefix + " parameters", extents);
      const double             *next_row = theta.data();
      for (; begin < end; ++begin)
        {
          networks[rows[begin].network]->set_parameters_of(rows[begin].neurons, next_row);
          next_row += rows[begin].neurons.count * n;
        }
    }
  for (std::size_t i = 0; i < networks.size(); ++i)
    networks[i]->restore({times[layout.members()[i]], next[layout.members()[i]], done[layout.members()[i]]});
  seconds      = 0.;
  first_step   = steps();
  last_scanned = first_step;
}

std::vector<double> Replicas::output_parameters(std::size_t i) const
{
  std::vector<double> theta = networks[i]->parameters();
  const double        alpha = settings.output_factor();
  if (alpha != 1.)
    for (std::size_t j = 0; j < theta.size(); j += problem.particle_neuron().n_parameters())
      theta[j] *= alpha;
  return theta;
}

std::vector<double> Replicas::risks() const
{
  // Every entry is one number plus zeros: exact in any order.
  std::vector<double> risks(settings.n_replicas, 0.);
  together(layout.communicator(), [&] {
    for (std::size_t i = 0; i < networks.size(); ++i)
      {
        const std::vector<double> theta = output_parameters(i);
        const double              risk  = problem.particle_risk(theta.data(), settings.n_neurons, layout.group());
        divergence.require(risk, layout.members()[i], networks[i]->state().time);
        if (layout.leads())
          risks[layout.members()[i]] = risk;
      }
  });
  MPI_Allreduce(MPI_IN_PLACE, risks.data(), static_cast<int>(risks.size()), MPI_DOUBLE, MPI_SUM, layout.communicator());
  return risks;
}

template <typename Features>
std::vector<double> Replicas::outputs(std::size_t n_inputs, const Features &features_of) const
{
  const unsigned int  D = problem.n_parameters(), n_omega = problem.n_feature_parameters();
  std::vector<double> all(settings.n_replicas * n_inputs, 0.), features(n_inputs);
  for (std::size_t i = 0; i < networks.size(); ++i)
    {
      const std::vector<double> theta = reduced_coordinates(problem, output_parameters(i));
      if (!layout.leads())
        continue;
      double *const prediction = all.data() + layout.members()[i] * n_inputs;
      for (std::size_t j = 0; j < theta.size(); j += D)
        {
          features_of(theta.data() + j + (D - n_omega), features.data());
          const double a = (problem.has_outer_weight() ? theta[j] : 1.);
          for (std::size_t k = 0; k < n_inputs; ++k)
            prediction[k] += a * features[k];
        }
      for (std::size_t k = 0; k < n_inputs; ++k)
        prediction[k] /= static_cast<double>(settings.n_neurons);
    }
  // Every entry is one number plus zeros: exact in any order.
  MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM, layout.communicator());
  return all;
}

std::vector<double> Replicas::predictions() const
{
  return outputs(problem.n_nodes(),
                 [&](const double *omega, double *features) { problem.features(1, omega, features, nullptr); });
}

std::vector<double> Replicas::predictions_at(const std::vector<double> &x) const
{
  return outputs(x.size() / problem.input_names().size(),
                 [&](const double *omega, double *features) { problem.features_at(x, 1, omega, features); });
}

std::vector<double> Replicas::local_parameters() const
{
  std::vector<double> parameters;
  for (const auto &network : networks)
    {
      const std::vector<double> part = network->parameters();
      if (layout.leads())
        parameters.insert(parameters.end(), part.begin(), part.end());
    }
  return parameters;
}

std::vector<double> Replicas::local_coordinates() const
{
  std::vector<double> coordinates;
  for (const auto &network : networks)
    {
      const std::vector<double> theta = network->parameters();
      if (!layout.leads())
        continue;
      const std::vector<double> part = reduced_coordinates(problem, theta);
      coordinates.insert(coordinates.end(), part.begin(), part.end());
    }
  return coordinates;
}

std::vector<double> reduced_coordinates(const LearningProblem &problem, const std::vector<double> &theta)
{
  const unsigned int  n = problem.particle_neuron().n_parameters(), D = problem.n_parameters();
  const std::size_t   M = theta.size() / n;
  std::vector<double> coordinates(M * D);
  for (std::size_t j = 0; j < M; ++j)
    problem.reduce(theta.data() + j * n, coordinates.data() + j * D);
  return coordinates;
}

void set_quantiles(Statistics &table, const std::string &prefix, const std::vector<double> &sample)
{
  for (const double probability : shown_quantiles)
    table.set(prefix + std::to_string(static_cast<int>(std::lround(100. * probability))) + " %", quantile(sample, probability));
}

void add_replicas_row(Statistics &table, double time, const std::vector<double> &risks)
{
  table.set("time", time);
  for (std::size_t r = 0; r < risks.size(); ++r)
    table.set("replica " + std::to_string(r), risks[r]);
  table.finish_row();
}

void warn_of_exact_risks(const LearningProblem &problem, const ParticleParameters &parameters, double networks,
                         MPI_Comm communicator, Progress &progress)
{
  // From 1e8 (tanh) to 9e8 (erf) pairs a second and core, in 40 dimensions.
  const double seconds = problem.risk_pairs(parameters.n_neurons) / 4e8 *
                         (.5 + problem.particle_neuron().input_dimension / 80.) * networks * parameters.n_replicas /
                         number_of_ranks(communicator);
  if (seconds > 60.)
    progress.warning("the exact risk sums over all pairs of the " + std::to_string(parameters.n_neurons) +
                     " neurons of a network, which takes about " + duration(seconds) +
                     " at every output time. 'Test samples' in section 'Learning problem' estimates it from samples; "
                     "fewer output times help, too.");
}
} // namespace rhoflow
