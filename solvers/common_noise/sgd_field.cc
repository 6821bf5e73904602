#include <solvers/common_noise/sgd_field.h>
#include <solvers/model/learning_problem.h>

#include <cmath>

namespace rhoflow
{
SgdField::SgdField(const CommonNoiseParameters &parameters, const LearningProblem &problem, const double weight_decay)
  : p(problem.weights())
  , y(problem.targets())
  , alpha(parameters.step_size)
  , interval(parameters.interval)
  , u(1. / parameters.batch_size)
  , v(parameters.equation == CommonNoiseParameters::Equation::modified_flow ? 1. - u : -u)
  , lambda(weight_decay)
  , s2(problem.noise_variance())
  , antithetic(parameters.antithetic)
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

NoiseIncrement SgdField::increment(const std::uint64_t seed, const std::uint64_t path, const std::uint64_t k) const
{
  const auto          K         = static_cast<unsigned int>(p.size());
  const std::uint64_t number    = antithetic ? path / 2 : path;
  const auto          increment = [&](const RandomPurpose purpose) {
    std::vector<double> motions = BrownianPath(seed, purpose, number, K, interval).increment(k);
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
