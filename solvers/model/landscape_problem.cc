#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/ranks.h>
#include <solvers/base/text.h>
#include <solvers/model/expression.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>

namespace rhoflow
{
namespace
{
std::vector<std::string> checked_names(const std::vector<std::string> &names)
{
  const std::string parameter = "Landscape/Coordinates";
  if (names.empty() || names.size() > 3)
    throw InputError(Refusal::out_of_range, parameter,
                     "a landscape has one to three coordinates, not " + std::to_string(names.size()) + ".");
  for (auto name = names.begin(); name != names.end(); ++name)
    {
      const auto letter = [](char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; };
      const auto digit  = [](char c) { return std::isdigit(static_cast<unsigned char>(c)) != 0; };
      if (!letter(name->front()) || !std::all_of(name->begin(), name->end(), [&](char c) { return letter(c) || digit(c); }))
        throw InputError(Refusal::malformed, parameter,
                         "'" + *name + "' is no name: use letters, digits and _, a letter first.");
      if (name->size() > 50)
        throw InputError(Refusal::out_of_range, parameter, "'" + *name + "' is longer than 50 letters.");
      if (std::find(names.begin(), name, *name) != name)
        throw InputError(Refusal::repeated, parameter, "'" + *name + "' is named twice.");
      // Solvers know the radius that a symmetry leaves, with its measure r^(d-1) dr, by this name.
      if (*name == "r")
        throw InputError(Refusal::unsupported, parameter, "'r' stands for the radius of weights in R^d; choose another name.");
    }
  return names;
}

/// A fixed potential L(θ) in place of a network: no data (K = 0), R(ρ) = ∫ L ρ, Ψ = L.
class LandscapeProblem : public LearningProblem
{
public:
  explicit LandscapeProblem(const ModelChoices &choices)
    : names(checked_names(choices.landscape_coordinates))
    , dimension(static_cast<unsigned int>(names.size()))
    , function(parsed(choices.landscape_function, names))
    , steps(dimension, std::ldexp(1., -10))
  {
    if (choices.lower.size() == dimension && choices.upper.size() == dimension)
      {
        // Powers of two, so that θ ± h is exact.
        for (unsigned int c = 0; c < dimension; ++c)
          steps[c] = std::exp2(std::round(std::log2((choices.upper[c] - choices.lower[c]) / 4096.)));
        check_finite(choices.lower, choices.upper);
      }
    sigma = std::make_unique<Activation>(choices.make_activation());
    law   = make_initial_law(expand_gaussian_neurons(choices.initial_law, choices.neuron, dimension), names, choices.lower,
                             choices.upper);
  }

  unsigned int             n_parameters() const override { return dimension; }
  std::vector<std::string> parameter_names() const override { return names; }
  bool                     has_outer_weight() const override { return false; }
  void                     features(unsigned int, const double *, double *, double *) const override {}
  double                   self_kernel(const double *) const override { return 0.; }

  bool   has_external_potential() const override { return true; }
  double external_potential(const double *theta) const override { return function(theta); }

  /// ∂_i L ≈ [8 (L(θ + h e_i) − L(θ − h e_i)) − (L(θ + 2h e_i) − L(θ − 2h e_i))] / (12 h), with h about 1/4096 of the box (the
  /// power of two; 2⁻¹⁰ without a box). The error is at most h⁴/30 max |∂_i⁵ L| + 1.5 ε max |L|/h, ε = 2.2e-16: 3e-14 max |∂_i⁵
  /// L| + 4e-13 max |L| for a box of length 4, where the maxima are over [θ − 2h, θ + 2h]. Measured: 1.7e-12 for (x² − 1)² on
  /// [−2, 2], 7.4e-12 for sin 3x cos y + exp z on [−2, 2]³.
  void external_gradient(const double *theta, double *gradient) const override
  {
    double point[3];
    std::copy_n(theta, dimension, point);
    for (unsigned int i = 0; i < dimension; ++i)
      {
        const double h  = steps[i];
        const auto   at = [&](double shift) {
          point[i] = theta[i] + shift;
          return function(point);
        };
        const double near = at(h) - at(-h), far = at(2. * h) - at(-2. * h);
        point[i]    = theta[i];
        gradient[i] = (8. * near - far) / (12. * h);
      }
  }

  /// θ_i ± h differs from θ_i in its last eight bits.
  double external_reach() const override { return std::ldexp(*std::min_element(steps.begin(), steps.end()), 45); }

  ParticleNeuron particle_neuron() const override { return {ParticleNeuron::Type::landscape, dimension}; }

  void sample(CounterRandom &, double *, double &) const override { throw std::logic_error("a landscape has no data"); }
  void sample_particle(CounterRandom &random, double *parameters) const override { law->sample(random, parameters); }
  void reduce(const double *parameters, double *theta) const override { std::copy_n(parameters, dimension, theta); }

  std::string particle_risk_method() const override { return "mean of the landscape over the walkers"; }

private:
  double particle_risk(const double *parameters, std::uint64_t n_particles, MPI_Comm communicator) const override
  {
    const int rank = rank_of(communicator), n_ranks = number_of_ranks(communicator);
    ExactSum  sum;
    for (std::uint64_t j = static_cast<unsigned int>(rank); j < n_particles; j += static_cast<unsigned int>(n_ranks))
      sum.add(function(parameters + j * dimension));
    return global_sum(sum, communicator) / static_cast<double>(n_particles);
  }

  static Expression parsed(const std::string &text, const std::vector<std::string> &variables)
  {
    if (text.find_first_not_of(" \t") == std::string::npos)
      throw InputError(Refusal::missing, "Landscape/Function",
                       "'Neuron = landscape' needs a formula here, such as (x^2 - 1)^2.");
    return Expression(text, variables, "Landscape/Function");
  }

  /// At the points of a grid, the sides of the box and its centre among them.
  void check_finite(const std::vector<double> &lower, const std::vector<double> &upper) const
  {
    const unsigned int per_axis = (dimension == 1 ? 1025 : dimension == 2 ? 65 : 17);
    std::size_t        n_points = 1;
    for (unsigned int c = 0; c < dimension; ++c)
      n_points *= per_axis;
    for (std::size_t i = 0; i < n_points; ++i)
      {
        double      theta[3];
        std::string where;
        std::size_t index = i;
        for (unsigned int c = 0; c < dimension; ++c, index /= per_axis)
          {
            theta[c] = lower[c] + (upper[c] - lower[c]) * static_cast<double>(index % per_axis) / (per_axis - 1);
            where += (c > 0 ? ", " : "") + names[c] + " = " + short_number(theta[c]);
          }
        if (!std::isfinite(function(theta)))
          throw InputError(Refusal::out_of_range, "Landscape/Function",
                           "'" + function.text() + "' is not finite at " + where +
                             ", a point of the box of section 'Domain'. Change the formula or the box.");
      }
  }

  std::vector<std::string> names;
  unsigned int             dimension;
  Expression               function;
  std::vector<double>      steps; ///< h, [D]
};
} // namespace

std::unique_ptr<LearningProblem> make_landscape_problem(const ModelChoices &choices)
{
  return std::make_unique<LandscapeProblem>(choices);
}
} // namespace rhoflow
