#include <solvers/base/error.h>
#include <solvers/base/random.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/sample_source.h>

#include <algorithm>
#include <numeric>

namespace rhoflow
{
SampleSource::SampleSource(const LearningProblem &learning_problem, ParticleParameters::Method which_method,
                           ParticleParameters::Sampling which_sampling, unsigned int samples_a_step, std::uint64_t random_seed,
                           std::uint64_t replica_number)
  : problem(learning_problem)
  , method(which_method)
  , sampling(which_sampling)
  , batch_size(samples_a_step)
  , seed(random_seed)
  , replica(replica_number)
{
  if (method != ParticleParameters::Method::multi_pass_sgd)
    return;
  const std::uint64_t size = problem.data_set_size();
  if (size == 0)
    throw InputError("Particles/Method", "multi-pass SGD needs a finite data set, but the data law is continuous. Choose "
                                         "'one-pass SGD', or data from a CSV file or a discrete law.");
  const auto &weights = problem.weights();
  const auto  range   = std::minmax_element(weights.begin(), weights.end());
  if (weights.size() == size && *range.second > *range.first * (1. + 1e-10))
    throw InputError("Particles/Method",
                     "multi-pass SGD visits all points of the data set equally often, but the points of this "
                     "law do not weigh the same. Choose 'one-pass SGD', which draws them with their weights.");
}

std::uint64_t SampleSource::shuffled(std::uint64_t number)
{
  const std::uint64_t size = problem.data_set_size();
  if (number / size != epoch)
    {
      epoch = number / size;
      order.resize(size);
      std::iota(order.begin(), order.end(), std::uint64_t(0));
      CounterRandom random(seed, RandomPurpose::data_order, replica, epoch);
      for (std::uint64_t i = size - 1; i > 0; --i)
        std::swap(order[i], order[random.integer(i + 1)]);
    }
  return order[number % size];
}

void SampleSource::draw(std::uint64_t step, unsigned int index, double *x, double &y)
{
  if (method != ParticleParameters::Method::multi_pass_sgd)
    {
      CounterRandom random(seed, RandomPurpose::sgd_samples, replica, step, index);
      problem.sample(random, x, y);
    }
  else if (sampling == ParticleParameters::Sampling::with_replacement)
    {
      CounterRandom random(seed, RandomPurpose::data_order, replica, step, index);
      problem.data_set_sample(random.integer(problem.data_set_size()), x, y);
    }
  else
    problem.data_set_sample(shuffled(step * batch_size + index), x, y);
}
} // namespace rhoflow
