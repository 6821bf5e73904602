#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <solvers/base/parameters/snapshot_parameters.h>
#include <solvers/particles/trained_layers.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;
struct Unread;

/// Section "Particles": the finite network and how it is trained.
struct ParticleParameters
{
  enum class Method
  {
    one_pass_sgd,     ///< every step draws new samples of the data law
    multi_pass_sgd,   ///< every step takes samples of a finite data set
    gradient_descent, ///< θ_j ← θ_j − η ∇Ψ_λ(θ_j; ρ_M)
    gradient_flow     ///< θ_j' = −∇Ψ_λ(θ_j; ρ_M), the limit of small steps
  };
  enum class Sampling
  {
    with_replacement,
    without_replacement ///< a new order of the whole data set in every epoch
  };
  enum class Scaling
  {
    mean_field, ///< f = (1/M) Σ_j σ*
    lazy        ///< f = M^{−1/2} Σ_j σ*
  };
  enum class Precision
  {
    double_precision,
    single_precision
  };
  enum class Reporting
  {
    automatic, ///< for the lazy scaling
    yes,
    no
  };
  enum class Writing
  {
    none,
    first_replica,
    all_replicas
  };

  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  /// Throws InputError for choices that contradict each other.
  void parse(const dealii::ParameterHandler &prm);

  /// Those that the method does not read. `alone`: networks without a density beside them.
  static std::vector<Unread> unread(dealii::ParameterHandler &prm, bool alone);

  /// Number of steps up to `time`. Throws InputError of "Particles/Step size" unless `time` is a multiple of the step size.
  std::uint64_t steps_until(double time) const;
  /// Checks every output time (gradient flow takes any).
  void check_output_times(const std::vector<double> &times) const;
  /// Throws InputError if a step up to the last of `times` is so long that weight decay, θ ← (1 − ηλ) θ, makes parameters grow.
  void check_weight_decay(double weight_decay, const std::vector<double> &times) const;

  static std::string method_name(Method method);
  /// Samples instead of the population's gradient.
  bool stochastic_gradient() const { return method == Method::one_pass_sgd || method == Method::multi_pass_sgd; }
  bool constant_step() const { return schedule == "1"; }
  bool reports_tangent_kernel() const
  {
    return tangent_kernel == Reporting::yes || (tangent_kernel == Reporting::automatic && scaling == Scaling::lazy);
  }
  /// α of f = (α/M) Σ_j σ*: 1 or √M.
  double output_factor() const;

  std::uint64_t      n_neurons             = 1000; ///< M
  unsigned int       n_replicas            = 8;    ///< independent networks
  Method             method                = Method::one_pass_sgd;
  double             step_size             = 1e-3; ///< η; t = η × number of steps
  std::string        schedule              = "1";  ///< ξ(t): step k has the length η ξ(t_k), and t is their sum
  unsigned int       batch_size            = 1;    ///< samples a step
  Sampling           sampling              = Sampling::without_replacement;
  TrainedLayers      layers                = TrainedLayers::both;
  Scaling            scaling               = Scaling::mean_field;
  Precision          precision             = Precision::double_precision;
  unsigned int       ranks_per_network     = 0;    ///< 0: as many as there are ranks for, if the network is large enough
  double             flow_tolerance        = 1e-8; ///< local error of the gradient flow, relative and absolute
  Reporting          tangent_kernel        = Reporting::automatic;
  unsigned int       tangent_kernel_points = 64; ///< P
  Writing            writing               = Writing::first_replica;
  SnapshotParameters snapshots;
  bool               write_parameters = false; ///< all n parameters of a neuron, not only the reduced coordinates
  /// β of the noise, which is `Inverse temperature` in section "Mean field": set by who reads that section. Infinite: none.
  double inverse_temperature = std::numeric_limits<double>::infinity();
  /// The noise of a step is put together from that of so many steps of a network whose steps are so many times smaller: both
  /// then follow one Brownian path, and their difference is that of the steps.
  unsigned int noise_parts = 1;
};
} // namespace rhoflow
