#include <solvers/common_noise/sgd_samples.h>

#include <algorithm>
#include <cmath>
#include <numeric>

namespace rhoflow
{
SgdSamples::SgdSamples(const std::vector<double> &weights, const unsigned int samples_a_step, const bool noisy_labels)
  : up_to(weights.size())
  , batch_size(samples_a_step)
  , has_label_noise(noisy_labels)
{
  std::partial_sum(weights.begin(), weights.end(), up_to.begin());
}

DrawnSamples SgdSamples::draw(const std::uint64_t seed, const std::uint64_t path, const std::uint64_t first_step,
                              const std::uint64_t n_steps) const
{
  DrawnSamples samples{std::vector<double>(up_to.size(), 0.), std::vector<double>(has_label_noise ? up_to.size() : 0, 0.)};
  for (std::uint64_t step = first_step; step < first_step + n_steps; ++step)
    for (unsigned int b = 0; b < batch_size; ++b)
      {
        CounterRandom random(seed, RandomPurpose::sgd_samples, path, step, b);
        // The last node takes what round-off leaves of the sum of the weights.
        const auto node = std::upper_bound(up_to.begin(), up_to.end() - 1, random.uniform() * up_to.back()) - up_to.begin();
        const auto l    = static_cast<std::size_t>(node);
        samples.counts[l] += 1.;
        if (has_label_noise)
          samples.labels[l] += random.normal();
      }
  return samples;
}

NoiseIncrement increment_of_samples(const DrawnSamples &samples, const std::vector<double> &weights, const double step_size,
                                    const unsigned int batch_size)
{
  NoiseIncrement increment{increment_of_counts(samples.counts, weights, step_size, batch_size), samples.labels};
  for (std::size_t l = 0; l < increment.labels.size(); ++l)
    increment.labels[l] *= -std::sqrt(step_size / batch_size / weights[l]);
  return increment;
}
} // namespace rhoflow
