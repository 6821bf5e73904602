#include <solvers/model/data_nodes.h>

#include <algorithm>
#include <cmath>
#include <memory>
#include <utility>

#include <solvers/base/error.h>
#include <solvers/model/data_law.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>

namespace rhoflow
{
namespace
{
/// R without the noise and Ψ at the points, for each of several densities.
struct RisksAndPotentials
{
  RisksAndPotentials(const LearningProblem &problem, const std::vector<Measure> &densities)
  {
    for (const Measure &density : densities)
      add(problem, density);
  }

  std::vector<double>              risks, sizes; ///< sizes: ‖Ψ‖
  std::vector<std::vector<double>> potentials;
  std::vector<std::vector<double>> masses;

private:
  void add(const LearningProblem &problem, const Measure &density)
  {
    const std::size_t   K = problem.n_nodes(), dim = problem.n_parameters(), n_omega = problem.n_feature_parameters();
    const std::size_t   n = density.points.size() / dim, first = dim - n_omega;
    std::vector<double> omega(n * n_omega), outer(n, 1.), g(n * K), mass(n), residual(K, 0.), potential(n);
    for (std::size_t i = 0; i < n; ++i)
      {
        std::copy_n(&density.points[i * dim + first], n_omega, &omega[i * n_omega]);
        mass[i] = density.weights.empty() ? 1. / static_cast<double>(n) : density.weights[i];
        if (first == 1)
          outer[i] = density.points[i * dim];
      }
    problem.features(static_cast<unsigned int>(n), omega.data(), g.data(), nullptr);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t k = 0; k < K; ++k)
        residual[k] += mass[i] * outer[i] * g[i * K + k];
    double risk = 0., square = 0.;
    for (std::size_t k = 0; k < K; ++k)
      {
        residual[k] -= problem.targets()[k];
        risk += .5 * problem.weights()[k] * residual[k] * residual[k];
        residual[k] *= problem.weights()[k];
      }
    for (std::size_t i = 0; i < n; ++i)
      {
        for (std::size_t k = 0; k < K; ++k)
          potential[i] += outer[i] * residual[k] * g[i * K + k];
        square += mass[i] * potential[i] * potential[i];
      }
    risks.push_back(risk);
    sizes.push_back(std::sqrt(square));
    potentials.push_back(std::move(potential));
    masses.push_back(std::move(mass));
  }
};

double largest(const std::vector<double> &values)
{
  return *std::max_element(values.begin(), values.end());
}

double difference(const RisksAndPotentials &one, const RisksAndPotentials &other)
{
  // Where the risk and the potential are zero, there is nothing to be relative to.
  constexpr double floor_of_risk = 1e-3, floor_of_potential = 1e-2, tiny = 1e-300;
  const double     least_risk = floor_of_risk * largest(other.risks) + tiny;
  const double     least_size = floor_of_potential * largest(other.sizes) + tiny;
  double           most       = 0.;
  for (std::size_t s = 0; s < one.risks.size(); ++s)
    {
      double square = 0.;
      for (std::size_t i = 0; i < one.masses[s].size(); ++i)
        square += one.masses[s][i] * std::pow(one.potentials[s][i] - other.potentials[s][i], 2.);
      most = std::max(most, std::abs(one.risks[s] - other.risks[s]) / std::max(other.risks[s], least_risk) +
                              std::sqrt(square) / std::max(other.sizes[s], least_size));
    }
  return most;
}
} // namespace

bool has_quadrature(const ModelChoices &choices)
{
  return choices.neuron != NeuronKind::landscape && choices.data_law != DataLawKind::csv &&
         !(choices.data_law == DataLawKind::discrete && choices.blob_deviation == 0.);
}

double quadrature_difference(const LearningProblem &one, const LearningProblem &other, const std::vector<Measure> &densities)
{
  return difference(RisksAndPotentials(one, densities), RisksAndPotentials(other, densities));
}

ModelChoices DataNodes::in(ModelChoices choices) const
{
  choices.quadrature_nodes = quadrature;
  choices.radial_nodes     = radial;
  choices.angular_nodes    = angular;
  choices.trapezoidal      = trapezoidal;
  return choices;
}

