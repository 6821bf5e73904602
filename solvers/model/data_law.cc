#include <solvers/model/data_law.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/numerics/random.h>
#include <solvers/model/expression.h>
#include <solvers/model/gaussian/quadrature.h>

namespace rhoflow
{
namespace
{
constexpr unsigned int max_nodes   = 20000;
const std::string      fewer_nodes = "take fewer nodes for each direction";

void check_node_count(double count, const std::string &advice)
{
  if (count > max_nodes)
    throw InputError(Refusal::too_large, "Data/Quadrature nodes",
                     "these choices give " + std::to_string(static_cast<std::uint64_t>(count)) + " data nodes, more than the " +
                       std::to_string(max_nodes) + " that are allowed; " + advice + ".");
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

/// N(0, s²) by the trapezoidal rule on ±8.5 s, outside of which there is 2e-17 of it. For functions that are analytic in a
/// strip of half width a around the line its error is exp(−2π a/h), and Gauss–Hermite's with n nodes exp(−2a √(2n)/s): with
/// steep neurons, whose strip is narrow, it needs the root of the nodes (L. N. Trefethen, J. A. C. Weideman, SIAM Review 56,
/// 2014).
QuadratureRule scaled_trapezoid(const unsigned int n, const double deviation)
{
  QuadratureRule   rule;
  constexpr double reach = 8.5;
  double           sum   = 0.;
  for (unsigned int i = 0; i < n; ++i)
    {
      const double x = reach * ((2. * i + 1.) / n - 1.);
      rule.nodes.push_back(deviation * x);
      rule.weights.push_back(std::exp(-.5 * x * x));
      sum += rule.weights.back();
    }
  for (double &weight : rule.weights)
    weight /= sum;
  return rule;
}

QuadratureRule gaussian_rule(const ModelChoices &choices, const double deviation)
{
  return choices.trapezoidal ? scaled_trapezoid(choices.quadrature_nodes, deviation) :
                               scaled_hermite(choices.quadrature_nodes, deviation);
}

/// d values from a list of d or of one.
std::vector<double> corner(const std::vector<double> &given, unsigned int d, const std::string &parameter)
{
  if (given.size() == 1)
    return std::vector<double>(d, given[0]);
  if (given.size() != d)
    throw InputError(Refusal::inconsistent, parameter,
                     "has " + std::to_string(given.size()) + " numbers, but the input has " + std::to_string(d) +
                       " coordinates; give " + std::to_string(d) + " numbers, or one for all.");
  return given;
}

/// N(0, s² I): tensor Gauss–Hermite.
struct GaussianLaw : public DataLaw
{
  explicit GaussianLaw(const ModelChoices &choices)
    : DataLaw(data_dimension(choices))
    , deviation(choices.standard_deviation)
  {
    check_node_count(std::pow(choices.quadrature_nodes, dimension), fewer_nodes);
    append_product(std::vector<QuadratureRule>(dimension, gaussian_rule(choices, deviation)), nullptr, 1., *this);
  }

  void sample(CounterRandom &random, double *x) const override
  {
    for (unsigned int c = 0; c < dimension; ++c)
      x[c] = deviation * random.normal();
  }

  double deviation;
};

/// Uniform on a box: the tensor product of a rule n, lower, upper.
struct BoxLaw : public DataLaw
{
  using Rule = QuadratureRule (*)(unsigned int n, double lower, double upper);

  BoxLaw(const ModelChoices &choices, Rule rule)
    : DataLaw(data_dimension(choices))
    , lower(corner(choices.lower_corner, dimension, "Data/Lower corner"))
    , upper(corner(choices.upper_corner, dimension, "Data/Upper corner"))
  {
    check_node_count(std::pow(choices.quadrature_nodes, dimension), fewer_nodes);
    std::vector<QuadratureRule> rules;
    for (unsigned int c = 0; c < dimension; ++c)
      {
        if (!(lower[c] < upper[c]))
          throw InputError(Refusal::inconsistent, "Data/Upper corner", "must lie above Data/Lower corner in every coordinate.");
        rules.push_back(rule(choices.quadrature_nodes, lower[c], upper[c]));
      }
    append_product(rules, nullptr, 1., *this);
  }

  void sample(CounterRandom &random, double *x) const override
  {
    for (unsigned int c = 0; c < dimension; ++c)
      x[c] = lower[c] + (upper[c] - lower[c]) * random.uniform();
  }

  std::vector<double> lower, upper;
};

/// Tensor Gauss–Legendre.
struct UniformLaw : public BoxLaw
{
  explicit UniformLaw(const ModelChoices &choices)
    : BoxLaw(choices, gauss_legendre)
  {}
};

/// The same law for functions of the box's period: equidistant points.
struct PeriodicLaw : public BoxLaw
{
  explicit PeriodicLaw(const ModelChoices &choices)
    : BoxLaw(choices, equidistant)
  {}
};

/// Uniform on S^{d−1}: two points, the trapezoidal rule, or Gauss–Legendre in height × the trapezoidal rule.
struct SphereLaw : public DataLaw
{
  explicit SphereLaw(const ModelChoices &choices)
    : DataLaw(data_dimension(choices))
  {
    const unsigned int n = choices.quadrature_nodes;
    check_node_count(dimension == 3 ? 2. * n * n : n, fewer_nodes);
    fill(n);
  }

  void sample(CounterRandom &random, double *x) const override
  {
    double square = 0.;
    for (unsigned int c = 0; c < dimension; ++c)
      {
        x[c] = random.normal();
        square += x[c] * x[c];
      }
    for (unsigned int c = 0; c < dimension; ++c)
      x[c] /= std::sqrt(square);
  }

private:
  void fill(unsigned int n)
  {
    const double pi = 3.14159265358979323846;
    if (dimension == 1)
      {
        nodes   = {-1., 1.};
        weights = {0.5, 0.5};
      }
    else if (dimension == 2)
      for (unsigned int i = 0; i < n; ++i)
        {
          const double angle = 2. * pi * i / n;
          nodes.insert(nodes.end(), {std::cos(angle), std::sin(angle)});
          weights.push_back(1. / n);
        }
    else
      {
        const QuadratureRule heights = gauss_legendre(n);
        for (unsigned int i = 0; i < n; ++i)
          for (unsigned int j = 0; j < 2 * n; ++j)
            {
              const double z = heights.nodes[i], radius = std::sqrt(1. - z * z), angle = pi * j / n;
              nodes.insert(nodes.end(), {radius * std::cos(angle), radius * std::sin(angle), z});
              weights.push_back(heights.weights[i] / (2. * n));
            }
      }
  }
};

/// Points with weights, each the centre of a Gaussian blob or, for deviation 0, the point itself.
struct DiscreteLaw : public DataLaw
{
  explicit DiscreteLaw(const ModelChoices &choices)
    : DataLaw(data_dimension(choices))
    , deviation(choices.blob_deviation)
  {
    const std::string                  parameter = "Data/Points";
    const std::vector<WeightedEntries> points    = parse_weighted_entries(choices.points, parameter);
    if (points.empty())
      throw InputError(Refusal::missing, parameter, "Data/Law = discrete needs points, such as 0.5: -1 | 0.5: 1.");
    std::vector<double> masses;
    for (const WeightedEntries &point : points)
      {
        if (point.entries.size() != dimension)
          throw InputError(Refusal::inconsistent, parameter,
                           "a point has " + std::to_string(point.entries.size()) + " coordinates, but the input has " +
                             std::to_string(dimension) + ".");
        if (!(point.weight > 0.))
          throw InputError(Refusal::out_of_range, parameter, "the weights of the points must be positive.");
        for (const std::string &entry : point.entries)
          centres.push_back(evaluate_constant(entry, parameter));
        masses.push_back(point.weight);
      }
    const double total = std::accumulate(masses.begin(), masses.end(), 0.);
    if (!std::isfinite(total))
      throw InputError(Refusal::out_of_range, parameter, "the sum of the weights is not finite.");
    equal      = std::all_of(masses.begin(), masses.end(), [&](double weight) { return weight == masses[0]; });
    double sum = 0.;
    for (double &weight : masses)
      {
        weight /= total;
        cumulative.push_back(sum += weight);
      }
    if (finite())
      {
        nodes   = centres;
        weights = masses;
        return;
      }
    check_node_count(points.size() * std::pow(choices.quadrature_nodes, dimension),
                     "take fewer nodes for each direction of a blob, or no blobs");
    const std::vector<QuadratureRule> rules(dimension, gaussian_rule(choices, deviation));
    for (std::size_t i = 0; i < points.size(); ++i)
      append_product(rules, &centres[i * dimension], masses[i], *this);
  }

  void sample(CounterRandom &random, double *x) const override
  {
    const std::uint64_t centre = sample_centre(random);
    for (unsigned int c = 0; c < dimension; ++c)
      x[c] = centres[centre * dimension + c] + (deviation > 0. ? deviation * random.normal() : 0.);
  }

  bool          finite() const override { return deviation == 0.; }
  bool          equal_weights() const override { return finite() && equal; }
  std::uint64_t sample_node(CounterRandom &random) const override
  {
    return finite() ? sample_centre(random) : DataLaw::sample_node(random);
  }

private:
  std::uint64_t sample_centre(CounterRandom &random) const
  {
    if (equal)
      return random.integer(cumulative.size());
    const auto position = std::upper_bound(cumulative.begin(), cumulative.end(), random.uniform());
    return std::min<std::uint64_t>(position - cumulative.begin(), cumulative.size() - 1);
  }

  double              deviation;
  std::vector<double> centres;    ///< [n][d]
  std::vector<double> cumulative; ///< [n], of the centres' weights
  bool                equal = false;
};

template <typename Law>
std::unique_ptr<DataLaw> make(const ModelChoices &choices)
{
  return std::make_unique<Law>(choices);
}

std::string words_of_gaussian(const ParameterText &run)
{
  const std::string deviation = "Data/Standard deviation";
  return "x ~ N(0, " + (run.value(deviation) == "1" ? "I" : run.shown(deviation) + "² I") + ")";
}

std::string words_of_uniform(const ParameterText &run)
{
  return "uniform on [" + run.shown("Data/Lower corner") + "; " + run.shown("Data/Upper corner") + "]";
}

std::string words_of_periodic(const ParameterText &run)
{
  return "periodic and " + words_of_uniform(run);
}

std::string words_of_sphere(const ParameterText &)
{
  return "uniform on the unit sphere";
}

std::string words_of_discrete(const ParameterText &run)
{
  const std::string blob      = "Data/Blob deviation";
  double            deviation = 0.;
  const bool        has_blobs = parse_number(run.value(blob), deviation) && deviation > 0.;
  return "the points " + run.code("Data/Points") + (has_blobs ? ", each a Gaussian blob of deviation " + run.shown(blob) : "");
}

std::string words_of_csv(const ParameterText &run)
{
  return "the columns " + run.code("Data/Input columns") + " of " + run.code("Data/CSV file") +
         (run.value("Data/Standardise") == "true" ? ", standardised" : "");
}
} // namespace

const std::vector<DataLawInfo> &data_laws()
{
  static const std::vector<DataLawInfo> table{
    {DataLawKind::gaussian,
     "gaussian",
     "gaussian N(0, s^2 I)",
     {"Data/Standard deviation"},
     make<GaussianLaw>,
     words_of_gaussian},
    {DataLawKind::uniform,
     "uniform",
     "uniform on a box",
     {"Data/Lower corner", "Data/Upper corner"},
     make<UniformLaw>,
     words_of_uniform},
    {DataLawKind::periodic,
     "periodic",
     "periodic (the same for functions that are periodic on the box)",
     {"Data/Lower corner", "Data/Upper corner"},
     make<PeriodicLaw>,
     words_of_periodic},
    {DataLawKind::sphere, "sphere", "uniform on the unit sphere", {}, make<SphereLaw>, words_of_sphere},
    {DataLawKind::discrete,
     "discrete",
     "discrete points with weights",
     {"Data/Points", "Data/Blob deviation"},
     make<DiscreteLaw>,
     words_of_discrete},
    {DataLawKind::csv,
     "csv",
     "the rows of a CSV file",
     {"Data/CSV file", "Data/Input columns", "Data/Output column", "Data/Standardise"},
     read_data_set,
     words_of_csv}};
  return table;
}

const Choices<DataLawKind> &data_law_choices()
{
  static const Choices<DataLawKind> choices = [] {
    std::vector<Choices<DataLawKind>::Row> rows;
    for (const DataLawInfo &law : data_laws())
      rows.emplace_back(law.name, law.kind);
    return Choices<DataLawKind>(rows);
  }();
  return choices;
}

const DataLawInfo &data_law_info(DataLawKind kind)
{
  for (const DataLawInfo &law : data_laws())
    if (law.kind == kind)
      return law;
  throw std::logic_error("a data law has no row in data_laws()");
}

const DataLawInfo *find_data_law(const std::string &name)
{
  for (const DataLawInfo &law : data_laws())
    if (law.name == name)
      return &law;
  return nullptr;
}

bool reads_parameter(DataLawKind kind, const std::string &path)
{
  const std::vector<std::string> &parameters = data_law_info(kind).parameters;
  return std::find(parameters.begin(), parameters.end(), path) != parameters.end();
}

std::string laws_with_parameter(const std::string &path, const std::string &separator)
{
  std::string list;
  for (const DataLawInfo &law : data_laws())
    if (reads_parameter(law.kind, path))
      list += (list.empty() ? "" : separator) + law.name;
  return list;
}

std::string data_law_descriptions()
{
  std::string text;
  for (const DataLawInfo &law : data_laws())
    text += (text.empty() ? "" : &law == &data_laws().back() ? ", or " : ", ") + law.description;
  return text;
}

std::uint64_t DataLaw::sample_node(CounterRandom &) const
{
  throw std::logic_error("this data law has infinitely many inputs");
}

unsigned int data_dimension(const ModelChoices &choices)
{
  if (choices.data_law != DataLawKind::csv)
    return choices.finite_input_dimension(1, 1, 3, "the neuron '" + choices.neuron_name() + "'");
  if (choices.input_columns.empty())
    throw InputError(Refusal::missing, "Data/Input columns",
                     "Data/Law = csv needs the names of the columns that are the inputs.");
  const std::size_t n = choices.input_columns.size();
  if (n > 3)
    throw InputError(Refusal::out_of_range, "Data/Input columns",
                     std::to_string(n) + " inputs are named; at most 3 are possible on a mesh.");
  const unsigned int d = static_cast<unsigned int>(n);
  if (choices.finite_input_dimension(d, 1, 3, "a CSV data set") != d)
    throw InputError(Refusal::inconsistent, "Learning problem/Input dimension",
                     "differs from the number of input columns, " + std::to_string(d) + "; leave it at auto.");
  return d;
}

std::unique_ptr<const DataLaw> make_data_law(const ModelChoices &choices)
{
  return data_law_info(choices.data_law).make(choices);
}
} // namespace rhoflow
