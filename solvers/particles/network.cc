#include <solvers/base/numerics/random.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/network.h>

#include <algorithm>

namespace rhoflow
{
std::vector<double> initial_neurons(const LearningProblem &problem, std::uint64_t first, std::uint64_t count,
                                    std::uint64_t seed, std::uint64_t replica)
{
  const unsigned int  n = problem.particle_neuron().n_parameters();
  std::vector<double> theta(count * n);
  for (std::uint64_t j = 0; j < count; ++j)
    {
      CounterRandom random(seed, RandomPurpose::initial_particles, replica, 0, first + j);
      problem.sample_particle(random, theta.data() + j * n);
    }
  return theta;
}

std::vector<double> initial_neurons(const LearningProblem &problem, std::uint64_t n_neurons, std::uint64_t seed,
                                    std::uint64_t replica)
{
  return initial_neurons(problem, 0, n_neurons, seed, replica);
}

std::vector<double> rows_of(const std::vector<double> &theta, std::uint64_t n_neurons, const NeuronRows &rows)
{
  const std::uint64_t n = theta.size() / n_neurons;
  return {theta.data() + rows.first * n, theta.data() + (rows.first + rows.count) * n};
}

void set_rows_of(std::vector<double> &theta, std::uint64_t n_neurons, const NeuronRows &rows, const double *values)
{
  const std::uint64_t n = theta.size() / n_neurons;
  std::copy_n(values, rows.count * n, theta.data() + rows.first * n);
}
} // namespace rhoflow