namespace
{
using Number = unsigned int DataNodes::*;

/// The search of choose_data_nodes().
class NodeSearch
{
public:
  NodeSearch(const ModelChoices &what, const std::vector<Measure> &laws)
    : choices(what)
    , densities(laws)
    , chosen{what.quadrature_nodes, what.radial_nodes, what.angular_nodes, what.trapezoidal}
  {
    const bool single = choices.neuron == NeuronKind::single_neuron, isotropic = choices.neuron == NeuronKind::isotropic;
    add(&DataNodes::quadrature, choices.given_quadrature_nodes.has_value());
    if (single && std::isfinite(choices.input_dimension))
      add(&DataNodes::radial, choices.given_radial_nodes.has_value());
    if (single || isotropic)
      add(&DataNodes::angular, choices.given_angular_nodes.has_value());
    other_rule = !single && !isotropic && choices.given_rule == QuadratureChoice::automatic &&
                 !choices.given_quadrature_nodes &&
                 (choices.data_law == DataLawKind::gaussian || choices.data_law == DataLawKind::discrete);
    most = std::max(2 * make_problem(choices)->n_nodes(), most_nodes(choices.activation));
    now  = evaluate(chosen);
  }

  DataNodes run(const double tolerance)
  {
    for (;;)
      {
        chosen.error = error_of(chosen, *now);
        if (chosen.error <= tolerance || free.empty())
          return chosen;
        if (!(other_rule && try_other_rule()) && !take_more(tolerance))
          {
            chosen.limited = true;
            return chosen;
          }
      }
  }

private:
  using Values = std::unique_ptr<const RisksAndPotentials>;

  void add(const Number number, const bool given)
  {
    all.push_back(number);
    if (!given)
      free.push_back(number);
  }

  /// Nodes that are not exceeded, for the features of all of them are compressed before a run: those of neurons with kinks take
  /// as many modes as there are nodes, those of others a few tens.
  static unsigned int most_nodes(const Activation::Kind activation)
  {
    return activation_info(activation).kinks == Kinks::none ? 3200 : 500;
  }

  /// Null if there would be more nodes than a problem may have.
  Values evaluate(const DataNodes &nodes) const
  {
    try
      {
        return std::make_unique<const RisksAndPotentials>(*make_problem(nodes.in(choices)), densities);
      }
    catch (const InputError &error)
      {
        if (error.why != Refusal::too_large)
          throw;
        return nullptr;
      }
  }

  /// The difference to twice as many nodes; to half as many, which is more, where there may be no more.
  double error_of(const DataNodes &nodes, const RisksAndPotentials &values) const
  {
    DataNodes more = nodes, fewer = nodes;
    for (const Number number : all)
      {
        more.*number *= 2;
        fewer.*number = std::max(1U, nodes.*number / 2);
      }
    Values reference = evaluate(more);
    if (reference == nullptr)
      reference = evaluate(fewer);
    return difference(values, *reference);
  }

  /// The trapezoidal rule with as many nodes may be better than Gauss-Hermite's. Returns whether it is, and was taken.
  bool try_other_rule()
  {
    DataNodes trapezoidal   = chosen;
    trapezoidal.trapezoidal = true;
    Values values           = evaluate(trapezoidal);
    if (error_of(trapezoidal, *values) >= chosen.error)
      return false;
    other_rule = false;
    chosen     = trapezoidal;
    now        = std::move(values);
    return true;
  }

  /// Doubles the free numbers that matter. Returns whether that was possible.
  bool take_more(const double tolerance)
  {
    std::vector<double> errors;
    for (const Number number : free)
      {
        DataNodes other = chosen;
        other.*number *= 2;
        const Values values = evaluate(other);
        if (values == nullptr)
          return false;
        errors.push_back(difference(*now, *values));
      }
    DataNodes more = chosen;
    for (std::size_t i = 0; i < free.size(); ++i)
      if (errors[i] > tolerance / static_cast<double>(2 * free.size()) || errors[i] == largest(errors))
        more.*free[i] *= 2;
    Values values = evaluate(more);
    if (values == nullptr || make_problem(more.in(choices))->n_nodes() > most)
      return false;
    chosen = more;
    now    = std::move(values);
    return true;
  }

  const ModelChoices         &choices;
  const std::vector<Measure> &densities;
  DataNodes                   chosen;
  std::vector<Number>         all, free; ///< numbers that count, and those of them that the user did not give
  bool                        other_rule;
  unsigned int                most = 0; ///< nodes
  Values                      now;
};
} // namespace

DataNodes choose_data_nodes(const ModelChoices &choices, const std::vector<Measure> &densities, const double tolerance)
{
  if (!has_quadrature(choices))
    return {choices.quadrature_nodes, choices.radial_nodes, choices.angular_nodes, choices.trapezoidal};
  return NodeSearch(choices, densities).run(tolerance);
}
} // namespace rhoflow
