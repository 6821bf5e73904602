#include <solvers/model/initial_law.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/numerics/random.h>
#include <solvers/model/expression.h>
#include <solvers/model/initial_law_factor.h>

namespace rhoflow
{
double InitialLaw::product_weight(unsigned int) const
{
  throw std::logic_error("this initial law is not a mixture of products");
}

double InitialLaw::factor_density(unsigned int, unsigned int, double) const
{
  throw std::logic_error("this initial law is not a mixture of products");
}

namespace
{
const std::string law_parameter = "Initial law/Law";

/// All combinations of the nodes of D rules, the last coordinate running fastest, weights multiplied and by `factor`.
void append_tensor_product(const std::vector<QuadratureRule> &rules, double factor, std::vector<double> &nodes,
                           std::vector<double> &weights)
{
  const std::size_t        dimension = rules.size();
  std::vector<std::size_t> index(dimension, 0);
  while (true)
    {
      double weight = factor;
      for (std::size_t c = 0; c < dimension; ++c)
        {
          nodes.push_back(rules[c].nodes[index[c]]);
          weight *= rules[c].weights[index[c]];
        }
      weights.push_back(weight);
      std::size_t c = dimension;
      while (c > 0 && ++index[c - 1] == rules[c - 1].nodes.size())
        index[--c] = 0;
      if (c == 0)
        return;
    }
}

/// Mixture of products.
class MixtureLaw : public InitialLaw
{
public:
  struct Component
  {
    double                 weight;
    std::vector<LawFactor> factors;
  };

  MixtureLaw(std::vector<Component> parts, unsigned int n_coordinates)
    : components(std::move(parts))
    , n(n_coordinates)
  {}

  unsigned int dimension() const override { return n; }

  bool has_density() const override
  {
    for (const Component &component : components)
      for (const LawFactor &factor : component.factors)
        if (!factor.has_density())
          return false;
    return true;
  }

  double density(const double *theta) const override
  {
    double sum = 0.;
    for (const Component &component : components)
      {
        double product = component.weight;
        for (unsigned int c = 0; c < n; ++c)
          product *= component.factors[c].density(theta[c]);
        sum += product;
      }
    return sum;
  }

  unsigned int n_products() const override { return static_cast<unsigned int>(components.size()); }
  double       product_weight(unsigned int component) const override { return components[component].weight; }
  double       factor_density(unsigned int component, unsigned int coordinate, double x) const override
  {
    return components[component].factors[coordinate].density(x);
  }

  void sample(CounterRandom &random, double *theta) const override
  {
    std::size_t chosen = 0;
    if (components.size() > 1)
      {
        double rest = random.uniform();
        while (chosen + 1 < components.size() && (rest -= components[chosen].weight) >= 0.)
          ++chosen;
      }
    for (unsigned int c = 0; c < n; ++c)
      theta[c] = components[chosen].factors[c].sample(random);
  }

  void quadrature(unsigned int n_per_factor, std::vector<double> &nodes, std::vector<double> &weights) const override
  {
    nodes.clear();
    weights.clear();
    for (const Component &component : components)
      {
        std::vector<QuadratureRule> rules;
        for (const LawFactor &factor : component.factors)
          rules.push_back(factor.quadrature(n_per_factor));
        append_tensor_product(rules, component.weight, nodes, weights);
      }
  }

private:
  std::vector<Component> components; ///< weights sum to one
  unsigned int           n;
};

/// A density given by a formula on a box, normalised with a composite Gauss rule.
class ExpressionLaw : public InitialLaw
{
public:
  ExpressionLaw(Expression formula, std::vector<double> lower_corner, std::vector<double> upper_corner)
    : expression(std::move(formula))
    , lower(std::move(lower_corner))
    , upper(std::move(upper_corner))
    , n(static_cast<unsigned int>(lower.size()))
  {
    // 512, 128² or 40³ cells of 4, 4² or 3³ points: some million evaluations at most.
    n_cells = n == 1 ? 512 : (n == 2 ? 128 : 40);
    std::vector<double> points, weights;
    append_tensor_product(std::vector<QuadratureRule>(n, gauss_legendre(n == 3 ? 3 : 4, 0., 1.)), 1., points, weights);

    std::size_t count  = 1;
    double      volume = 1.;
    for (unsigned int c = 0; c < n; ++c)
      {
        count *= n_cells;
        volume *= (upper[c] - lower[c]) / n_cells;
      }
    cumulative.resize(count);
    bound.assign(count, 0.);
    std::vector<double> theta(n);
    for (std::size_t cell = 0; cell < count; ++cell)
      {
        double mass = 0.;
        for (std::size_t q = 0; q < weights.size(); ++q)
          {
            place(cell, &points[q * n], theta.data());
            const double value = raw(theta.data());
            mass += weights[q] * value * volume;
            bound[cell] = std::max(bound[cell], value);
          }
        cumulative[cell] = (cell > 0 ? cumulative[cell - 1] : 0.) + mass;
      }
    total = cumulative.back();
    if (!(total > 0.))
      throw InputError(Refusal::out_of_range, law_parameter,
                       "the density '" + expression.text() + "' vanishes on the whole domain.");
  }

  unsigned int dimension() const override { return n; }
  bool         has_density() const override { return true; }

