#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <mpi.h>

#include <solvers/common_noise/sgd_field.h>
#include <solvers/model/measure.h>

namespace rhoflow
{
class LearningProblem;

/// The velocities of the points of an empirical measure ν = Σ_i w_i δ_{θ_i} in the field of SGD (SgdField), with all data
/// nodes. Points are dealt to the ranks and summed as those of CharacteristicsOperator, which gives the law: the same bits on
/// any number of ranks. The states of many paths may be handed in one after the other; nothing of one is kept for the next.
class NoisyPoints
{
public:
  using State = std::vector<double>; ///< this rank's points, [n][D]; what is behind them has no meaning and no velocity

  /// `mine`: this rank's share of the law, whole groups of 32 points but for the last. All references live longer.
  NoisyPoints(const LearningProblem &problem, const SgdField &field, const Measure &mine, MPI_Comm communicator);

  /// −∇Φ at the points. Collective.
  void drift(const State &points, State &rate);
  /// The velocity in pseudo-time 1 of the noise of an increment, −∇Σ_l √(α/B) √p_l (r_l ΔB̃_l + s ΔB'_l) σ_l, with the residuals
  /// of these points. Collective.
  void noise(const State &points, const NoiseIncrement &increment, State &rate);

  /// f_l(ν), [K], the same on every rank. Collective.
  std::vector<double> prediction(const State &points);
  /// The same and κ_l = ∫ |∇σ_l|² dν, [2][K]. Collective.
  std::vector<double> prediction_and_kernel(const State &points);
  /// (K c)_l = ⟨∇σ_l·∇Σ_m c_m σ_m, ν⟩ with the points of the last call of the function before. Collective.
  std::vector<double> kernel_times(const std::vector<double> &c);

  MPI_Comm       communicator() const { return comm; }
  const Measure &law() const { return mine; }

private:
  enum class Order
  {
    values,
    gradients,
    second
  };
  void evaluate(const State &points, Order order);
  /// Σ_i w_i row(i) over all ranks; `row(i, out)` adds to nothing: it fills `columns` numbers.
  std::vector<double> integrals(std::size_t columns, const std::function<void(std::size_t, double *)> &row);
  std::vector<double> sum_of_features();
  /// ∇Σ_l c_l σ_l at point i, [D].
  void gradient(std::size_t i, const std::vector<double> &c, double *result) const;
  /// q_l at point i times `factor`, added to `sums` [K].
  void add_squares(std::size_t i, double factor, double *sums) const;
  /// ∇σ_l·direction at point i, added to `sums` [K].
  void add_slopes(std::size_t i, const double *direction, double *sums) const;

  const LearningProblem &problem;
  const SgdField        &field;
  const Measure         &mine;
  MPI_Comm               comm;
  std::size_t            K, D, n_omega, n_pairs, first; ///< first: 1 where θ = (a, ω)
  const double          *theta = nullptr;               ///< of the last evaluate(), [n][D]
  std::vector<double>    omega;                         ///< [n][Dω]
  std::vector<double>    g, dg, ddg;                    ///< [n][K], [n][Dω][K], [n][pairs][K]
};
} // namespace rhoflow
