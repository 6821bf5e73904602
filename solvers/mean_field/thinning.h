#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#include <solvers/model/learning_problem.h>

namespace rhoflow
{
class Progress;

/// The features at K data nodes, where K is large, from those at m ≪ K of them:
///   W g(ω) ≈ Q c(ω),     c(ω) = Pᵀ g_S(ω) ≈ Qᵀ W g(ω),
/// with orthonormal Q [K][n], whose last column is for the targets, and S the chosen nodes. The cost of making it grows like K,
/// and that of c(ω) does not depend on K.
///
/// 1. A sparse sign sketch shortens W g to a few hundred numbers (Clarkson, Woodruff, J. ACM 63, 2017). Pivoting among the
///    sketches of many features finds the points ω_1, ..., ω_r whose features span all others.
/// 2. Q is the orthonormalisation of the first n of these features. The triangular factor R of the sketches makes them well
///    conditioned, so that a Cholesky factorisation of their Gram matrix does the rest (Balabanov, Grigori, SIAM J. Sci.
///    Comput. 44, 2022).
/// 3. S are the pivots among the rows of W G R⁻¹, and as many more, drawn with the probabilities |(W G R⁻¹)_k|². Least squares
///    over S tell how g(ω) is a combination of g(ω_1), ..., g(ω_r), whose Qᵀ W g are known.
///
/// The error of c is of first order in what all r features miss, that of the kernel U ≈ c·c' of second order in what the first
/// n of them miss: r belongs to a tolerance that is the square of that of n.
class Thinning
{
public:
  /// `n` points ω [n][Dω], others in every round.
  using RandomPoints = std::function<std::vector<double>(std::uint64_t round, std::size_t n)>;

  /// `tolerance` of the kernel. `samples`: points ω [N][Dω] to look at first. `progress`, unless it is null, is told how far
  /// the work is.
  Thinning(const LearningProblem &problem, const std::vector<double> &samples, const RandomPoints &random_points,
           double tolerance, Progress *progress);

  /// n; 0 if all features are zero.
  std::size_t rank() const { return n; }
  /// ω_1, ..., ω_r, [r][Dω].
  const std::vector<double> &pivot_points() const { return pivots; }
  /// S.
  const std::vector<unsigned int> &nodes() const { return chosen; }
  /// Q, [K][padded n].
  const std::vector<double> &basis() const { return q; }
  /// P, [m][padded n].
  const std::vector<double> &interpolation() const { return p; }
  /// The row length of both.
  unsigned int padded_rank() const { return padding; }
  /// c at the points, [N][n].
  std::vector<double> coefficients(const std::vector<double> &points) const;

  /// Bytes at most while it is made for K nodes.
  static double memory(std::size_t n_nodes);

private:
  void find_pivots(const std::vector<double> &samples, const RandomPoints &random_points, double tolerance);
  void make_basis();
  void append_targets();
  void choose_nodes();
  void interpolate();
  /// The rows of W G R⁻¹ that belong to some nodes, [nodes][padded r].
  std::vector<double> rows_of_pivots(const std::vector<unsigned int> &nodes) const;
  /// W G for the features of the pivots, those of `chunk` pivots at once: `use`(first pivot, their number, rows [K][chunk], the
  /// same transposed [chunk][K]).
  void for_features_of_pivots(
    std::size_t                                                                                                    n_used,
    const std::function<void(std::size_t, std::size_t, const std::vector<double> &, const std::vector<double> &)> &use) const;

  const LearningProblem    &problem;
  std::size_t               n_nodes;
  std::function<void()>     tick;
  std::vector<double>       root; ///< √p_k
  std::size_t               n = 0, n_pivots = 0;
  unsigned int              padding = 0;
  std::vector<double>       pivots; ///< the points ω_1, ..., ω_r, [r][Dω]
  std::vector<double>       factor; ///< R, upper triangular, [r][r]
  std::vector<double>       q, p;
  std::vector<double>       of_pivots; ///< (Qᵀ W G)ᵀ, [padded r][padding]; used while the thinning is made
  std::vector<unsigned int> chosen;
  LearningProblem::Features features_of_chosen;
};
} // namespace rhoflow
