#include <algorithm>
#include <cmath>
#include <functional>
#include <memory>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/numerics/random.h>
#include <solvers/model/curvature_kernel.h>
#include <solvers/model/data_law.h>
#include <solvers/model/expression.h>
#include <solvers/model/feature_kernel.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>
#include <solvers/model/sample_risk.h>

namespace rhoflow
{
namespace
{
using Type   = ParticleNeuron::Type;
using Target = std::function<double(const double *)>;

Type type_of(NeuronKind kind)
{
  switch (kind)
    {
      case NeuronKind::linear:
        return Type::linear;
      case NeuronKind::ridge:
        return Type::ridge;
      case NeuronKind::weighted_ridge:
        return Type::weighted_ridge;
      case NeuronKind::biased_ridge:
        return Type::biased_ridge;
      case NeuronKind::bump:
        return Type::bump;
      case NeuronKind::single_neuron:
      case NeuronKind::isotropic:
      case NeuronKind::landscape:
        break;
    }
  throw std::logic_error("a neuron is not of the Euclidean problem");
}

bool has_amplitude(Type type)
{
  return type == Type::weighted_ridge || type == Type::biased_ridge;
}

std::vector<std::string> names_of_parameters(Type type, unsigned int d)
{
  std::vector<std::string> names;
  if (has_amplitude(type))
    names.push_back("a");
  const std::string letter = type == Type::linear || type == Type::bump ? "theta" : "w";
  for (unsigned int c = 1; c <= d; ++c)
    names.push_back(d == 1 ? letter : letter + std::to_string(c));
  if (type == Type::biased_ridge)
    names.push_back("b");
  return names;
}

/// σ*(x; θ) of one neuron.
double neuron_value(const ParticleNeuron &neuron, const Activation &activation, const double *theta, const double *x)
{
  const double *omega = theta + (has_amplitude(neuron.type) ? 1 : 0);
  double        sum   = 0.;
  for (unsigned int c = 0; c < neuron.input_dimension; ++c)
    sum += neuron.type == Type::bump ? (x[c] - omega[c]) * (x[c] - omega[c]) : x[c] * omega[c];
  switch (neuron.type)
    {
      case Type::linear:
        return sum;
      case Type::ridge:
        return activation.value(sum);
      case Type::weighted_ridge:
        return theta[0] * activation.value(sum);
      case Type::biased_ridge:
        return theta[0] * activation.value(sum + omega[neuron.input_dimension]);
      case Type::bump:
        return activation.value(std::sqrt(sum) / neuron.bump_width);
      case Type::landscape:
        break;
    }
  throw std::logic_error("a neuron has no value");
}

/// y(x) = Σ_i c_i σ*(x; θ_i).
Target teacher_target(const ParticleNeuron &neuron, const Activation &activation, const std::vector<double> &coefficients,
                      const std::vector<double> &parameters)
{
  return [=](const double *x) {
    double sum = 0.;
    for (std::size_t i = 0; i < coefficients.size(); ++i)
      sum += coefficients[i] * neuron_value(neuron, activation, &parameters[i * neuron.n_parameters()], x);
    return sum;
  };
}

/// The formula that the user gave.
Target expression_target(const ModelChoices &choices, const ParticleNeuron &neuron)
{
  std::vector<std::string> variables;
  for (unsigned int c = 1; c <= neuron.input_dimension; ++c)
    variables.push_back(neuron.input_dimension == 1 ? "x" : "x" + std::to_string(c));
  const auto expression = std::make_shared<const Expression>(choices.target_expression, variables, "Target/Expression");
  return [expression](const double *x) { return (*expression)(x); };
}

/// The teachers that the user gave.
Target given_teachers(const ModelChoices &choices, const ParticleNeuron &neuron)
{
  const unsigned int  n = neuron.n_parameters();
  std::vector<double> coefficients, parameters;
  for (const WeightedEntries &teacher : parse_weighted_entries(choices.teachers, "Target/Teachers"))
    {
      if (teacher.entries.size() != n)
        throw InputError(Refusal::inconsistent, "Target/Teachers",
                         "a teacher has " + std::to_string(teacher.entries.size()) + " parameters, but the neuron '" +
                           choices.neuron_name() + "' has " + std::to_string(n) + ".");
      coefficients.push_back(teacher.weight);
      for (const std::string &entry : teacher.entries)
        parameters.push_back(evaluate_constant(entry, "Target/Teachers"));
    }
  if (coefficients.empty())
    throw InputError(Refusal::missing, "Target/Teachers",
                     "Target/Type = teachers needs at least one neuron, such as 1: 0.5, -1.");
  return teacher_target(neuron, choices.make_target_activation(), coefficients, parameters);
}

/// The mean of teachers that are drawn with the seed.
Target random_teachers(const ModelChoices &choices, const ParticleNeuron &neuron, const std::vector<std::string> &names)
{
  const unsigned int          n = neuron.n_parameters();
  std::unique_ptr<InitialLaw> law;
  try
    {
      law = make_initial_law(expand_gaussian_neurons(choices.teacher_law, choices.neuron, neuron.input_dimension), names,
                             choices.lower, choices.upper);
    }
  catch (const InputError &error)
    {
      throw InputError(error.why, "Target/Teacher law", error.what());
    }
  std::vector<double> coefficients(choices.n_teachers, 1. / choices.n_teachers), parameters(choices.n_teachers * n);
  for (unsigned int i = 0; i < choices.n_teachers; ++i)
    {
      CounterRandom random(choices.seed, RandomPurpose::teacher, 0, 0, i);
      law->sample(random, &parameters[i * n]);
    }
  return teacher_target(neuron, choices.make_target_activation(), coefficients, parameters);
}

Target make_target(const ModelChoices &choices, const ParticleNeuron &neuron, const std::vector<std::string> &names)
{
  switch (choices.target)
    {
      case TargetKind::expression:
        return expression_target(choices, neuron);
      case TargetKind::teachers:
        return given_teachers(choices, neuron);
      case TargetKind::random_teachers:
        return random_teachers(choices, neuron, names);
      case TargetKind::automatic:
        throw InputError(Refusal::missing, "Target/Type",
                         "the neuron '" + choices.neuron_name() +
                           "' needs a target: choose expression, teachers or random teachers, or data from a CSV file.");
    }
  throw std::logic_error("a target has no function");
}

/// The neuron, whose parameters must fit on a mesh.
ParticleNeuron make_neuron(const ModelChoices &choices)
{
  ParticleNeuron neuron{type_of(choices.neuron), data_dimension(choices), choices.bump_width};
  if (neuron.n_parameters() > 3)
    throw InputError(Refusal::out_of_range, "Learning problem/Input dimension",
                     "the neuron '" + choices.neuron_name() + "' has " + std::to_string(neuron.n_parameters()) +
                       " parameters for d = " + std::to_string(neuron.input_dimension) +
                       ", but a mesh has at most 3 dimensions; take fewer inputs or a neuron without " +
                       (neuron.type == Type::biased_ridge ? "bias" : "amplitude") + ".");
  return neuron;
}

/// Neurons and data in the same R^d, d ≤ 3: both views are the same.
class EuclideanProblem : public LearningProblem
{
public:
  explicit EuclideanProblem(const ModelChoices &choices)
    : neuron(make_neuron(choices))
    , law_of_inputs(make_data_law(choices))
    , data(*law_of_inputs)
    , names(names_of_parameters(neuron.type, data.dimension))
    , table(data.nodes, data.dimension)
    , noise_deviation(choices.noise_deviation)
    , n_test_samples(choices.test_samples)
    , seed(choices.seed)
  {
    const unsigned int d = data.dimension;
    node_weights         = data.weights;
    noise                = noise_deviation * noise_deviation;
    sigma                = std::make_unique<Activation>(choices.make_activation());

    if (!data.outputs.empty())
      {
        if (choices.target != TargetKind::automatic)
          throw InputError(Refusal::inconsistent, "Target/Type",
                           "a CSV data set brings its own targets (Data/Output column): leave this at automatic.");
        node_targets = data.outputs;
      }
    else
      {
        target = make_target(choices, neuron, names);
        for (unsigned int k = 0; k < n_nodes(); ++k)
          {
            node_targets.push_back(target(&data.nodes[k * d]));
            if (!std::isfinite(node_targets.back()))
              {
                std::string where;
                for (unsigned int c = 0; c < d; ++c)
                  where += (c > 0 ? ", " : "") + std::to_string(data.nodes[k * d + c]);
                throw InputError(Refusal::out_of_range, "Target/Expression",
                                 "the target is not finite at x = (" + where + ").");
              }
          }
      }
    law = make_initial_law(expand_gaussian_neurons(choices.initial_law, choices.neuron, d), names, choices.lower,
                           choices.upper);
  }

