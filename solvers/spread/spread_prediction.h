#pragma once

#include <cstddef>
#include <vector>

#include <mpi.h>

#include <solvers/model/measure.h>

namespace rhoflow
{
class AdjointOperator;
class MeanField;
class Progress;

/// The variance of the risk of finite networks at one time: of M neurons, trained by SGD with the step α and B samples a step,
///   Var R_M ≈ (α/B) V_data + V_initial/M
/// to the first order in α/B and 1/M.
struct RiskVariance
{
  double time       = 0.;
  double of_data    = 0.; ///< V_data
  double of_initial = 0.; ///< V_initial
  /// C_data and C_initial of Cov m ≈ (α/B) C_data + C_initial/M for the moments m of the mean field, [modes][modes]. Empty
  /// without the second order.
  std::vector<double> data_covariance, initial_covariance;

  bool has_second_order() const { return !data_covariance.empty(); }
  /// Var R_M for α/B and 1/M. With the second order ½ tr(C²) is added, C = Cov m: near the minimum, where the residual
  /// vanishes, the square of the fluctuations is all that is left.
  double variance(double step_per_batch, double inverse_width) const;
};

/// How far the risks of finite networks are apart, from the density alone: the central limit theorem for the empirical measure
/// of the neurons, whose fluctuations have two sources, the samples of SGD and the neurons that are drawn at t = 0. For a
/// functional F of the predictions f_k = ∫ σ_k ρ at the time T let φ solve the adjoint equation (AdjointOperator) backwards
/// from φ_T = Σ_k ∂F/∂f_k σ_k. With the residuals r_k = f_k − y_k, the label noise s² = E Var(y|x) and a_k = Σ_i w_i
/// P_i·∇σ_k(X_i)
///   Var F = (α/B) ∫_0^T [Σ p_k (r_k² + s²) a_k² − (Σ p_k r_k a_k)²] dt + (1/M) [∫ φ_0² ρ_0 − (∫ φ_0 ρ_0)²].
/// For the risk ∂F/∂f_k = p_k r_k. (B. Gess, S. Kassing, V. Konarovskyi, J. Mach. Learn. Res. 25, 2024, for the fluctuations.)
///
/// Where a symmetry leaves fewer coordinates, (a, s, r) or r, φ stays invariant if F is, and the risk is: ∇φ·∇σ(x; ·) averaged
/// over an invariant ρ is ∇φ·∇σ̄ with the reduced feature σ̄, a function of the reduced data node, and so is the residual. Hence
/// the formula holds with the reduced nodes. The second order needs functionals that are not invariant, and does not.
///
/// The forward run keeps the points of all steps, of more than 5000 points those of every 16th step and of the output times.
/// The backward sweep goes through them from the last to the first and takes the steps between two of them again. From the end
/// of each step back to its beginning it integrates points, adjoints and the time integral together by AdaptiveRungeKutta, so
/// that its tolerance bounds the local error of all of them. Every step begins with the points as the forward run left them,
/// since backwards small differences would grow. The functionals of all output times share the sweep, each from its time on.
class SpreadPrediction
{
public:
  struct Options
  {
    double tolerance    = 1e-8; ///< local error of points and adjoints, relative to max(1, size); adjoints are normalised
    bool   second_order = false;
  };

  /// `law`: points of ρ_0, the same on every rank. `times`: increasing, from 0 on. The problem must have curvature().
  /// `progress`, unless null, is told how far the work is. Throws RunError where the time steps become too small. Collective.
  SpreadPrediction(const MeanField &mean_field, const Measure &law, const std::vector<double> &times, const Options &options,
                   MPI_Comm communicator, Progress *progress = nullptr);

  const std::vector<RiskVariance> &all() const { return variances; }
  /// At one of the times. Throws std::out_of_range for others.
  const RiskVariance &at(double time) const;

  /// Bytes on a rank with `n_points` of the points.
  static double memory(const MeanField &mean_field, double n_points, std::size_t n_times, bool second_order);

private:
  std::vector<RiskVariance> variances;
};
} // namespace rhoflow
