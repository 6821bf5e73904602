#include <solvers/base/numerics/random.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/sgd/sample_source.h>

#include <numeric>
#include <utility>

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
  if (problem.data_set_size() == 0)
    problem.refuse_passes();
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