  unsigned int             n_parameters() const override { return neuron.n_parameters(); }
  std::vector<std::string> parameter_names() const override { return names; }
  bool                     has_outer_weight() const override { return has_amplitude(neuron.type); }

  void features(unsigned int n, const double *omega, double *values, double *gradients) const override
  {
    kernel::neuron_features(neuron, *sigma, table, n, omega, values, gradients);
  }

  bool twice_differentiable() const override { return neuron.type != Type::bump && missing_curvature().empty(); }
  void features_to_second_order(unsigned int n, const double *omega, double *values, double *gradients,
                                double *hessians) const override
  {
    kernel::neuron_features(neuron, *sigma, table, n, omega, values, gradients, hessians);
  }

  Features features_of(const std::vector<unsigned int> &chosen) const override
  {
    const unsigned int  d = data.dimension;
    std::vector<double> nodes;
    for (const unsigned int k : chosen)
      nodes.insert(nodes.end(), &data.nodes[k * d], &data.nodes[k * d] + d);
    return [this, part = kernel::NodeTable(nodes, d)](unsigned int n, const double *omega, double *values, double *gradients) {
      kernel::neuron_features(neuron, *sigma, part, n, omega, values, gradients);
    };
  }

  void features_at(const std::vector<double> &x, unsigned int n, const double *omega, double *values) const override
  {
    kernel::neuron_features(neuron, *sigma, kernel::NodeTable(x, data.dimension), n, omega, values, nullptr);
  }

