#include <solvers/model/data_law.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include <solvers/base/error.h>
#include <solvers/base/numerics/random.h>
#include <solvers/model/expression.h>
#include <solvers/model/gaussian/quadrature.h>

namespace rhoflow
{
namespace
{
constexpr unsigned int most_nodes = 20000;

void check_node_count(double count, const std::string &advice)
{
  if (count > most_nodes)
    throw InputError("Data/Quadrature nodes", "these choices give " + std::to_string(static_cast<std::uint64_t>(count)) +
                                                " data nodes, more than the " + std::to_string(most_nodes) +
                                                " that are allowed; " + advice + ".");
}

/// Appends centre + all combinations of d one-dimensional rules.
void append_product(const std::vector<QuadratureRule> &rules, const double *centre, double factor, DataLaw &law)
{
  const unsigned int d     = law.dimension;
  std::size_t        count = 1;
  for (const QuadratureRule &rule : rules)
    count *= rule.nodes.size();
  for (std::size_t q = 0; q < count; ++q)
    {
      std::size_t rest   = q;
      double      weight = factor;
      double      x[3];
      for (unsigned int c = d; c-- > 0;)
        {
          const std::size_t i = rest % rules[c].nodes.size();
          rest /= rules[c].nodes.size();
          x[c] = (centre != nullptr ? centre[c] : 0.) + rules[c].nodes[i];
          weight *= rules[c].weights[i];
        }
      law.nodes.insert(law.nodes.end(), x, x + d);
      law.weights.push_back(weight);
    }
}

QuadratureRule scaled_hermite(unsigned int n, double deviation)
{
  QuadratureRule rule = gauss_hermite(n);
  for (double &node : rule.nodes)
    node *= deviation;
  return rule;
}

/// The trapezoidal rule for functions of period upper − lower.
QuadratureRule equidistant(unsigned int n, double lower, double upper)
{
  QuadratureRule rule{{}, std::vector<double>(n, 1. / n)};
  for (unsigned int i = 0; i < n; ++i)
    rule.nodes.push_back(lower + (upper - lower) * i / n);
  return rule;
}

/// d values from a list of d or of one.
std::vector<double> corner(const std::vector<double> &given, unsigned int d, const std::string &parameter)
{
  if (given.size() == 1)
    return std::vector<double>(d, given[0]);
  if (given.size() != d)
    throw InputError(parameter, "has " + std::to_string(given.size()) + " numbers, but the input has " + std::to_string(d) +
                                  " coordinates; give " + std::to_string(d) + " numbers, or one for all.");
  return given;
}

void fill_sphere(unsigned int n, DataLaw &law)
{
  const double pi = 3.14159265358979323846;
  if (law.dimension == 1)
    {
      law.nodes   = {-1., 1.};
      law.weights = {0.5, 0.5};
    }
  else if (law.dimension == 2)
    for (unsigned int i = 0; i < n; ++i)
      {
        const double angle = 2. * pi * i / n;
        law.nodes.insert(law.nodes.end(), {std::cos(angle), std::sin(angle)});
        law.weights.push_back(1. / n);
      }
  else
    {
      const QuadratureRule heights = gauss_legendre(n);
      for (unsigned int i = 0; i < n; ++i)
        for (unsigned int j = 0; j < 2 * n; ++j)
          {
            const double z = heights.nodes[i], radius = std::sqrt(1. - z * z), angle = pi * j / n;
            law.nodes.insert(law.nodes.end(), {radius * std::cos(angle), radius * std::sin(angle), z});
            law.weights.push_back(heights.weights[i] / (2. * n));
          }
    }
}

void fill_discrete(const ModelChoices &choices, DataLaw &law)
{
  const std::string                  parameter = "Data/Points";
  const std::vector<WeightedEntries> points    = parse_weighted_entries(choices.points, parameter);
  if (points.empty())
    throw InputError(parameter, "Data/Law = discrete needs points, such as 0.5: -1 | 0.5: 1.");
  std::vector<double> weights;
  for (const WeightedEntries &point : points)
    {
      if (point.entries.size() != law.dimension)
        throw InputError(parameter, "a point has " + std::to_string(point.entries.size()) + " coordinates, but the input has " +
                                      std::to_string(law.dimension) + ".");
      if (!(point.weight > 0.))
        throw InputError(parameter, "the weights of the points must be positive.");
      for (const std::string &entry : point.entries)
        law.centres.push_back(evaluate_constant(entry, parameter));
      weights.push_back(point.weight);
    }
  const double total = std::accumulate(weights.begin(), weights.end(), 0.);
  if (!std::isfinite(total))
    throw InputError(parameter, "the sum of the weights is not finite.");
  law.deviation     = choices.blob_deviation;
  law.equal_weights = std::all_of(weights.begin(), weights.end(), [&](double weight) { return weight == weights[0]; });
  double sum        = 0.;
  for (double &weight : weights)
    {
      weight /= total;
      law.cumulative.push_back(sum += weight);
    }
  if (law.finite())
    {
      law.nodes   = law.centres;
      law.weights = weights;
      return;
    }
  check_node_count(points.size() * std::pow(choices.quadrature_nodes, law.dimension),
                   "take fewer nodes for each direction of a blob, or no blobs");
  const std::vector<QuadratureRule> rules(law.dimension, scaled_hermite(choices.quadrature_nodes, law.deviation));
  for (std::size_t i = 0; i < points.size(); ++i)
    append_product(rules, &law.centres[i * law.dimension], weights[i], law);
}
} // namespace

std::uint64_t DataLaw::sample_centre(CounterRandom &random) const
{
  if (equal_weights)
    return random.integer(cumulative.size());
  const auto position = std::upper_bound(cumulative.begin(), cumulative.end(), random.uniform());
  return std::min<std::uint64_t>(position - cumulative.begin(), cumulative.size() - 1);
}

void DataLaw::sample(CounterRandom &random, double *x) const
{
  switch (kind)
    {
      case Kind::gaussian:
        for (unsigned int c = 0; c < dimension; ++c)
          x[c] = deviation * random.normal();
        break;
      case Kind::uniform:
      case Kind::periodic:
        for (unsigned int c = 0; c < dimension; ++c)
          x[c] = lower[c] + (upper[c] - lower[c]) * random.uniform();
        break;
        case Kind::sphere: {
          double square = 0.;
          for (unsigned int c = 0; c < dimension; ++c)
            {
              x[c] = random.normal();
              square += x[c] * x[c];
            }
          for (unsigned int c = 0; c < dimension; ++c)
            x[c] /= std::sqrt(square);
          break;
        }
        case Kind::discrete: {
          const std::uint64_t centre = sample_centre(random);
          for (unsigned int c = 0; c < dimension; ++c)
            x[c] = centres[centre * dimension + c] + (deviation > 0. ? deviation * random.normal() : 0.);
          break;
        }
    }
}

unsigned int data_dimension(const ModelChoices &choices)
{
  if (choices.data_law != "csv")
    return choices.finite_input_dimension(1, 1, 3, "the neuron '" + choices.neuron + "'");
  if (choices.input_columns.empty())
    throw InputError("Data/Input columns", "Data/Law = csv needs the names of the columns that are the inputs.");
  const std::size_t n = choices.input_columns.size();
  if (n > 3)
    throw InputError("Data/Input columns", std::to_string(n) + " inputs are named; at most 3 are possible on a mesh.");
  const unsigned int d = static_cast<unsigned int>(n);
  if (choices.finite_input_dimension(d, 1, 3, "a CSV data set") != d)
    throw InputError("Learning problem/Input dimension",
                     "differs from the number of input columns, " + std::to_string(d) + "; leave it at auto.");
  return d;
}

DataLaw make_data_law(const ModelChoices &choices)
{
  if (choices.data_law == "csv")
    return read_data_set(choices);

  DataLaw law;
  law.dimension        = data_dimension(choices);
  const unsigned int n = choices.quadrature_nodes, d = law.dimension;
  if (choices.data_law == "gaussian")
    {
      law.kind      = DataLaw::Kind::gaussian;
      law.deviation = choices.standard_deviation;
      check_node_count(std::pow(n, d), "take fewer nodes for each direction");
      append_product(std::vector<QuadratureRule>(d, scaled_hermite(n, law.deviation)), nullptr, 1., law);
    }
  else if (choices.data_law == "uniform" || choices.data_law == "periodic")
    {
      law.kind  = choices.data_law == "uniform" ? DataLaw::Kind::uniform : DataLaw::Kind::periodic;
      law.lower = corner(choices.lower_corner, d, "Data/Lower corner");
      law.upper = corner(choices.upper_corner, d, "Data/Upper corner");
      check_node_count(std::pow(n, d), "take fewer nodes for each direction");
      std::vector<QuadratureRule> rules;
      for (unsigned int c = 0; c < d; ++c)
        {
          if (!(law.lower[c] < law.upper[c]))
            throw InputError("Data/Upper corner", "must lie above Data/Lower corner in every coordinate.");
          rules.push_back(law.kind == DataLaw::Kind::uniform ? gauss_legendre(n, law.lower[c], law.upper[c]) :
                                                               equidistant(n, law.lower[c], law.upper[c]));
        }
      append_product(rules, nullptr, 1., law);
    }
  else if (choices.data_law == "sphere")
    {
      law.kind = DataLaw::Kind::sphere;
      check_node_count(d == 3 ? 2. * n * n : n, "take fewer nodes for each direction");
      fill_sphere(n, law);
    }
  else
    {
      law.kind = DataLaw::Kind::discrete;
      fill_discrete(choices, law);
    }
  return law;
}
} // namespace rhoflow
