#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/parameters/choices.h>
#include <solvers/model/activation/activation.h>
#include <solvers/model/data_law_info.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class LearningProblem;
class ParameterBinding;

/// What Learning problem/Neuron can be.
enum class NeuronKind
{
  linear,
  ridge,
  weighted_ridge,
  biased_ridge,
  bump,
  single_neuron,
  isotropic,
  landscape
};
const Choices<NeuronKind> &neuron_choices();

/// What Target/Type can be.
enum class TargetKind
{
  automatic,
  expression,
  teachers,
  random_teachers
};
const Choices<TargetKind> &target_choices();

/// What Data/Quadrature rule can be.
enum class QuadratureChoice
{
  automatic,
  gauss,
  trapezoidal
};

/// The parameters of the sections "Learning problem", "Landscape", "Data", "Target" and "Initial law" as the user gave them.
struct ModelChoices
{
  void bind(ParameterBinding &p);
  void parse(const dealii::ParameterHandler &prm);

  // Learning problem
  NeuronKind                             neuron          = NeuronKind::single_neuron;
  double                                 input_dimension = 0.; ///< 0: automatic; may be infinite
  Activation::Kind                       activation      = Activation::Kind::erf;
  std::vector<std::pair<double, double>> activation_nodes{{0.5, -2.5}, {1.5, 7.5}}; ///< t, σ(t)
  double                                 bump_width   = 1.;
  unsigned int                           test_samples = 0; ///< 0: the risk of finite networks is exact

  // Landscape
  std::string              landscape_function;
  std::vector<std::string> landscape_coordinates{"x"};

  // Data
  DataLawKind              data_law           = DataLawKind::gaussian;
  double                   standard_deviation = 1.;
  std::vector<double>      lower_corner{-1.}, upper_corner{1.};
  std::string              points;
  double                   blob_deviation = 0.;
  std::string              csv_file;          ///< as given
  std::string              input_column_list; ///< as given; name_columns() makes the names of it
  std::vector<std::string> input_columns;
  std::string              output_column;
  bool                     standardise    = false;
  double                   class_contrast = 0.8;
  /// The numbers that the user gave, if any, and those that are used: DataNodes chooses.
  std::optional<unsigned int> given_quadrature_nodes, given_radial_nodes, given_angular_nodes;
  unsigned int                quadrature_nodes = 28, radial_nodes = 6, angular_nodes = 10;
  /// Gaussian laws by Gauss-Hermite's or by the trapezoidal rule, which is for steep neurons.
  QuadratureChoice given_rule  = QuadratureChoice::automatic;
  bool             trapezoidal = false;

  // Target
  TargetKind   target            = TargetKind::automatic;
  std::string  target_activation = "same"; ///< or a name
  std::string  target_expression = "0";
  std::string  teachers;
  std::string  teacher_law     = "gaussian_neurons(1)";
  unsigned int n_teachers      = 1;
  double       noise_deviation = 0.;

  // Initial law
  std::string initial_law = "normal(0, 1), gaussian_neurons(1)";

  // from the caller
  std::vector<double> lower, upper; ///< the domain
  std::uint64_t       seed = 1;

  const std::string &neuron_name() const { return neuron_choices().name(neuron); }
  Activation         make_activation() const { return Activation(activation, activation_nodes); }
  /// σ of the target.
  Activation make_target_activation() const;
  /// The input dimension, or `automatic` where the user gave none. Throws InputError outside [lowest, highest] or if infinite.
  unsigned int finite_input_dimension(unsigned int automatic, unsigned int lowest, unsigned int highest,
                                      const std::string &reason) const;
};

/// `text` with every `gaussian_neurons(γ)` replaced by the factors that the law N(0, γ²/d I) of a weight vector w ∈ R^d has in
/// the coordinates of the mesh: s, r of the single neuron, r of the isotropic problem, or all d components.
std::string expand_gaussian_neurons(const std::string &text, NeuronKind neuron, double input_dimension);

/// Reads the sections, and the header of a data file. `lower`, `upper`: the box of the domain (for `expression` initial laws,
/// and where a landscape must be finite), empty where it is not known. Throws InputError with the parameter's path.
ModelChoices read_model_choices(dealii::ParameterHandler &prm, const std::vector<double> &lower,
                                const std::vector<double> &upper, std::uint64_t seed);

/// One of those below. Throws InputError.
std::unique_ptr<LearningProblem> make_problem(const ModelChoices &choices);

std::unique_ptr<LearningProblem> make_euclidean_problem(const ModelChoices &choices);
std::unique_ptr<LearningProblem> make_single_neuron_problem(const ModelChoices &choices);
std::unique_ptr<LearningProblem> make_isotropic_problem(const ModelChoices &choices);
std::unique_ptr<LearningProblem> make_landscape_problem(const ModelChoices &choices);
} // namespace rhoflow