  std::string missing_curvature() const override
  {
    if (neuron.type == ParticleNeuron::Type::linear)
      return "";
    if (neuron.type == ParticleNeuron::Type::bump && sigma->derivative(0.) != 0.)
      return "the bump has a kink at its centre";
    return LearningProblem::missing_curvature();
  }

  void curvature(unsigned int n, const double *omega, const std::vector<double> &coefficients, double *result) const override
  {
    std::vector<double> padded = coefficients;
    padded.resize(table.stride, 0.);
    kernel::neuron_curvature(neuron, *sigma, table, padded, n, omega, result);
  }

  double self_kernel(const double *theta) const override
  {
    std::vector<double> g(n_nodes());
    const bool          amplitude = has_outer_weight();
    features(1, theta + (amplitude ? 1 : 0), g.data(), nullptr);
    double sum = 0.;
    for (unsigned int k = 0; k < n_nodes(); ++k)
      sum += node_weights[k] * g[k] * g[k];
    return amplitude ? theta[0] * theta[0] * sum : sum;
  }

  ParticleNeuron particle_neuron() const override { return neuron; }

  void sample(CounterRandom &random, double *x, double &y) const override
  {
    draw(random, x, y);
    if (noise_deviation > 0.)
      y += noise_deviation * random.normal();
  }

  std::uint64_t data_set_size() const override
  {
    return data.finite() && data.equal_weights() && noise_deviation == 0. ? n_nodes() : 0;
  }

  void data_set_sample(std::uint64_t index, double *x, double &y) const override { data_set_row(index, x, y); }

