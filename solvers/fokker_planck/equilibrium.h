#pragma once

#include <vector>

#include <solvers/boltzmann/dual.h>

namespace rhoflow
{
class NodalPotential;
class NodalSpace;
struct BoltzmannSolution;

/// The dual of the free energy with the nodes and the lumped weights of a continuous space as its quadrature: its maximum
/// belongs to the density at which the fitted scheme rests, to round-off.
class NodalDual : public Dual
{
public:
  NodalDual(const NodalPotential &potential, const NodalSpace &space)
    : field(potential)
    , nodes(space)
  {}

  const MeanField &mean_field() const override;
  /// `beta` must be that of the potential. Collective.
  DualState evaluate(const std::vector<double> &e, double beta, bool with_covariance) const override;

  /// exp(−Φ)/Z at the owned nodes, of Σ M p = 1, and log Z with respect to dθ. Collective.
  std::vector<double> boltzmann_density(const std::vector<double> &e, double &log_partition) const;

private:
  const NodalPotential &field;
  const NodalSpace     &nodes;
};

/// Where the fitted scheme comes to rest.
struct Equilibrium
{
  /// From the first guess `e`. Throws RunError if Newton's method fails. Collective.
  Equilibrium(const NodalPotential &potential, const NodalSpace &space, std::vector<double> e);
  /// The one whose residual `e` is known. Collective.
  static Equilibrium of_residual(const NodalPotential &potential, const NodalSpace &space, std::vector<double> e);

  std::vector<double> e;           ///< residual
  std::vector<double> density;     ///< p* at the owned nodes
  std::vector<double> exponents;   ///< −log p* there, also where p* is too small for a number
  double              free_energy; ///< F*

private:
  Equilibrium() = default;
  /// The rest, of e.
  void evaluate(const NodalPotential &potential, const NodalSpace &space);
};
} // namespace rhoflow
