#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/model/activation/activation.h>
#include <solvers/model/initial_law.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class CounterRandom;
class Progress;
struct Unread;

/// The finite network's neuron, as particles move it: θ ∈ R^n with n = n_parameters().
struct ParticleNeuron
{
  enum class Type
  {
    linear,         ///< θ·x                 θ ∈ R^d
    ridge,          ///< σ(w·x)              θ = w ∈ R^d
    weighted_ridge, ///< a σ(w·x)            θ = (a, w) ∈ R^{1+d}
    biased_ridge,   ///< a σ(w·x + b)        θ = (a, w, b) ∈ R^{2+d}
    bump,           ///< σ(|x − θ|/δ)        θ ∈ R^d
    landscape       ///< no neuron: a walker in an external potential L(θ), θ ∈ R^d
  };
  Type         type;
  unsigned int input_dimension; ///< d; of a landscape the number of its coordinates
  double       bump_width = 1.; ///< δ

  unsigned int n_parameters() const;
};

/// What is learned, for which both worlds have a view:
///
/// *The mesh's view* (reduced by symmetry where there is one): θ ∈ R^D, D ≤ 3, and data nodes k = 1..K with weights p_k,
/// targets y_k and features σ*(x_k; θ), such that
///   R(ρ) = ½ Σ_k p_k (y_k − f_k)² + ½ noise variance,  f_k = ∫ σ*_k ρ,   Ψ(θ; ρ) = Σ_k p_k (f_k − y_k) σ*_k(θ).
/// If has_outer_weight(), θ = (a, ω) and σ*_k(θ) = a g_k(ω), ω ∈ R^{D−1}; otherwise ω = θ and σ*_k = g_k.
///
/// *The particles' view*: neurons in R^n (n = d + 1 for the single neuron in R^d), samples (x, y) of the data law.
///
/// *A landscape* has no data (K = 0) but an external potential L(θ): R(ρ) = ∫ L ρ and Ψ = L whatever ρ is, so that particles do
/// not interact. Plain SGD with step η and batches of b samples, seen as dθ = −∇L dt + √ε dW with ε = η/b, is of this kind with
/// 1/β = ε/2, and rests at the Gibbs density exp(−2L/ε)/Z.
class LearningProblem
{
public:
  virtual ~LearningProblem() = default;

  // ---- the mesh's view
  /// D.
  virtual unsigned int             n_parameters() const     = 0;
  virtual std::vector<std::string> parameter_names() const  = 0;
  virtual bool                     has_outer_weight() const = 0;
  /// Number of coordinates of ω: D or D − 1.
  unsigned int n_feature_parameters() const { return n_parameters() - (has_outer_weight() ? 1 : 0); }

  /// K, p_k (sum one) and y_k.
  unsigned int               n_nodes() const { return static_cast<unsigned int>(node_weights.size()); }
  const std::vector<double> &weights() const { return node_weights; }
  const std::vector<double> &targets() const { return node_targets; }
  /// E Var(y | x): twice the irreducible risk.
  double noise_variance() const { return noise; }

  /// g_k at n points ω (`omega` [n][Dω]): `values` [n][K] and, unless null, `gradients` [n][Dω][K]. Row-major, no aliasing.
  /// Bitwise the same for a point whatever n and its position.
  virtual void features(unsigned int n, const double *omega, double *values, double *gradients) const = 0;

  /// Whether g_k has two continuous derivatives, which features_to_second_order() gives.
  virtual bool twice_differentiable() const { return false; }
  /// features() and ∂²g_k/∂ω_c∂ω_e: `hessians` [n][pairs][K] for the pairs c ≤ e, those of c = 0 first. For problems that are
  /// twice_differentiable(); throws std::logic_error for others.
  virtual void features_to_second_order(unsigned int n, const double *omega, double *values, double *gradients,
                                        double *hessians) const;

  /// What features() gives: the arguments are the same.
  using Features = std::function<void(unsigned int n, const double *omega, double *values, double *gradients)>;
  /// features() at the nodes `chosen` alone, `values` [n][chosen] and `gradients` [n][Dω][chosen], as long as the problem
  /// lives.
  virtual Features features_of(const std::vector<unsigned int> &chosen) const;

  /// Why features have no second derivatives; empty if they have.
  virtual std::string missing_curvature() const;
  /// Σ_k c_k ∂²g_k/∂ω_i∂ω_j for `coefficients` c [K] at n points ω, `result` [n][Dω][Dω]. Bitwise the same for a point whatever
  /// n and its position. Throws std::logic_error where they are missing.
  virtual void curvature(unsigned int n, const double *omega, const std::vector<double> &coefficients, double *result) const;

  /// U(θ, θ) of one neuron, in the particles' space (for the single neuron: a² E σ(w·x)², not the kernel of averaged features).
  /// `theta` [D]. Used by the static lemma.
  virtual double self_kernel(const double *theta) const = 0;

