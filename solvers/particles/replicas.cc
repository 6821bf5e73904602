#include <solvers/base/error.h>
#include <solvers/base/statistics.h>
#include <solvers/base/timing.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/replicas.h>
#include <solvers/particles/sample_statistics.h>
#include <solvers/particles/sgd.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
/// Throws on all ranks what was caught on the lowest one that failed (an empty message: none did). Collective.
void throw_together(std::string message, bool input_error, std::string parameter, MPI_Comm communicator)
{
  int rank, size;
  MPI_Comm_rank(communicator, &rank);
  MPI_Comm_size(communicator, &size);
  int failed = (message.empty() ? size : rank), first;
  MPI_Allreduce(&failed, &first, 1, MPI_INT, MPI_MIN, communicator);
  if (first == size)
    return;
  unsigned long long lengths[3] = {message.size(), parameter.size(), input_error ? 1ull : 0ull};
  MPI_Bcast(lengths, 3, MPI_UNSIGNED_LONG_LONG, first, communicator);
  message.resize(lengths[0]);
  parameter.resize(lengths[1]);
  MPI_Bcast(&message[0], static_cast<int>(lengths[0]), MPI_CHAR, first, communicator);
  MPI_Bcast(&parameter[0], static_cast<int>(lengths[1]), MPI_CHAR, first, communicator);
  if (lengths[2] == 1)
    throw InputError(parameter, message);
  throw RunError(message);
}

template <typename Work>
void together(MPI_Comm communicator, const Work &work)
{
  std::string message, parameter;
  bool        input_error = false;
  try
    {
      work();
    }
  catch (const InputError &error)
    {
      message     = error.what();
      parameter   = error.parameter;
      input_error = true;
    }
  catch (const std::exception &error)
    {
      message = error.what();
    }
  throw_together(message, input_error, parameter, communicator);
}
} // namespace

Replicas::Replicas(const LearningProblem &learning_problem, const ParticleParameters &parameters, double weight_decay,
                   std::uint64_t seed, MPI_Comm communicator)
  : problem(learning_problem)
  , settings(parameters)
  , comm(communicator)
{
  int own, size;
  MPI_Comm_rank(comm, &own);
  MPI_Comm_size(comm, &size);
  // Every sample costs an exchange between the ranks of a network, which pays where each of them has some microseconds to work.
  const std::uint64_t weights_of_rank = 200000;
  const std::uint64_t n_weights       = settings.n_neurons * problem.particle_neuron().n_parameters();
  const int           n_replicas      = static_cast<int>(settings.n_replicas);
  int                 width           = static_cast<int>(settings.ranks_per_network);
  if (width == 0)
    width = (settings.stochastic_gradient() ?
               static_cast<int>(std::min<std::uint64_t>(static_cast<std::uint64_t>(std::max(1, size / n_replicas)),
                                                        std::max<std::uint64_t>(1, n_weights / weights_of_rank))) :
               1);
  width               = std::min(width, size);
  const int  n_groups = std::min(n_replicas, size / width);
  const int  number   = own / width;
  const bool joins    = (number < n_groups); // some ranks may be left over
  for (int g = 0; g < n_groups; ++g)
    first_ranks.push_back(g * width);
  MPI_Comm_split(comm, joins ? number : MPI_UNDEFINED, own, &group);
  speaks = joins && own == first_ranks[static_cast<std::size_t>(number)];
  together(comm, [&] {
    for (int r = number; joins && r < n_replicas; r += n_groups)
      {
        numbers.push_back(static_cast<unsigned int>(r));
        networks.push_back(make_network(problem, settings, weight_decay, seed, numbers.back(), group));
      }
  });
}

Replicas::~Replicas()
{
  if (group != MPI_COMM_NULL)
    MPI_Comm_free(&group);
}

int Replicas::ranks_of_network() const
{
  int size = 0;
  if (group != MPI_COMM_NULL)
    MPI_Comm_size(group, &size);
  return size;
}

void Replicas::advance_to(double end)
{
  together(comm, [&] {
    Timing::Scope scope(seconds);
    for (auto &network : networks)
      network->advance_to(end);
  });
}

double Replicas::advance(double end, double horizon)
{
  const std::uint64_t steps = static_cast<std::uint64_t>(horizon / (100. * settings.step_size)) + 1;
  double              time  = 0.;
  together(comm, [&] {
    Timing::Scope scope(seconds);
    for (auto &network : networks)
      time = network->advance(end, steps);
  });
  // The same for all networks, but some ranks have none.
  MPI_Allreduce(MPI_IN_PLACE, &time, 1, MPI_DOUBLE, MPI_MAX, comm);
  return time;
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
  together(comm, [&] {
    for (std::size_t i = 0; i < networks.size(); ++i)
      {
        const std::vector<double> theta = output_parameters(i);
        const double              risk  = problem.particle_risk(theta.data(), settings.n_neurons, group);
        if (!std::isfinite(risk))
          throw RunError("The risk of network " + std::to_string(numbers[i]) +
                         " is not finite. Choose a smaller 'Step size' in section 'Particles'.");
        if (speaks)
          risks[numbers[i]] = risk;
      }
  });
  MPI_Allreduce(MPI_IN_PLACE, risks.data(), static_cast<int>(risks.size()), MPI_DOUBLE, MPI_SUM, comm);
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
      if (!speaks)
        continue;
      double *const prediction = all.data() + numbers[i] * n_inputs;
      for (std::size_t j = 0; j < theta.size(); j += D)
        {
          features_of(theta.data() + j + (D - n_omega), features.data());
          const double a = (problem.linear_in_first_parameter() ? theta[j] : 1.);
          for (std::size_t k = 0; k < n_inputs; ++k)
            prediction[k] += a * features[k];
        }
      for (std::size_t k = 0; k < n_inputs; ++k)
        prediction[k] /= static_cast<double>(settings.n_neurons);
    }
  // Every entry is one number plus zeros: exact in any order.
  MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM, comm);
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
      if (speaks)
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
      if (!speaks)
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
} // namespace rhoflow