  void refuse_passes() const override
  {
    if (data.finite() && !data.equal_weights())
      throw InputError(
        Refusal::unsupported, "Particles/Method",
        "multi-pass SGD visits all points of the data set equally often, but the points in section 'Data' do not "
        "weigh the same. Choose 'one-pass SGD', which draws them with their weights.");
    if (data.finite() && noise_deviation > 0.)
      throw InputError(
        Refusal::unsupported, "Target/Noise deviation",
        "multi-pass SGD visits the samples of the data set as they are and adds no label noise. Leave this at 0, "
        "or choose 'Particles/Method = one-pass SGD', which draws new noise for every sample.");
    LearningProblem::refuse_passes();
  }

  void sample_particle(CounterRandom &random, double *parameters) const override { law->sample(random, parameters); }

  void reduce(const double *parameters, double *theta) const override
  {
    std::copy(parameters, parameters + n_parameters(), theta);
  }

  std::string particle_risk_method() const override
  {
    if (n_test_samples > 0)
      return sampling_method(n_test_samples, standard_error);
    return data.finite() ? "all " + std::to_string(n_nodes()) + " data points" :
                           "quadrature with " + std::to_string(n_nodes()) + " nodes";
  }

  std::vector<double>      curve_inputs() const override { return data.dimension <= 2 ? data.nodes : std::vector<double>(); }
  std::vector<std::string> input_names() const override
  {
    if (!data.input_names.empty())
      return data.input_names;
    return data.dimension == 1 ? std::vector<std::string>{"x"} : std::vector<std::string>{"x1", "x2"};
  }
  std::string data_remark() const override { return data.remark; }
  std::string output_name() const override { return data.output_name.empty() ? "y" : data.output_name; }
  std::vector<std::pair<double, double>> input_scaling() const override
  {
    return data.input_scaling.empty() ? std::vector<std::pair<double, double>>(data.dimension, {0., 1.}) : data.input_scaling;
  }
  std::pair<double, double> output_scaling() const override { return data.output_scaling; }

private:
  double particle_risk(const double *parameters, std::uint64_t n_particles, MPI_Comm communicator) const override
  {
    if (!test_inputs)
      test_inputs = n_test_samples > 0 ? std::make_unique<SampleRisk>(neuron, n_test_samples, 1, seed,
                                                                      [&](unsigned int, CounterRandom &random, double *x,
                                                                          double &y) { draw(random, x, y); }) :
                                         std::make_unique<SampleRisk>(neuron, data.nodes, node_targets, node_weights);
    const SampleRisk::Estimate estimate = test_inputs->evaluate(*sigma, parameters, n_particles, communicator);
    standard_error                      = estimate.standard_error;
    return estimate.risk + 0.5 * noise;
  }

  /// A sample without label noise.
  void draw(CounterRandom &random, double *x, double &y) const
  {
    if (data.finite())
      return data_set_row(data.sample_node(random), x, y);
    data.sample(random, x);
    y = target(x);
  }

  /// Row `index` of a finite data set, without label noise.
  void data_set_row(std::uint64_t index, double *x, double &y) const
  {
    std::copy(&data.nodes[index * data.dimension], &data.nodes[index * data.dimension] + data.dimension, x);
    y = node_targets[index];
  }

  ParticleNeuron                      neuron;
  std::unique_ptr<const DataLaw>      law_of_inputs;
  const DataLaw                      &data; ///< the same
  std::vector<std::string>            names;
  kernel::NodeTable                   table;
  double                              noise_deviation;
  unsigned int                        n_test_samples;
  std::uint64_t                       seed;
  Target                              target;
  mutable std::unique_ptr<SampleRisk> test_inputs;         ///< the data nodes or a sample, when first needed
  mutable double                      standard_error = 0.; ///< of the last estimate from a sample
};
} // namespace

std::unique_ptr<LearningProblem> make_euclidean_problem(const ModelChoices &choices)
{
  return std::make_unique<EuclideanProblem>(choices);
}
} // namespace rhoflow
