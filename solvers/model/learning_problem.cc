#include <solvers/model/learning_problem.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/model/data_law.h>
#include <solvers/model/model_choices.h>

namespace rhoflow
{
namespace
{
/// A parameter that was given but would have no effect is a misunderstanding.
void refuse_unused(const ModelChoices &choices)
{
  const auto refuse = [](const bool given, const std::string &parameter, const std::string &choice, const std::string &value) {
    if (given)
      throw InputError(Refusal::no_effect, parameter,
                       "has no effect unless " + choice + " = " + value + "; set that, or remove this parameter.");
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
        throw InputError(Refusal::no_effect, parameter.path(),
                         "has no effect for 'Neuron = landscape', which knows neither network nor data, only "
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

std::string LearningProblem::missing_curvature() const
{
  if (has_external_potential())
    return "a landscape has no network";
  return sigma->info().kinks == Kinks::none ? "" : "the activation '" + std::string(sigma->info().name) + "' has kinks";
}

void LearningProblem::curvature(unsigned int, const double *, const std::vector<double> &, double *) const
{
  throw std::logic_error("this learning problem has no second derivatives");
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
    throw InputError(Refusal::unsupported, "Learning problem/Neuron",
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
  throw InputError(Refusal::unsupported, "Particles/Method",
                   "multi-pass SGD needs a finite data set, but the data law is continuous. Choose "
                   "'one-pass SGD', or data from a CSV file or a discrete law.");
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

void LearningProblem::features_to_second_order(unsigned int /*n*/, const double * /*omega*/, double * /*values*/,
                                               double * /*gradients*/, double * /*hessians*/) const
{
  throw std::logic_error("the features of this learning problem have no second derivatives");
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

ModelChoices read_model_choices(dealii::ParameterHandler &prm, const std::vector<double> &lower,
                                const std::vector<double> &upper, const std::uint64_t seed)
{
  ModelChoices choices;
  choices.parse(prm);
  choices.lower = lower;
  choices.upper = upper;
  choices.seed  = seed;
  refuse_unused(choices);
  if (choices.neuron == NeuronKind::landscape)
    refuse_network_parameters(prm);
  else if (choices.data_law == DataLawKind::csv)
    name_columns(choices);
  return choices;
}

std::unique_ptr<LearningProblem> make_learning_problem(dealii::ParameterHandler &prm, const std::vector<double> &lower,
                                                       const std::vector<double> &upper, std::uint64_t seed)
{
  return make_problem(read_model_choices(prm, lower, upper, seed));
}

std::unique_ptr<LearningProblem> make_problem(const ModelChoices &choices)
{
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