  // ---- an external potential, in both views
  /// Whether R has the term ∫ L ρ. Neurons of such a problem are not linear in their first parameter.
  virtual bool has_external_potential() const { return false; }
  /// L(θ), `theta` [D]; 0 if there is none.
  virtual double external_potential(const double *theta) const;
  /// ∇L(θ), `gradient` [D]; zeros if there is none.
  virtual void external_gradient(const double *theta, double *gradient) const;
  /// |θ_i| up to which external_gradient() has digits.
  virtual double external_reach() const { return std::numeric_limits<double>::infinity(); }

  // ---- the initial law in both views
  /// ρ_0 on R^D.
  const InitialLaw &initial_law() const { return *law; }

  // ---- the particles' view
  virtual ParticleNeuron particle_neuron() const = 0;
  const Activation      &activation() const { return *sigma; }

  /// Draws x [d] and y (label noise included) from the data law.
  virtual void sample(CounterRandom &random, double *x, double &y) const = 0;
  /// A finite data set (CSV, discrete law with equal weights, no label noise): its size, and sample i; 0 if the law has more
  /// than that.
  virtual std::uint64_t data_set_size() const { return 0; }
  virtual void          data_set_sample(std::uint64_t index, double *x, double &y) const;
  /// For methods that pass through a data set where there is none: throws InputError with the reason.
  [[noreturn]] virtual void refuse_passes() const;

  /// How the data file was read, if that is worth telling; empty otherwise.
  virtual std::string data_remark() const { return ""; }
  /// Tells it.
  void announce(Progress &progress) const;

  /// Draws the parameters [n] of one particle from ρ_0 (for the single neuron: a rotation-invariant w ∈ R^d).
  virtual void sample_particle(CounterRandom &random, double *parameters) const = 0;
  /// The coordinates of a particle on the mesh, (a, w) → (a, s, r) for the single neuron; the identity otherwise.
  virtual void reduce(const double *parameters, double *theta) const = 0;

  /// R of the finite network with M neurons, parameters [M][n], irreducible risk included: exact (closed form, series to 1e-11
  /// or the same nodes as the mesh's view) unless the user asked for test samples. Collective over `communicator`, whose ranks
  /// train one network together and all hold all of its parameters: they share the work. Bitwise the same for any number of
  /// ranks.
  virtual double particle_risk(const double *parameters, std::uint64_t n_particles,
                               MPI_Comm communicator = MPI_COMM_SELF) const = 0;
  /// Pairs of neurons that particle_risk() sums over, where its cost grows with M²; else 0.
  virtual double risk_pairs(std::uint64_t /*n_particles*/) const { return 0.; }
  /// How particle_risk() is computed, for the report ("closed form", "quadrature with 133 nodes", "20000 test samples, standard
  /// error 0.0012", that of the last network).
  virtual std::string particle_risk_method() const = 0;

  // ---- for regression over one or two inputs: the fitted function
  /// Data nodes over which the function can be drawn, [K][number of input_names()]; empty otherwise.
  virtual std::vector<double>      curve_inputs() const { return {}; }
  virtual std::vector<std::string> input_names() const { return {"x"}; }
  virtual std::string              output_name() const { return "y"; }
  /// {m, c}: curve_inputs() and targets() are standardised, the value in the file's units is m + c × value; of every input.
  virtual std::vector<std::pair<double, double>> input_scaling() const { return {{0., 1.}}; }
  virtual std::pair<double, double>              output_scaling() const { return {0., 1.}; }
  /// Where the function over two inputs is drawn between and around the nodes: a regular grid of map_side × map_side points on
  /// the box that holds 99.8 % of the weight along each input, and a tenth more; the first input runs fastest. [points][2];
  /// empty for other numbers of inputs.
  std::vector<double>           map_inputs() const;
  static constexpr unsigned int map_side = 41;
  /// features() at inputs `x` [K'][number of input_names()] in place of the nodes: `values` [n][K']. For problems with
  /// curve_inputs() only.
  virtual void features_at(const std::vector<double> &x, unsigned int n, const double *omega, double *values) const;

protected:
  std::vector<double>         node_weights;
  std::vector<double>         node_targets;
  double                      noise = 0.;
  std::unique_ptr<InitialLaw> law;
  std::unique_ptr<Activation> sigma;
};

/// Parameters of the sections "Learning problem", "Landscape", "Data", "Target" and "Initial law".
struct ModelParameters
{
  static void declare(dealii::ParameterHandler &prm);

  /// Paths of the parameters that name files which make_learning_problem() reads.
  static std::vector<std::string> input_file_parameters(const dealii::ParameterHandler &prm);

  /// Those that other choices among them leave without effect, where that is no mistake.
  static std::vector<Unread> unread(dealii::ParameterHandler &prm);
};

/// Builds the learning problem that the parameters describe; `lower`, `upper`: the box of the domain (for `expression` initial
/// laws, and where a landscape must be finite). `seed` enters random teachers. Throws InputError with the parameter's path.
std::unique_ptr<LearningProblem> make_learning_problem(dealii::ParameterHandler &prm, const std::vector<double> &lower,
                                                       const std::vector<double> &upper, std::uint64_t seed);

/// For solvers that need a network: throws InputError if the problem is a landscape.
void refuse_landscape(const LearningProblem &problem, const std::string &solver);
} // namespace rhoflow
