#pragma once

#include <vector>

namespace rhoflow
{
class MeanField;

/// A point of moment space with what was integrated there: the densities ρ_e = exp(−β Ψ_e)/Z(e).
struct DualState
{
  double              beta;
  std::vector<double> e;             ///< [n]
  double              log_partition; ///< log Z
  double              dual;          ///< D(e)
  std::vector<double> moments;       ///< m(ρ_e), [n]
  std::vector<double> gradient;      ///< D'(e), [n]
  std::vector<double> covariance;    ///< of a χ_j under ρ_e, [n][n]; empty unless asked for
};

/// The concave dual of the free energy by some quadrature,
///   min_ρ F(ρ) = max_e D(e),   D(e) = R_0 − ½ |e|² − c·e − (1/β) log Z(e),   D' = m(ρ_e) − c − e,   D'' = −1 − β Cov_{ρ_e}.
class Dual
{
public:
  virtual ~Dual() = default;

  virtual const MeanField &mean_field() const = 0;
  /// Collective.
  virtual DualState evaluate(const std::vector<double> &e, double beta, bool with_covariance) const = 0;
};
} // namespace rhoflow