  double density(const double *theta) const override
  {
    for (unsigned int c = 0; c < n; ++c)
      if (theta[c] < lower[c] || theta[c] > upper[c])
        return 0.;
    return raw(theta) / total;
  }

  void sample(CounterRandom &random, double *theta) const override
  {
    // A cell by its mass, then rejection inside; a quarter is room for what the points of the rule did not see.
    const double      level = random.uniform() * total;
    const std::size_t cell  = std::min<std::size_t>(
      std::upper_bound(cumulative.begin(), cumulative.end(), level) - cumulative.begin(), cumulative.size() - 1);
    double position[3];
    do
      {
        for (unsigned int c = 0; c < n; ++c)
          position[c] = random.uniform();
        place(cell, position, theta);
    } while (random.uniform() * 1.25 * bound[cell] > raw(theta));
  }

  void quadrature(unsigned int n_per_factor, std::vector<double> &nodes, std::vector<double> &weights) const override
  {
    nodes.clear();
    weights.clear();
    std::vector<QuadratureRule> rules;
    for (unsigned int c = 0; c < n; ++c)
      rules.push_back(gauss_legendre(n_per_factor, lower[c], upper[c]));
    append_tensor_product(rules, 1., nodes, weights);
    double sum = 0.;
    for (std::size_t q = 0; q < weights.size(); ++q)
      sum += (weights[q] *= raw(&nodes[q * n]));
    if (!(sum > 0.))
      throw InputError(Refusal::out_of_range, law_parameter,
                       "the density '" + expression.text() + "' vanishes at all " + std::to_string(weights.size()) +
                         " quadrature points; use more points for each coordinate.");
    for (double &weight : weights)
      weight /= sum;
  }

private:
  /// θ from the position in a cell, [0, 1]^D.
  void place(std::size_t cell, const double *position, double *theta) const
  {
    for (unsigned int c = n; c-- > 0; cell /= n_cells)
      theta[c] = lower[c] + (upper[c] - lower[c]) * (static_cast<double>(cell % n_cells) + position[c]) / n_cells;
  }

  double raw(const double *theta) const
  {
    const double value = expression(theta);
    if (!(value >= 0.) || !std::isfinite(value))
      {
        std::string where;
        for (unsigned int c = 0; c < n; ++c)
          where += (c > 0 ? ", " : "") + std::to_string(theta[c]);
        throw InputError(Refusal::out_of_range, law_parameter,
                         "the density '" + expression.text() + "' is " + std::to_string(value) + " at (" + where +
                           "); it must be finite and not negative on the whole domain.");
      }
    return value;
  }

  Expression          expression;
  std::vector<double> lower, upper;
  unsigned int        n;
  std::size_t         n_cells; ///< along each axis
  std::vector<double> cumulative, bound;
  double              total = 0.;
};
} // namespace

std::unique_ptr<InitialLaw> make_initial_law(const std::string &text, const std::vector<std::string> &coordinate_names,
                                             const std::vector<double> &lower, const std::vector<double> &upper)
{
  const unsigned int n = static_cast<unsigned int>(coordinate_names.size());
  std::string        expected;
  for (const std::string &name : coordinate_names)
    expected += (expected.empty() ? "" : ", ") + name;

  const std::string stripped = trimmed(text);
  if (stripped.empty())
    throw InputError(Refusal::missing, law_parameter,
                     "the law is empty; give one factor for each of the coordinates " + expected + ".");
  if (stripped.rfind("expression", 0) == 0)
    {
      const auto open = stripped.find('(');
      if (open == std::string::npos || stripped.back() != ')')
        throw InputError(Refusal::malformed, law_parameter,
                         "write expression(formula), the formula in the coordinates " + expected + ".");
      if (lower.size() != n || upper.size() != n)
        throw InputError(Refusal::inconsistent, law_parameter,
                         "an expression needs a domain with the coordinates " + expected +
                           ": set Domain/Lower corner and Domain/Upper corner to " + std::to_string(n) + " numbers.");
      return std::make_unique<ExpressionLaw>(
        Expression(stripped.substr(open + 1, stripped.size() - open - 2), coordinate_names, law_parameter), lower, upper);
    }

  std::vector<MixtureLaw::Component> components;
  double                             total = 0.;
  for (const WeightedEntries &entry : parse_weighted_entries(stripped, law_parameter))
    {
      if (!(entry.weight > 0.))
        throw InputError(Refusal::out_of_range, law_parameter, "the weights of a mixture must be positive.");
      if (entry.entries.size() != n)
        throw InputError(Refusal::inconsistent, law_parameter,
                         "a component has " + std::to_string(entry.entries.size()) + " factors, but the neuron has " +
                           std::to_string(n) + " coordinates: give one factor each for " + expected + ".");
      MixtureLaw::Component component{entry.weight, {}};
      for (const std::string &factor : entry.entries)
        component.factors.emplace_back(factor, law_parameter);
      components.push_back(component);
      total += entry.weight;
    }
  if (!std::isfinite(total))
    throw InputError(Refusal::out_of_range, law_parameter, "the sum of the weights is not finite.");
  for (MixtureLaw::Component &component : components)
    component.weight /= total;
  return std::make_unique<MixtureLaw>(std::move(components), n);
}
} // namespace rhoflow
