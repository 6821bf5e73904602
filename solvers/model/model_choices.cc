#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/model/expression.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>

#include <cmath>
#include <limits>

namespace rhoflow
{
const Choices<NeuronKind> &neuron_choices()
{
  static const Choices<NeuronKind> choices{{"linear", NeuronKind::linear},
                                           {"ridge", NeuronKind::ridge},
                                           {"weighted ridge", NeuronKind::weighted_ridge},
                                           {"biased ridge", NeuronKind::biased_ridge},
                                           {"bump", NeuronKind::bump},
                                           {"single neuron", NeuronKind::single_neuron},
                                           {"isotropic", NeuronKind::isotropic},
                                           {"landscape", NeuronKind::landscape}};
  return choices;
}

const Choices<TargetKind> &target_choices()
{
  static const Choices<TargetKind> choices{{"automatic", TargetKind::automatic},
                                           {"expression", TargetKind::expression},
                                           {"teachers", TargetKind::teachers},
                                           {"random teachers", TargetKind::random_teachers}};
  return choices;
}

namespace
{
using Nodes = std::vector<std::pair<double, double>>;

/// Formulas separated by commas, which may have commas in parentheses.
std::vector<std::string> parse_list(const std::string &text, const std::string &parameter)
{
  std::vector<std::string> list = split_outside_parentheses(text, ',', parameter);
  for (const std::string &entry : list)
    if (entry.empty())
      throw InputError(Refusal::malformed, parameter, "an entry is missing in '" + text + "'.");
  return list;
}

std::string joined(const std::vector<std::string> &entries)
{
  std::string text;
  for (const std::string &entry : entries)
    text += (text.empty() ? "" : ", ") + entry;
  return text;
}

Spelling<std::vector<std::string>> list_spelling(const std::string &parameter)
{
  return {joined, [parameter](const std::string &text) { return parse_list(text, parameter); }};
}

Spelling<std::vector<double>> formulas_spelling(const std::string &parameter)
{
  const auto to_text = [](const std::vector<double> &numbers) {
    std::vector<std::string> entries;
    for (const double number : numbers)
      entries.push_back(shortest_text(number));
    return joined(entries);
  };
  const auto value = [parameter](const std::string &text) {
    std::vector<double> numbers;
    for (const std::string &entry : parse_list(text, parameter))
      numbers.push_back(evaluate_constant(entry, parameter));
    return numbers;
  };
  return {to_text, value};
}

/// auto is 0, inf is infinity.
Spelling<double> dimension_spelling()
{
  const auto value = [](const std::string &text) {
    const std::string parameter = "Learning problem/Input dimension";
    if (text == "auto")
      return 0.;
    if (text == "inf")
      return std::numeric_limits<double>::infinity();
    const double d = evaluate_constant(text, parameter);
    if (d < 1. || d > 10000. || d != std::floor(d))
      throw InputError(Refusal::out_of_range, parameter,
                       "'" + text + "' is none of: a whole number from 1 to 10000, inf, auto.");
    return d;
  };
  return {[](const double d) { return d == 0. ? "auto" : shortest_text(d); }, value};
}

/// t:value, t:value
Spelling<Nodes> nodes_spelling()
{
  const auto to_text = [](const Nodes &nodes) {
    std::vector<std::string> entries;
    for (const auto &[t, value] : nodes)
      entries.push_back(shortest_text(t) + ":" + shortest_text(value));
    return joined(entries);
  };
  const auto value = [](const std::string &text) {
    const std::string parameter = "Learning problem/Activation nodes";
    Nodes             nodes;
    for (const std::string &entry : parse_list(text, parameter))
      {
        const std::vector<std::string> halves = split_outside_parentheses(entry, ':', parameter);
        if (halves.size() != 2)
          throw InputError(Refusal::malformed, parameter, "'" + entry + "' is not of the form t:value.");
        nodes.emplace_back(evaluate_constant(halves[0], parameter), evaluate_constant(halves[1], parameter));
      }
    return nodes;
  };
  return {to_text, value};
}

Spelling<std::string> trimmed_spelling()
{
  return {[](const std::string &text) { return text; }, trimmed};
}

Choices<Activation::Kind> activations()
{
  std::vector<Choices<Activation::Kind>::Row> rows;
  for (const std::string &name : Activation::names())
    rows.emplace_back(name, Activation::kind_from_name(name));
  return Choices<Activation::Kind>(rows);
}

Choices<std::string> target_activations()
{
  std::vector<std::string> names = Activation::names();
  names.insert(names.begin(), "same");
  return text_choices(names);
}
} // namespace

void ModelChoices::bind(ParameterBinding &p)
{
  p.section("Learning problem");
  p.add("Neuron", neuron, neuron_choices(),
        "What the hidden units compute. linear: theta.x; ridge: sigma(w.x); weighted ridge: a sigma(w.x); biased ridge: a "
        "sigma(w.x + b); bump: sigma(|x - theta|/delta), all with at most 3 parameters. single neuron: a sigma(w.x) in R^d "
        "learns sigma(x1) from Gaussian inputs, on the mesh reduced to (a, s, r), s = w1, r the length of the rest of w. "
        "isotropic: sigma(w.x) in R^d separates two centred Gaussians, on the mesh reduced to r = |w|. landscape: no "
        "network, but independent walkers in the fixed potential of section 'Landscape'.");
  p.add("Input dimension", input_dimension, dimension_spelling(),
        "Number d of inputs: 1 to 3; for single neuron and isotropic 2 to 10000, for single neuron also inf (the limit d -> "
        "infinity, without finite networks). auto: 40 for single neuron and isotropic, the number of input columns for a "
        "CSV file, 1 otherwise.");
  p.add("Activation", activation, activations(), "The function sigma: " + activation_descriptions() + ".");
  p.add("Activation nodes", activation_nodes, nodes_spelling(),
        "Nodes t:sigma(t) of a piecewise linear activation with increasing t; constant outside.");
  p.add("Bump width", bump_width, at_least(1e-12), "Width delta of a bump neuron, in units of the input.");
  p.add("Test samples", test_samples, range(0, 10000000),
        "0: the risk of finite networks is computed exactly. n > 0: it is estimated on n fixed samples of the data law, "
        "with the standard error in the report: for networks of M neurons so wide that the exact sum over M^2/2 pairs "
        "(single neuron, isotropic) takes too long, or so many data points.");

  p.section("Landscape");
  p.add("Function", landscape_function,
        "Neuron = landscape: the potential L, a formula in the coordinates such as (x^2 - 1)^2, in place of a network's "
        "risk. Its gradient is taken by differences of fourth order. Plain SGD with step eta and batches of b samples, "
        "dtheta = -grad L dt + sqrt(eta/b) dW, has the inverse temperature 2 b/eta.");
  p.add("Coordinates", landscape_coordinates, list_spelling("Landscape/Coordinates"),
        "Names of the one to three coordinates of the landscape, separated by commas, such as x, y.");

  p.section("Data");
  p.add("Law", data_law, data_law_choices(), "Law of the inputs x: " + data_law_descriptions() + ".");
  p.add("Standard deviation", standard_deviation, at_least(1e-12), "Deviation s of every coordinate, gaussian law only.");
  p.add("Lower corner", lower_corner, formulas_spelling("Data/Lower corner"),
        "Lower corner of the box, uniform and periodic laws only: d numbers, or one for all coordinates.");
  p.add("Upper corner", upper_corner, formulas_spelling("Data/Upper corner"),
        "Upper corner of the box, uniform and periodic laws only: d numbers, or one for all coordinates.");
  p.add("Points", points, "Points of the discrete law, [weight:] x1, ..., xd | [weight:] ...; weights are normalised.");
  p.add("Blob deviation", blob_deviation, at_least(0.),
        "Deviation of a Gaussian blob around each point of the discrete law; 0: the points themselves.");
  p.add("CSV file", csv_file,
        "Table with one row for each sample (RFC 4180); a relative path is taken from the working directory, then from the "
        "directory of the parameter file; parameters_used.prm has the whole path, and a # in a name is written as \\#. The "
        "first line names the columns; it may be a comment line if numbers follow, as numpy.savetxt writes it. Other lines "
        "that begin with # and blank lines are skipped. Fields are separated by commas, or by semicolons, tabs, bars or "
        "blanks where header and rows show that; then a comma may be the decimal mark. Names that are not in UTF-8 are "
        "taken for Windows-1252 (Latin-1).",
        may_change); // Its contents are compared.
  p.add("Input columns", input_column_list, trimmed_spelling(),
        "Names of the columns that are the inputs, separated by commas. A name in double quotes may have commas, "
        "parentheses and (doubled) quotes in it.");
  p.add("Output column", output_column, trimmed_spelling(),
        "Name of the column that is the target; it may stand in double quotes.");
  p.add("Standardise", standardise,
        "Shift and scale every column of the CSV file to mean 0 and population variance 1. A constant column is refused.");
  p.add("Class contrast", class_contrast, range(0., 1.),
        "Delta of the isotropic problem: the classes +1 and -1 have deviations 1 + Delta and 1 - Delta.");
  p.add("Quadrature nodes", given_quadrature_nodes, range(1, 1000),
        "Nodes for each input coordinate; for single neuron along x1, for isotropic for the length of x. automatic, for this "
        "and the next two: doubled until risk and potential have a fifth of the error of 'Accuracy/Functionals'.");
  p.add("Radial nodes", given_radial_nodes, range(1, 1000),
        "Nodes for the length of the inputs orthogonal to x1, single neuron only.");
  p.add("Angular nodes", given_angular_nodes, range(1, 1000),
        "Nodes for the angle between the inputs and w, single neuron and smooth isotropic only.");
  p.add(
    "Quadrature rule", given_rule,
    Choices<QuadratureChoice>{{"automatic", QuadratureChoice::automatic},
                              {"Gauss", QuadratureChoice::gauss},
                              {"trapezoidal", QuadratureChoice::trapezoidal}},
    "Rule for gaussian laws and blobs. Gauss: exact for polynomials. trapezoidal: on 8.5 deviations, for steep neurons such "
    "as tanh(8 x), with which Gauss-Hermite needs the square of the nodes. automatic: Gauss unless the nodes are automatic "
    "and the other needs fewer.");

  p.section("Target");
  p.add("Type", target, target_choices(),
        "What is to be learned. automatic: sigma(x1) for single neuron, the class for isotropic, the output column for a "
        "CSV file. expression: a formula. teachers: a sum of given neurons. random teachers: the mean of neurons drawn with "
        "the seed.");
  p.add("Activation", target_activation, target_activations(),
        "Activation of the target neuron or the teachers; same: as the network.");
  p.add("Expression", target_expression,
        "Formula in x (d = 1 and not single neuron) or x1, x2, x3, such as sin(pi*x) or if(x1 > 0, 1, -1). All formulas "
        "have + - * / ^, comparisons, && ||, c ? a : b; pi and e; abs, acos, acosh, asin, asinh, atan, atan2, atanh, avg, "
        "cbrt, ceil, cos, cosh, cot, csc, erf, erfc, exp, exp2, expm1, floor, fmod, gamma, heaviside (1/2 at 0), hypot, if, "
        "int (to the nearest), lgamma, ln = log, log10, log1p, log2, max, min, pow, relu, rint, round, sec, sigmoid, sign, "
        "sin, sinh, softplus, sqrt, step = heaviside, sum, tan, tanh, tgamma = gamma, trunc.");
  p.add("Teachers", teachers,
        "Teacher neurons, [coefficient:] parameters | [coefficient:] ..., the parameters comma-separated in the order of "
        "the neuron; the target is the sum of coefficient times neuron.");
  p.add("Teacher law", teacher_law, "Law of the parameters of random teachers, in the form of Initial law/Law.");
  p.add("Number of teachers", n_teachers, range(1, 1000000), "Number of random teachers.");
  p.add("Noise deviation", noise_deviation, at_least(0.),
        "Deviation of Gaussian noise added to every label, in units of the target.");

  p.section("Initial law");
  p.add("Law", initial_law,
        "Law of the parameters at t = 0: one factor for each coordinate, separated by commas: normal(mean, deviation), "
        "uniform(lower, upper), truncated_normal(mean, deviation, lower, upper), chi(degrees of freedom, scale), "
        "point(value); or gaussian_neurons(gamma) for all the coordinates that stand for w, with w ~ N(0, gamma^2/d I): s "
        "and r for single neuron, r for isotropic, w1, ..., wd otherwise. Mixtures: weight: factors | weight: factors. Or "
        "expression(formula): a density in the coordinate names on the domain, normalised automatically.");
}

void ModelChoices::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
  // All combinations of nodes in three dimensions may not be too many.
  constexpr unsigned int n_in_three_dimensions = 14;
  const bool             reduced               = neuron == NeuronKind::single_neuron || neuron == NeuronKind::isotropic;
  quadrature_nodes = given_quadrature_nodes.value_or(!reduced && input_dimension == 3. ? n_in_three_dimensions :
                                                                                         quadrature_nodes);
  radial_nodes     = given_radial_nodes.value_or(radial_nodes);
  angular_nodes    = given_angular_nodes.value_or(angular_nodes);
  trapezoidal      = given_rule == QuadratureChoice::trapezoidal;
  if (test_samples > 0 && test_samples < 100)
    throw InputError(Refusal::out_of_range, "Learning problem/Test samples",
                     "too few for an estimate: take at least 100, or 0 for the exact risk.");
}

