#include <solvers/model/learning_problem.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/model/data_law.h>
#include <solvers/model/expression.h>
#include <solvers/model/model_choices.h>

namespace rhoflow
{
namespace
{
std::vector<std::string> parse_list(const std::string &text, const std::string &parameter)
{
  std::vector<std::string> list = split_outside_parentheses(text, ',', parameter);
  for (const std::string &entry : list)
    if (entry.empty())
      throw InputError(parameter, "an entry is missing in '" + text + "'.");
  return list;
}

std::vector<double> parse_numbers(const std::string &text, const std::string &parameter)
{
  std::vector<double> numbers;
  for (const std::string &entry : parse_list(text, parameter))
    numbers.push_back(evaluate_constant(entry, parameter));
  return numbers;
}

/// auto → 0, inf → ∞.
double parse_dimension(const std::string &text)
{
  const std::string parameter = "Learning problem/Input dimension";
  if (text == "auto")
    return 0.;
  if (text == "inf")
    return std::numeric_limits<double>::infinity();
  const double d = evaluate_constant(text, parameter);
  if (d < 1. || d > 10000. || d != std::floor(d))
    throw InputError(parameter, "'" + text + "' is none of: a whole number from 1 to 10000, inf, auto.");
  return d;
}

std::vector<std::pair<double, double>> parse_activation_nodes(const std::string &text)
{
  const std::string                      parameter = "Learning problem/Activation nodes";
  std::vector<std::pair<double, double>> nodes;
  for (const std::string &entry : parse_list(text, parameter))
    {
      const std::vector<std::string> halves = split_outside_parentheses(entry, ':', parameter);
      if (halves.size() != 2)
        throw InputError(parameter, "'" + entry + "' is not of the form t:value.");
      nodes.emplace_back(evaluate_constant(halves[0], parameter), evaluate_constant(halves[1], parameter));
    }
  return nodes;
}

ModelChoices parse(dealii::ParameterHandler &prm)
{
  ModelChoices choices;
  prm.enter_subsection("Learning problem");
  {
    choices.neuron           = neuron_choices().value(prm.get("Neuron"));
    choices.input_dimension  = parse_dimension(prm.get("Input dimension"));
    choices.activation       = Activation::kind_from_name(prm.get("Activation"));
    choices.activation_nodes = parse_activation_nodes(prm.get("Activation nodes"));
    choices.bump_width       = prm.get_double("Bump width");
    choices.test_samples     = static_cast<unsigned int>(prm.get_integer("Test samples"));
    if (choices.test_samples > 0 && choices.test_samples < 100)
      throw InputError("Learning problem/Test samples", "too few for an estimate: take at least 100, or 0 for the exact risk.");
  }
  prm.leave_subsection();
  prm.enter_subsection("Landscape");
  choices.landscape_function    = prm.get("Function");
  choices.landscape_coordinates = parse_list(prm.get("Coordinates"), "Landscape/Coordinates");
  prm.leave_subsection();
  prm.enter_subsection("Data");
  {
    choices.data_law           = data_law_choices().value(prm.get("Law"));
    choices.standard_deviation = prm.get_double("Standard deviation");
    choices.lower_corner       = parse_numbers(prm.get("Lower corner"), "Data/Lower corner");
    choices.upper_corner       = parse_numbers(prm.get("Upper corner"), "Data/Upper corner");
    choices.points             = prm.get("Points");
    choices.blob_deviation     = prm.get_double("Blob deviation");
    choices.csv_file           = prm.get("CSV file");
    choices.input_column_list  = trimmed(prm.get("Input columns"));
    choices.output_column      = trimmed(prm.get("Output column"));
    choices.standardise        = prm.get_bool("Standardise");
    choices.class_contrast     = prm.get_double("Class contrast");
    choices.quadrature_nodes   = static_cast<unsigned int>(prm.get_integer("Quadrature nodes"));
    choices.radial_nodes       = static_cast<unsigned int>(prm.get_integer("Radial nodes"));
    choices.angular_nodes      = static_cast<unsigned int>(prm.get_integer("Angular nodes"));
  }
  prm.leave_subsection();
  prm.enter_subsection("Target");
  {
    choices.target            = target_choices().value(prm.get("Type"));
    choices.target_activation = prm.get("Activation");
    choices.target_expression = prm.get("Expression");
    choices.teachers          = prm.get("Teachers");
    choices.teacher_law       = prm.get("Teacher law");
    choices.n_teachers        = static_cast<unsigned int>(prm.get_integer("Number of teachers"));
    choices.noise_deviation   = prm.get_double("Noise deviation");
  }
  prm.leave_subsection();
  prm.enter_subsection("Initial law");
  choices.initial_law = prm.get("Law");
  prm.leave_subsection();
  return choices;
}

/// A parameter that was given but would have no effect is a misunderstanding.
void refuse_unused(const ModelChoices &choices)
{
  const auto refuse = [](const bool given, const std::string &parameter, const std::string &choice, const std::string &value) {
    if (given)
      throw InputError(parameter, "has no effect unless " + choice + " = " + value + "; set that, or remove this parameter.");
  };
  const auto refuse_for_law = [&](const bool given, const std::string &parameter) {
    refuse(given && !reads_parameter(choices.data_law, parameter), parameter, "Data/Law",
           laws_with_parameter(parameter, " or "));
  };
  refuse_for_law(!choices.csv_file.empty(), "Data/CSV file");
  refuse_for_law(!choices.input_column_list.empty(), "Data/Input columns");
  refuse_for_law(!choices.output_column.empty(), "Data/Output column");
  refuse_for_law(choices.standardise, "Data/Standardise");
  refuse_for_law(!trimmed(choices.points).empty(), "Data/Points");
  refuse_for_law(choices.blob_deviation > 0., "Data/Blob deviation");
  refuse_for_law(choices.standard_deviation != 1., "Data/Standard deviation");
  refuse(choices.target != TargetKind::expression && trimmed(choices.target_expression) != "0", "Target/Expression",
         "Target/Type", "expression");
  refuse(choices.target != TargetKind::teachers && !trimmed(choices.teachers).empty(), "Target/Teachers", "Target/Type",
         "teachers");
  const bool landscape = choices.neuron == NeuronKind::landscape;
  refuse(!landscape && !trimmed(choices.landscape_function).empty(), "Landscape/Function", "Learning problem/Neuron",
         "landscape");
  refuse(!landscape && choices.landscape_coordinates != std::vector<std::string>{"x"}, "Landscape/Coordinates",
         "Learning problem/Neuron", "landscape");
}

/// A landscape has neither data nor target nor activation.
void refuse_network_parameters(dealii::ParameterHandler &prm)
{
  // To list declarations takes far longer than all the rest of a landscape.
  static const std::vector<DeclaredParameter> declared = []() {
    dealii::ParameterHandler own;
    ModelParameters::declare(own);
    return declared_parameters(own);
  }();
  for (const DeclaredParameter &parameter : declared)
    {
      if (parameter.path() == "Learning problem/Neuron" ||
          (parameter.section != "Learning problem" && parameter.section != "Data" && parameter.section != "Target"))
        continue;
      prm.enter_subsection(parameter.section);
      const bool given = prm.get(parameter.name) != parameter.default_value;
      prm.leave_subsection();
      if (given)
        throw InputError(parameter.path(), "has no effect for 'Neuron = landscape', which knows neither network nor data, only "
                                           "the formula in section 'Landscape'; remove this parameter.");
    }
}
} // namespace

unsigned int ParticleNeuron::n_parameters() const
{
  switch (type)
    {
      case Type::weighted_ridge:
        return input_dimension + 1;
      case Type::biased_ridge:
        return input_dimension + 2;
      case Type::linear:
      case Type::ridge:
      case Type::bump:
      case Type::landscape:
        return input_dimension;
    }
  throw std::logic_error("the parameters of a neuron are not counted");
}

double LearningProblem::external_potential(const double *) const
{
  return 0.;
}

void LearningProblem::external_gradient(const double *, double *gradient) const
{
  std::fill_n(gradient, n_parameters(), 0.);
}

void refuse_landscape(const LearningProblem &problem, const std::string &solver)
{
  if (problem.has_external_potential())
    throw InputError("Learning problem/Neuron",
                     "the solver '" + solver +
                       "' moves networks, not walkers in a landscape. Choose 'Solver = fokker planck', "
                       "'boltzmann', 'particles' or, without noise, 'characteristics'.");
}

void LearningProblem::announce(Progress &progress) const
{
  if (const std::string remark = data_remark(); !remark.empty())
    progress.line("Data: " + remark);
}

void LearningProblem::data_set_sample(std::uint64_t, double *, double &) const
{
  throw std::logic_error("this learning problem has no finite data set");
}

void LearningProblem::refuse_passes() const
{
  throw InputError("Particles/Method", "multi-pass SGD needs a finite data set, but the data law is continuous. Choose "
                                       "'one-pass SGD', or data from a CSV file or a discrete law.");
}

void ModelParameters::declare(dealii::ParameterHandler &prm)
{
  using namespace dealii;
  std::string activations;
  for (const std::string &name : Activation::names())
    activations += (activations.empty() ? "" : "|") + name;

  prm.enter_subsection("Learning problem");
  {
    prm.declare_entry(
      "Neuron", "single neuron", Patterns::Selection(neuron_choices().pattern()),
      "What the hidden units compute. linear: theta.x; ridge: sigma(w.x); weighted ridge: a sigma(w.x); biased "
      "ridge: a sigma(w.x + b); bump: sigma(|x - theta|/delta), all with at most 3 parameters. single neuron: "
      "a sigma(w.x) in R^d learns sigma(x1) from Gaussian inputs, on the mesh reduced to (a, s, r), s = w1, r the "
      "length of the rest of w. isotropic: sigma(w.x) in R^d separates two centred Gaussians, on the mesh reduced "
      "to r = |w|. landscape: no network, but independent walkers in the fixed potential of section 'Landscape'.");
    prm.declare_entry("Input dimension", "auto", Patterns::Anything(),
                      "Number d of inputs: 1 to 3; for single neuron and isotropic 2 to 10000, for single neuron also inf (the "
                      "limit d -> infinity, without finite networks). auto: 40 for single neuron and isotropic, the number of "
                      "input columns for a CSV file, 1 otherwise.");
    prm.declare_entry("Activation", "erf", Patterns::Selection(activations),
                      "The function sigma: " + activation_descriptions() + ".");
    prm.declare_entry("Activation nodes", "0.5:-2.5, 1.5:7.5", Patterns::Anything(),
                      "Nodes t:sigma(t) of a piecewise linear activation with increasing t; constant outside.");
    prm.declare_entry("Bump width", "1", Patterns::Double(1e-12), "Width delta of a bump neuron, in units of the input.");
    prm.declare_entry(
      "Test samples", "0", Patterns::Integer(0, 10000000),
      "0: the risk of finite networks is computed exactly. n > 0: it is estimated on n fixed samples of the data "
      "law, with the standard error in the report: for networks of M neurons so wide that the exact sum over "
      "M^2/2 pairs (single neuron, isotropic) takes too long, or so many data points.");
  }
  prm.leave_subsection();

  prm.enter_subsection("Landscape");
  {
    prm.declare_entry("Function", "", Patterns::Anything(),
                      "Neuron = landscape: the potential L, a formula in the coordinates such as (x^2 - 1)^2, in place of a "
                      "network's risk. Its gradient is taken by differences of fourth order. Plain SGD with step eta and "
                      "batches of b samples, dtheta = -grad L dt + sqrt(eta/b) dW, has the inverse temperature 2 b/eta.");
    prm.declare_entry("Coordinates", "x", Patterns::Anything(),
                      "Names of the one to three coordinates of the landscape, separated by commas, such as x, y.");
  }
  prm.leave_subsection();

  prm.enter_subsection("Data");
  {
    prm.declare_entry("Law", "gaussian", Patterns::Selection(data_law_choices().pattern()),
                      "Law of the inputs x: " + data_law_descriptions() + ".");
    prm.declare_entry("Standard deviation", "1", Patterns::Double(1e-12),
                      "Deviation s of every coordinate, gaussian law only.");
    prm.declare_entry("Lower corner", "-1", Patterns::Anything(),
                      "Lower corner of the box, uniform and periodic laws only: d numbers, or one for all coordinates.");
    prm.declare_entry("Upper corner", "1", Patterns::Anything(),
                      "Upper corner of the box, uniform and periodic laws only: d numbers, or one for all coordinates.");
    prm.declare_entry("Points", "", Patterns::Anything(),
                      "Points of the discrete law, [weight:] x1, ..., xd | [weight:] ...; weights are normalised.");
    prm.declare_entry("Blob deviation", "0", Patterns::Double(0.),
                      "Deviation of a Gaussian blob around each point of the discrete law; 0: the points themselves.");
    prm.declare_entry(
      "CSV file", "", Patterns::Anything(),
      "Table with one row for each sample (RFC 4180); a relative path is taken from the working directory, then "
      "from the directory of the parameter file; parameters_used.prm has the whole path, and a # in a name is written "
      "as \\#. The first line names the columns; it may be a comment line "
      "if numbers follow, as numpy.savetxt writes it. Other lines that begin with # and blank lines are "
      "skipped. Fields are separated by commas, or by semicolons, tabs, bars or blanks where header and rows "
      "show that; then a comma may be the decimal mark. Names that are not in UTF-8 are taken for Windows-1252 "
      "(Latin-1).");
    prm.declare_entry("Input columns", "", Patterns::Anything(),
                      "Names of the columns that are the inputs, separated by commas. A name in double quotes may have commas, "
                      "parentheses and (doubled) quotes in it.");
    prm.declare_entry("Output column", "", Patterns::Anything(),
                      "Name of the column that is the target; it may stand in double quotes.");
    prm.declare_entry(
      "Standardise", "false", Patterns::Bool(),
      "Shift and scale every column of the CSV file to mean 0 and population variance 1. A constant column is refused.");
    prm.declare_entry("Class contrast", "0.8", Patterns::Double(0., 1.),
                      "Delta of the isotropic problem: the classes +1 and -1 have deviations 1 + Delta and 1 - Delta.");
    prm.declare_entry("Quadrature nodes", "28", Patterns::Integer(1, 1000),
                      "Gauss points for each input coordinate; for single neuron along x1, for isotropic for the length of x.");
    prm.declare_entry("Radial nodes", "6", Patterns::Integer(1, 1000),
                      "Gauss points for the length of the inputs orthogonal to x1, single neuron only.");
    prm.declare_entry("Angular nodes", "10", Patterns::Integer(1, 1000),
                      "Gauss points for the angle between the inputs and w, single neuron and smooth isotropic only.");
  }
  prm.leave_subsection();

  prm.enter_subsection("Target");
  {
    prm.declare_entry(
      "Type", "automatic", Patterns::Selection(target_choices().pattern()),
      "What is to be learned. automatic: sigma(x1) for single neuron, the class for isotropic, the output column "
      "for a CSV file. expression: a formula. teachers: a sum of given neurons. random teachers: the mean of "
      "neurons drawn with the seed.");
    prm.declare_entry("Activation", "same", Patterns::Selection("same|" + activations),
                      "Activation of the target neuron or the teachers; same: as the network.");
    prm.declare_entry(
      "Expression", "0", Patterns::Anything(),
      "Formula in x (d = 1 and not single neuron) or x1, x2, x3, such as sin(pi*x) or if(x1 > 0, 1, -1). All formulas have "
      "+ - * / ^, comparisons, && ||, c ? a : b; pi and e; abs, acos, acosh, asin, asinh, atan, atan2, atanh, "
      "avg, cbrt, ceil, cos, cosh, cot, csc, erf, erfc, exp, exp2, expm1, floor, fmod, gamma, heaviside (1/2 at "
      "0), hypot, if, int (to the nearest), lgamma, ln = log, log10, log1p, log2, max, min, pow, relu, rint, "
      "round, sec, sigmoid, sign, sin, sinh, softplus, sqrt, step = heaviside, sum, tan, tanh, tgamma = gamma, "
      "trunc.");
    prm.declare_entry("Teachers", "", Patterns::Anything(),
                      "Teacher neurons, [coefficient:] parameters | [coefficient:] ..., the parameters comma-separated in the "
                      "order of the neuron; the target is the sum of coefficient times neuron.");
    prm.declare_entry("Teacher law", "gaussian_neurons(1)", Patterns::Anything(),
                      "Law of the parameters of random teachers, in the form of Initial law/Law.");
    prm.declare_entry("Number of teachers", "1", Patterns::Integer(1, 1000000), "Number of random teachers.");
    prm.declare_entry("Noise deviation", "0", Patterns::Double(0.),
                      "Deviation of Gaussian noise added to every label, in units of the target.");
  }
  prm.leave_subsection();

  prm.enter_subsection("Initial law");
  prm.declare_entry(
    "Law", "normal(0, 1), gaussian_neurons(1)", Patterns::Anything(),
    "Law of the parameters at t = 0: one factor for each coordinate, separated by commas: normal(mean, deviation), "
    "uniform(lower, upper), truncated_normal(mean, deviation, lower, upper), chi(degrees of freedom, scale), "
    "point(value); or gaussian_neurons(gamma) for all the coordinates that stand for w, with w ~ N(0, gamma^2/d "
    "I): s and r for single neuron, r for isotropic, w1, ..., wd otherwise. Mixtures: weight: factors | weight: "
    "factors. Or expression(formula): a density in the coordinate names on the domain, normalised "
    "automatically.");
  prm.leave_subsection();
}

std::vector<double> LearningProblem::map_inputs() const
{
  const std::vector<double> inputs = curve_inputs();
  if (inputs.empty() || input_names().size() != 2)
    return {};
  double lower[2], step[2];
  for (unsigned int d = 0; d < 2; ++d)
    {
      std::vector<std::pair<double, double>> sorted; // input and weight
      for (unsigned int k = 0; k < n_nodes(); ++k)
        sorted.emplace_back(inputs[2 * k + d], node_weights[k]);
      std::sort(sorted.begin(), sorted.end());
      // Quadratures have nodes of hardly any weight far outside.
      double      below = 0., above = 0.;
      std::size_t first = 0, last = sorted.size() - 1;
      while (first < last && (below += sorted[first].second) < 1e-3)
        ++first;
      while (first < last && (above += sorted[last].second) < 1e-3)
        --last;
      const double size = sorted[last].first - sorted[first].first;
      const double more = size > 0. ? 0.1 * size : 1.;
      lower[d]          = sorted[first].first - more;
      step[d]           = (size + 2. * more) / (map_side - 1);
    }
  std::vector<double> points;
  for (unsigned int j = 0; j < map_side; ++j)
    for (unsigned int i = 0; i < map_side; ++i)
      {
        points.push_back(lower[0] + i * step[0]);
        points.push_back(lower[1] + j * step[1]);
      }
  return points;
}

LearningProblem::Features LearningProblem::features_of(const std::vector<unsigned int> &chosen) const
{
  return [this, chosen](unsigned int n, const double *omega, double *values, double *gradients) {
    const std::size_t   K = n_nodes(), n_omega = n_feature_parameters(), m = chosen.size();
    std::vector<double> all(K), slopes(gradients != nullptr ? n_omega * K : 0);
    for (std::size_t i = 0; i < n; ++i)
      {
        features(1, omega + i * n_omega, all.data(), gradients != nullptr ? slopes.data() : nullptr);
        for (std::size_t c = 0; c < m; ++c)
          values[i * m + c] = all[chosen[c]];
        for (std::size_t d = 0; gradients != nullptr && d < n_omega; ++d)
          for (std::size_t c = 0; c < m; ++c)
            gradients[(i * n_omega + d) * m + c] = slopes[d * K + chosen[c]];
      }
  };
}

void LearningProblem::features_at(const std::vector<double> &, unsigned int, const double *, double *) const
{
  throw std::logic_error("This learning problem has no features outside of its nodes.");
}

std::vector<std::string> ModelParameters::input_file_parameters(const dealii::ParameterHandler &prm)
{
  const bool reads = prm.get({"Data"}, "Law") == "csv" && !prm.get({"Data"}, "CSV file").empty() &&
                     prm.get({"Learning problem"}, "Neuron") != "landscape";
  return reads ? std::vector<std::string>{"Data/CSV file"} : std::vector<std::string>{};
}

std::unique_ptr<LearningProblem> make_learning_problem(dealii::ParameterHandler &prm, const std::vector<double> &lower,
                                                       const std::vector<double> &upper, std::uint64_t seed)
{
  ModelChoices choices = parse(prm);
  choices.lower        = lower;
  choices.upper        = upper;
  choices.seed         = seed;
  refuse_unused(choices);
  if (choices.neuron == NeuronKind::landscape)
    refuse_network_parameters(prm);
  else if (choices.data_law == DataLawKind::csv)
    name_columns(choices);
  switch (choices.neuron)
    {
      case NeuronKind::linear:
      case NeuronKind::ridge:
      case NeuronKind::weighted_ridge:
      case NeuronKind::biased_ridge:
      case NeuronKind::bump:
        return make_euclidean_problem(choices);
      case NeuronKind::single_neuron:
        return make_single_neuron_problem(choices);
      case NeuronKind::isotropic:
        return make_isotropic_problem(choices);
      case NeuronKind::landscape:
        return make_landscape_problem(choices);
    }
  throw std::logic_error("a neuron has no learning problem");
}
} // namespace rhoflow
