#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class Compression;
class InputMap;
class LearningProblem;
class ParameterBinding;
class Progress;

/// Section "Mean field".
struct MeanFieldParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);

  double tolerance           = 1e-10; ///< of the kernel, by the truncated SVD of the features; 0: no compression
  double weight_decay        = 0.;    ///< λ of Ψ_λ = Ψ + (λ/2)|θ|²
  double inverse_temperature = std::numeric_limits<double>::infinity(); ///< β of the entropy (1/β) ∫ ρ log ρ; infinite: none

  /// For solvers of the equation without entropy: throws InputError if β is finite.
  void refuse_entropy(const std::string &solver) const;
};

/// The nonlocal coupling in moment space. With W = diag(√p_k) and the truncated SVD W g(ω) ≈ Q χ(ω) of the features on the
/// domain (and W y in the span of Q), everything that a density or a particle ensemble must tell is the vector of n moments
///   m_j = ∫ a χ_j(ω) ρ(dθ)        (a = 1 unless the neuron is linear in its first parameter),
/// and everything it must know is the residual e = m − c:
///   R = R_perp + ½ |m − c|²,     Ψ(θ) = a Σ_j e_j χ_j(ω),     c = Qᵀ W y,   R_perp = ½ |(I − Q Qᵀ) W y|² + ½ noise variance.
/// Without data nodes (a landscape) there are no moments, and R = 0, Ψ = 0: what an external potential L adds, ∫ L ρ and L(θ),
/// is up to the solvers.
class MeanField
{
public:
  /// Bytes at most while it is made.
  static double memory(const LearningProblem &problem, const MeanFieldParameters &parameters);
  /// Whether making it may take longer than a user waits without a word.
  static bool takes_long(const LearningProblem &problem);

  /// `lower`, `upper`: the domain of ω, [Dω], on which the error of the compression is bounded. `progress`, unless it is null,
  /// is told how far the work is.
  MeanField(const LearningProblem &problem, const std::vector<double> &lower, const std::vector<double> &upper,
            const MeanFieldParameters &parameters, Progress *progress = nullptr);
  ~MeanField();

  /// n.
  unsigned int n_modes() const { return mode_count; }
  /// Dω.
  unsigned int n_feature_parameters() const { return n_omega; }
  /// The error of the compressed kernel, max |U(θ,θ') − χ·χ'| / max U ≤ (max |W g − Q χ| / max |W g|)², measured at points that
  /// the SVD did not see. The targets are in the span of Q, so that V = −cᵀχ is exact. With thinned() nodes the error of χ is
  /// part of it, and V has errors of this size, relative to max √U · |W y|.
  double compression_error() const { return measured_error; }
  /// Whether the modes come from the features at a few of the nodes only. So it is where there are many nodes, and then the
  /// cost of modes() does not depend on their number.
  bool   thinned() const { return !thinned_basis.empty(); }
  double weight_decay() const { return lambda; }
  /// The first modes are needed in double precision; the others are so small on the domain that single precision changes the
  /// kernel and V by less than the tolerance of the compression.
  unsigned int n_double_modes() const { return double_modes; }

  /// χ_j at `count` points ω [count][Dω]: `values` [count][n] and, unless null, `gradients` [count][Dω][n].
  /// Bitwise the same for a point whatever `count` and its position.
  void modes(unsigned int count, const double *omega, double *values, double *gradients) const;

  /// Second derivatives of Σ_j e_j χ_j for `coefficients` e [n] at `count` points ω, `result` [count][Dω][Dω], from all data
  /// nodes; as LearningProblem::curvature().
  void curvature(unsigned int count, const double *omega, const std::vector<double> &coefficients, double *result) const;
  /// The same and ∂²χ_j/∂ω_c∂ω_e, `hessians` [count][pairs][n] for the pairs c ≤ e, those of c = 0 first. Throws
  /// std::logic_error if the modes are thinned() or the problem is not twice_differentiable().
  void modes_to_second_order(unsigned int count, const double *omega, double *values, double *gradients,
                             double *hessians) const;

  /// e = m − c.
  std::vector<double> residual(const std::vector<double> &moments) const;
  /// R(ρ), irreducible risk included; of an external potential nothing.
  double risk(const std::vector<double> &moments) const;
  /// R(ρ) − ½ E Var(y | x).
  double excess_risk(const std::vector<double> &moments) const;
  /// f(x_k; ρ) at the data nodes, [K].
  std::vector<double> prediction(const std::vector<double> &moments) const;
  /// Qᵀ W⁻¹ c, [n], for c [K]: Σ_k c_k σ*(x_k; θ) = a Σ_j (Qᵀ W⁻¹ c)_j χ_j(ω), up to the error of the compression. The
  /// transpose of prediction().
  std::vector<double> in_modes(const std::vector<double> &c) const;
  /// f(x; ρ) at LearningProblem::map_inputs(), NaN where the modes do not tell it; empty if there are no such inputs, or if
  /// that is so nearly everywhere (few data).
  std::vector<double> map_prediction(const std::vector<double> &moments) const;

  const LearningProblem &learning_problem() const { return problem; }

private:
  const LearningProblem &problem;
  unsigned int           mode_count = 0;
  unsigned int           n_omega;
  double                 lambda;
  double                 measured_error = 0.;
  unsigned int           padded_rank    = 0;
  std::vector<double>    basis;         ///< W Q, [K][padded n]
  std::vector<double>    thinned_basis; ///< the same for the nodes of thinned_features, [m][padded n]; empty: all nodes
  std::size_t            n_thinned = 0; ///< m
  std::vector<double>    root;          ///< √p_k
  std::vector<double>    target;        ///< c, [n]
  double                 perpendicular_risk = 0.;
  unsigned int           double_modes       = 0;

  std::function<void(unsigned int, const double *, double *, double *)> thinned_features; ///< LearningProblem::features_of()

  std::unique_ptr<InputMap> map; ///< null unless the function can be mapped

  using FeatureVectors = std::function<std::vector<double>(const std::vector<double> &points)>;
  /// Compresses the vectors of features at the samples and at random points of the domain, until the relative error at others,
  /// which is returned, is below the tolerance.
  static double find_basis(const std::vector<double> &lower, const std::vector<double> &upper,
                           const std::vector<double> &samples, const FeatureVectors &vectors, Compression &compression,
                           Progress *progress);
  /// Makes the modes from all nodes.
  void compress(const std::vector<double> &lower, const std::vector<double> &upper, double tolerance, Progress *progress);
  /// Makes the modes from a few of the nodes. Returns whether the error is small enough, or as small as it gets.
  bool find_thinning(const std::vector<double> &lower, const std::vector<double> &upper, double tolerance, Progress *progress);
  /// One attempt at it, which aims at the tolerance. Returns whether there is anything to choose from.
  bool   thin(const std::vector<double> &lower, const std::vector<double> &upper, double tolerance, Progress *progress);
  double error_of_thinning(const std::vector<double> &points) const;
  void   find_double_modes(const std::vector<double> &points, double tolerance);
};
} // namespace rhoflow