Activation ModelChoices::make_target_activation() const
{
  if (target_activation == "same")
    return make_activation();
  return Activation(Activation::kind_from_name(target_activation), activation_nodes);
}

unsigned int ModelChoices::finite_input_dimension(unsigned int automatic, unsigned int lowest, unsigned int highest,
                                                  const std::string &reason) const
{
  if (input_dimension == 0.)
    return automatic;
  if (!(input_dimension >= lowest && input_dimension <= highest))
    throw InputError(Refusal::out_of_range, "Learning problem/Input dimension",
                     reason + " needs a dimension from " + std::to_string(lowest) + " to " + std::to_string(highest) + ".");
  return static_cast<unsigned int>(input_dimension);
}

std::string expand_gaussian_neurons(const std::string &text, NeuronKind neuron, double input_dimension)
{
  const std::string name   = "gaussian_neurons";
  std::string       result = text;
  for (auto start = result.find(name); start != std::string::npos; start = result.find(name, start))
    {
      const auto  open  = result.find_first_not_of(" \t", start + name.size());
      std::size_t close = open;
      int         depth = 0;
      if (open != std::string::npos && result[open] == '(')
        for (; close < result.size(); ++close)
          if ((depth += (result[close] == '(') - (result[close] == ')')) == 0)
            break;
      if (open == std::string::npos || close == open || close >= result.size())
        throw InputError(Refusal::malformed, "Initial law/Law",
                         "write gaussian_neurons(gamma): weights w ~ N(0, gamma^2/d I).");

      const std::string gamma = "(" + result.substr(open + 1, close - open - 1) + ")";
      const auto  d = [&](unsigned int offset) { return std::to_string(static_cast<unsigned int>(input_dimension) - offset); };
      std::string factors;
      if (!std::isfinite(input_dimension))
        factors = "point(0), point" + gamma;
      else if (neuron == NeuronKind::single_neuron)
        factors = "normal(0, " + gamma + "/sqrt(" + d(0) + ")), chi(" + d(1) + ", " + gamma + "/sqrt(" + d(0) + "))";
      else if (neuron == NeuronKind::isotropic)
        factors = "chi(" + d(0) + ", " + gamma + "/sqrt(" + d(0) + "))";
      else
        for (unsigned int c = 0; c < input_dimension; ++c)
          factors += (c > 0 ? ", normal(0, " : "normal(0, ") + gamma + "/sqrt(" + d(0) + "))";
      result.replace(start, close + 1 - start, factors);
      start += factors.size();
    }
  return result;
}

void ModelParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<ModelChoices>(prm);
}
} // namespace rhoflow
