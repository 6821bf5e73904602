#include <solvers/common_noise/sgd_field.h>
#include <solvers/model/learning_problem.h>

#include <cmath>

namespace rhoflow
{
using Equation = CommonNoiseParameters::Equation;

SgdField::SgdField(const CommonNoiseParameters &parameters, const LearningProblem &problem, const double weight_decay)
  : p(problem.weights())
  , y(problem.targets())
  , noise_parameters(parameters)
  , alpha(parameters.step_size)
  , u(parameters.equation == Equation::gradient_flow ? 0. : 1. / parameters.batch_size)
  , v(parameters.equation == Equation::modified_flow ? 1. - u : -u)
  , lambda(weight_decay)
  , s2(problem.noise_variance())
  , samples(p, parameters.batch_size, s2 > 0.)
{}

std::vector<double> SgdField::residuals(const std::vector<double> &prediction) const
{
  std::vector<double> r(p.size());
  for (std::size_t l = 0; l < p.size(); ++l)
    r[l] = prediction[l] - y[l];
  return r;
}

std::vector<double> SgdField::potential(const std::vector<double> &r) const
{
  std::vector<double> c(p.size());
  for (std::size_t l = 0; l < p.size(); ++l)
    c[l] = p[l] * r[l];
  return c;
}

std::vector<double> SgdField::drift(const std::vector<double> &r, const std::vector<double> &kappa,
                                    const std::vector<double> &slopes) const
{
  std::vector<double> c(p.size());
  for (std::size_t l = 0; l < p.size(); ++l)
    c[l] = p[l] * (r[l] + .5 * alpha * (u * kappa[l] * r[l] + slopes[l]));
  return c;
}

std::vector<double> SgdField::squares(const std::vector<double> &r) const
{
  std::vector<double> c(p.size());
  for (std::size_t l = 0; l < p.size(); ++l)
    c[l] = u * p[l] * (r[l] * r[l] + s2);
  return c;
}

std::vector<double> SgdField::noise(const std::vector<double> &r, const NoiseIncrement &increment) const
{
  const double        size = std::sqrt(alpha * u), s = std::sqrt(s2);
  std::vector<double> c(p.size());
  for (std::size_t l = 0; l < p.size(); ++l)
    c[l] = size * std::sqrt(p[l]) * (r[l] * increment.samples[l] + (increment.labels.empty() ? 0. : s * increment.labels[l]));
  return c;
}

std::vector<double> SgdField::sgd(const std::vector<double> &r, const DrawnSamples &drawn) const
{
  const double        size = alpha / noise_parameters.batch_size, s = std::sqrt(s2);
  std::vector<double> c(p.size());
  for (std::size_t l = 0; l < p.size(); ++l)
    c[l] = size * (drawn.counts[l] * r[l] - (drawn.labels.empty() ? 0. : s * drawn.labels[l]));
  return c;
}

DrawnSamples SgdField::drawn(const std::uint64_t seed, const std::uint64_t path, const std::uint64_t k,
                             const std::uint64_t step) const
{
  return samples.draw(seed, path, k * noise_parameters.steps_in_interval() + step);
}

NoiseIncrement SgdField::increment(const std::uint64_t seed, const std::uint64_t path, const std::uint64_t k) const
{
  if (!has_noise())
    return {};
  if (noise_parameters.beside_sgd())
    {
      const std::uint64_t n_steps = noise_parameters.steps_in_interval();
      return increment_of_samples(samples.draw(seed, path, k * n_steps, n_steps), p, alpha, noise_parameters.batch_size);
    }
  const bool          antithetic = noise_parameters.antithetic;
  const auto          K          = static_cast<unsigned int>(p.size());
  const std::uint64_t number     = antithetic ? path / 2 : path;
  const auto          increment  = [&](const RandomPurpose purpose) {
    std::vector<double> motions = BrownianPath(seed, purpose, number, K, noise_parameters.interval).increment(k);
    if (antithetic && path % 2 == 1)
      for (double &x : motions)
        x = -x;
    return motions;
  };
  NoiseIncrement result;
  result.samples = project_on_data(increment(RandomPurpose::common_noise), p);
  if (has_label_noise())
    result.labels = increment(RandomPurpose::path_label_noise);
  return result;
}
} // namespace rhoflow
