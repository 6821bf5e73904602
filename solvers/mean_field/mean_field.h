#pragma once

#include <cstdint>
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
class InputMap;
class LearningProblem;

/// Section "Mean field".
struct MeanFieldParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        parse(dealii::ParameterHandler &prm);

  double tolerance = 1e-10;    ///< of the kernel, by the truncated SVD of the features; 0: no compression
  double weight_decay = 0.;    ///< λ of Ψ_λ = Ψ + (λ/2)|θ|²
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
  /// `lower`, `upper`: the domain of ω, [Dω], on which the error of the compression is bounded.
  /// Bytes at most while it is made for K data nodes.
  static double memory(std::size_t n_nodes, const MeanFieldParameters &parameters);

  MeanField(const LearningProblem &problem, const std::vector<double> &lower, const std::vector<double> &upper,
            const MeanFieldParameters &parameters);
  ~MeanField();

  /// n.
  unsigned int n_modes() const { return rank; }
  /// Dω.
  unsigned int n_feature_parameters() const { return n_omega; }
  /// The error of the compressed kernel, max |U(θ,θ') − χ·χ'| / max U ≤ (max |W g − Q χ| / max |W g|)², measured at points that
  /// the SVD did not see. The targets are in the span of Q, so that V = −cᵀχ is exact.
  double compression_error() const { return measured_error; }
  double weight_decay() const { return lambda; }
  /// The first modes are needed in double precision; the others are so small on the domain that single precision changes the
  /// kernel and V by less than the tolerance of the compression.
  unsigned int n_double_modes() const { return double_modes; }

  /// χ_j at `count` points ω [count][Dω]: `values` [count][n] and, unless null, `gradients` [count][Dω][n].
  /// Bitwise the same for a point whatever `count` and its position.
  void modes(unsigned int count, const double *omega, double *values, double *gradients) const;

  /// e = m − c.
  std::vector<double> residual(const std::vector<double> &moments) const;
  /// R(ρ), irreducible risk included; of an external potential nothing.
  double risk(const std::vector<double> &moments) const;
  /// R(ρ) − ½ E Var(y | x).
  double excess_risk(const std::vector<double> &moments) const;
  /// f(x_k; ρ) at the data nodes, [K].
  std::vector<double> prediction(const std::vector<double> &moments) const;
  /// f(x; ρ) at LearningProblem::map_inputs(), NaN where the modes do not tell it; empty if there are no such inputs, or if that
  /// is so nearly everywhere (few data).
  std::vector<double> map_prediction(const std::vector<double> &moments) const;

  const LearningProblem &learning_problem() const { return problem; }

private:
  const LearningProblem &problem;
  unsigned int           rank  = 0;
  unsigned int           n_omega;
  double                 lambda;
  double                 measured_error = 0.;
  unsigned int           padded_rank = 0;
  std::vector<double>    basis;        ///< W Q, [K][padded n]
  std::vector<double>    inverse_root; ///< 1/√p_k
  std::vector<double>    target; ///< c, [n]
  double                 perpendicular_risk = 0.;
  unsigned int           double_modes       = 0;

  std::unique_ptr<InputMap> map; ///< null unless the function can be mapped

  void find_double_modes(const std::vector<double> &points, double tolerance);
};
} // namespace rhoflow
