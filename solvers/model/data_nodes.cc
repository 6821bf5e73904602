#include <solvers/model/data_nodes.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <numeric>
#include <utility>

#include <solvers/base/error.h>
#include <solvers/base/numerics/random.h>
#include <solvers/model/data_law.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>

namespace rhoflow
{
namespace
{
/// V at n points and U at all pairs of them.
struct Kernels
{
  Kernels(const LearningProblem &problem, const std::vector<double> &omega)
  {
    const std::size_t          K = problem.n_nodes(), dim = problem.n_feature_parameters(), n = omega.size() / dim;
    const std::vector<double> &p = problem.weights(), &y = problem.targets();
    std::vector<double>        g(n * K), weighted(n * K);
    problem.features(static_cast<unsigned int>(n), omega.data(), g.data(), nullptr);
    for (std::size_t k = 0; k < K; ++k)
      half_square += .5 * p[k] * y[k] * y[k];
    for (std::size_t i = 0; i < n; ++i)
      {
        double sum = 0.;
        for (std::size_t k = 0; k < K; ++k)
          {
            weighted[i * K + k] = p[k] * g[i * K + k];
            sum -= weighted[i * K + k] * y[k];
          }
        V.push_back(sum);
      }
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = 0; j <= i; ++j)
        {
          double sum = 0.;
          for (std::size_t k = 0; k < K; ++k)
            sum += weighted[i * K + k] * g[j * K + k];
          U.push_back(sum);
        }
  }

  double              half_square = 0.; ///< ½ E y²
  std::vector<double> V, U;
};

double largest_difference(const std::vector<double> &a, const std::vector<double> &b)
{
  double largest = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}

double difference(const Kernels &a, const Kernels &b)
{
  return std::abs(a.half_square - b.half_square) + largest_difference(a.V, b.V) + .5 * largest_difference(a.U, b.U);
}

/// Random points of the box of ω, and its corners.
std::vector<double> test_points(const LearningProblem &problem, const ModelChoices &choices)
{
  constexpr std::size_t n   = 200;
  const std::size_t     dim = problem.n_feature_parameters(), first = problem.n_parameters() - dim;
  std::vector<double>   points;
  CounterRandom         random(0, RandomPurpose::check_points, 0);
  const auto            between = [&](const std::size_t d, const double part) {
    return choices.lower[first + d] + (choices.upper[first + d] - choices.lower[first + d]) * part;
  };
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t d = 0; d < dim; ++d)
      points.push_back(between(d, random.uniform()));
  for (std::size_t corner = 0; corner < (std::size_t(1) << dim); ++corner)
    for (std::size_t d = 0; d < dim; ++d)
      points.push_back(between(d, (corner >> d & 1) == 0 ? 0. : 1.));
  return points;
}

bool has_quadrature(const ModelChoices &choices)
{
  return choices.neuron != NeuronKind::landscape && choices.data_law != DataLawKind::csv &&
         !(choices.data_law == DataLawKind::discrete && choices.blob_deviation == 0.);
}
} // namespace

double quadrature_difference(const LearningProblem &one, const LearningProblem &other, const std::vector<double> &omega)
{
  return difference(Kernels(one, omega), Kernels(other, omega));
}

ModelChoices DataNodes::in(ModelChoices choices) const
{
  choices.quadrature_nodes = quadrature;
  choices.radial_nodes     = radial;
  choices.angular_nodes    = angular;
  choices.trapezoidal      = trapezoidal;
  return choices;
}

DataNodes choose_data_nodes(const ModelChoices &choices, const double tolerance)
{
  DataNodes chosen{choices.quadrature_nodes, choices.radial_nodes, choices.angular_nodes, choices.trapezoidal};
  if (!has_quadrature(choices))
    return chosen;
  std::vector<unsigned int DataNodes::*> numbers{&DataNodes::quadrature};
  if (choices.neuron == NeuronKind::single_neuron && std::isfinite(choices.input_dimension))
    numbers.push_back(&DataNodes::radial);
  if (choices.neuron == NeuronKind::single_neuron || choices.neuron == NeuronKind::isotropic)
    numbers.push_back(&DataNodes::angular);

  /// Null if there would be more nodes than a problem may have.
  const auto kernels_of = [&, points = test_points(*make_problem(chosen.in(choices)), choices)](const DataNodes &nodes) {
    try
      {
        return std::make_unique<const Kernels>(*make_problem(nodes.in(choices)), points);
      }
    catch (const InputError &error)
      {
        if (error.why != Refusal::too_large)
          throw;
        return std::unique_ptr<const Kernels>();
      }
  };
  const bool is_gaussian = choices.neuron != NeuronKind::single_neuron && choices.neuron != NeuronKind::isotropic &&
                           (choices.data_law == DataLawKind::gaussian || choices.data_law == DataLawKind::discrete);
  auto now = kernels_of(chosen);
  while (true)
    {
      std::vector<double> errors;
      for (const auto number : numbers)
        {
          DataNodes other = chosen;
          other.*number *= 2;
          auto kernels = kernels_of(other);
          if (kernels == nullptr) // then what the last doubling changed is an upper estimate
            {
              chosen.limited = true;
              other.*number  = std::max(1U, chosen.*number / 2);
              kernels        = kernels_of(other);
            }
          errors.push_back(difference(*now, *kernels));
        }
      chosen.error = std::accumulate(errors.begin(), errors.end(), 0.);
      if (chosen.error <= tolerance || chosen.limited)
        break;
      DataNodes more = chosen;
      // Where Gauss-Hermite does not converge at once, the other rule is tried.
      if (is_gaussian && !chosen.trapezoidal && errors.front() > tolerance)
        {
          more.trapezoidal = true;
          if (auto kernels = kernels_of(more))
            {
              chosen = more;
              now    = std::move(kernels);
              continue;
            }
        }
      for (std::size_t i = 0; i < numbers.size(); ++i)
        if (errors[i] > tolerance / static_cast<double>(2 * numbers.size()))
          more.*numbers[i] *= 2;
      auto kernels = kernels_of(more);
      if (kernels == nullptr)
        {
          chosen.limited = true;
          break;
        }
      chosen = more;
      now    = std::move(kernels);
    }
  chosen.limited = chosen.limited && chosen.error > tolerance;
  return chosen;
}
} // namespace rhoflow
