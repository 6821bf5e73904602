#pragma once

#include <vector>

namespace rhoflow
{
class MeanField;

/// The function f(x; ρ) = ∫ a g(x; ω) ρ at inputs x that are no data nodes, from the moments m of a mean field alone: with the
/// coefficients B of least squares in g(x_i; ω) ≈ Σ_j B_ij χ_j(ω) over the domain of ω it is f(x_i) ≈ Σ_j B_ij m_j, and the
/// error is at most max_ω |g − B χ| ∫ |a| ρ, whatever ρ is. Features are smooth in x, so that those at many nodes tell what
/// they are between them; how well is measured.
class InputMap
{
public:
  /// `inputs` as in LearningProblem::features_at(); `samples`, `checks` [n][Dω]: points ω for the fit and for the error.
  InputMap(const MeanField &field, const std::vector<double> &inputs, const std::vector<double> &samples,
           const std::vector<double> &checks);

  /// max_ω |g − B χ| over the points of the check, for each input, relative to the largest |g| of all.
  const std::vector<double> &errors() const { return measured_errors; }
  /// Above it a map would mislead: a picture shows a hundredth of its range.
  static constexpr double largest_error = 0.005;
  /// The part of the inputs that are below it: those far from all nodes are not.
  double covered() const;

  /// f(x_i; ρ), NaN where the error is too large.
  std::vector<double> prediction(const std::vector<double> &moments) const;

private:
  double value(std::size_t input, const std::vector<double> &moments) const;

  std::size_t         n_inputs, mode_count;
  std::vector<double> coefficients; ///< B, [inputs][n]
  std::vector<double> measured_errors;
};
} // namespace rhoflow
