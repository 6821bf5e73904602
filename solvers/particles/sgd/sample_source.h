#pragma once

#include <cstdint>
#include <vector>

#include <solvers/particles/parameters.h>

namespace rhoflow
{
class LearningProblem;

/// The samples that one replica of SGD sees, as a pure function of (seed, replica, step, position in the batch).
class SampleSource
{
public:
  /// Throws InputError if multi-pass SGD meets a law without data set, or one whose points do not weigh the same.
  SampleSource(const LearningProblem &problem, ParticleParameters::Method method, ParticleParameters::Sampling sampling,
               unsigned int batch_size, std::uint64_t seed, std::uint64_t replica);

  /// Sample `index` of the batch of `step`: x [d] and y.
  void draw(std::uint64_t step, unsigned int index, double *x, double &y);

private:
  /// Position in the data set of sample number `number` when every epoch is a new order of all of it.
  std::uint64_t shuffled(std::uint64_t number);

  const LearningProblem       &problem;
  ParticleParameters::Method   method;
  ParticleParameters::Sampling sampling;
  unsigned int                 batch_size;
  std::uint64_t                seed;
  std::uint64_t                replica;
  std::uint64_t                epoch = ~std::uint64_t(0);
  std::vector<std::uint64_t>   order; ///< of the data set in the present epoch
};
} // namespace rhoflow
