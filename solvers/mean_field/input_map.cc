#include <solvers/mean_field/input_map.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include <solvers/base/numerics/dense.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
InputMap::InputMap(const MeanField &field, const std::vector<double> &inputs, const std::vector<double> &samples,
                   const std::vector<double> &checks)
  : n_inputs(inputs.size() / field.learning_problem().input_names().size())
  , mode_count(field.n_modes())
  , coefficients(n_inputs * mode_count, 0.)
  , measured_errors(n_inputs, 0.)
{
  const std::size_t   n_omega = field.n_feature_parameters();
  std::vector<double> chi(mode_count), g(n_inputs), matrix(mode_count * mode_count, 0.);
  // Normal equations: χᵀχ and χᵀg, over all samples.
  for (std::size_t i = 0; i < samples.size(); i += n_omega)
    {
      field.modes(1, &samples[i], chi.data(), nullptr);
      field.learning_problem().features_at(inputs, 1, &samples[i], g.data());
      for (std::size_t j = 0; j < mode_count; ++j)
        for (std::size_t l = j; l < mode_count; ++l)
          matrix[j * mode_count + l] += chi[j] * chi[l];
      for (std::size_t x = 0; x < n_inputs; ++x)
        for (std::size_t j = 0; j < mode_count; ++j)
          coefficients[x * mode_count + j] += g[x] * chi[j];
    }
  // Modes that are zero up to round-off, or that repeat each other, get small coefficients instead of large ones.
  double largest = 0.;
  for (std::size_t j = 0; j < mode_count; ++j)
    largest = std::max(largest, matrix[j * mode_count + j]);
  for (std::size_t j = 0; j < mode_count; ++j)
    matrix[j * mode_count + j] += 1e-13 * static_cast<double>(mode_count) * largest + 1e-300;
  const Cholesky factor(std::move(matrix), mode_count);
  for (std::size_t x = 0; x < n_inputs; ++x)
    factor.solve(coefficients.data() + x * mode_count); // there may be no modes

  double scale = 0.;
  for (std::size_t i = 0; i < checks.size(); i += n_omega)
    {
      field.modes(1, &checks[i], chi.data(), nullptr);
      field.learning_problem().features_at(inputs, 1, &checks[i], g.data());
      for (std::size_t x = 0; x < n_inputs; ++x)
        {
          scale              = std::max(scale, std::abs(g[x]));
          measured_errors[x] = std::max(measured_errors[x], std::abs(g[x] - value(x, chi)));
        }
    }
  for (double &error : measured_errors)
    error /= std::max(scale, 1e-300);
}

double InputMap::value(std::size_t input, const std::vector<double> &moments) const
{
  double sum = 0.;
  for (std::size_t j = 0; j < mode_count; ++j)
    sum += coefficients[input * mode_count + j] * moments[j];
  return sum;
}

double InputMap::covered() const
{
  const auto good = std::count_if(measured_errors.begin(), measured_errors.end(),
                                  [](double error) { return error <= largest_error; });
  return static_cast<double>(good) / static_cast<double>(n_inputs);
}

std::vector<double> InputMap::prediction(const std::vector<double> &moments) const
{
  std::vector<double> f(n_inputs, std::numeric_limits<double>::quiet_NaN());
  for (std::size_t x = 0; x < n_inputs; ++x)
    if (measured_errors[x] <= largest_error)
      f[x] = value(x, moments);
  return f;
}
} // namespace rhoflow
