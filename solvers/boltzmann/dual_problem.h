#pragma once

#include <cstddef>
#include <functional>
#include <vector>

#include <mpi.h>

#include <meshes/domain.h>
#include <solvers/boltzmann/dual.h>
#include <solvers/comparison/transport.h>
#include <solvers/model/ambient_measure.h>

namespace rhoflow
{
class MeanField;

/// Gauss–Legendre points in every cell of one axis.
struct AxisQuadrature
{
  AxisQuadrature(const Domain &domain, unsigned int axis, unsigned int nodes_per_cell);

  std::vector<double> nodes;
  std::vector<double> weights; ///< their sum is the length
  /// Whether a node lies in the first or in the last cell, where the density must have died out: not for periodic axes.
  std::vector<bool> at_lower_side, at_upper_side;
};

/// The free energy F(ρ) = R(ρ) + (λ/2) ∫ |θ|² ρ + (1/β) ∫ ρ log ρ is strictly convex. With R(ρ) = R_0 + ½ |m(ρ) − c|² in
/// moments and ½ |x|² = max_e (e·x − ½ |e|²), minimum and maximum change places:
///   min_ρ F(ρ) = max_e D(e),   D(e) = R_0 − ½ |e|² − c·e − (1/β) log Z(e),
///   Z(e) = ∫ exp(−β Ψ_e(θ)) dμ(θ),   Ψ_e = a Σ_j e_j χ_j(ω) + L(θ) + (λ/2) |θ|²,
/// a smooth concave function of n numbers with D' = m(ρ_e) − c − e and D'' = −1 − β Cov_{ρ_e}(a χ), where
/// ρ_e = exp(−β Ψ_e)/Z(e). At its maximum e is the residual of ρ_e: the self-consistent Boltzmann density.
///
/// L is the external potential of a landscape, else 0; R then has the term ∫ L ρ. A landscape has no moments (n = 0), and its
/// density is the Gibbs density exp(−β (L + (λ/2) |θ|²))/Z outright, min F = −(1/β) log Z.
///
/// μ is Lebesgue measure on the box. For parameters that a symmetry reduced to a radius r, it is that of the weights before the
/// reduction, |S^κ| r^κ times Lebesgue measure with κ = d − 2 for (a, s, r) and d − 1 for r alone, and so is the density.
///
/// Everything is integrated by one Gauss rule, so that these statements hold exactly for the sums too. The nodes are shared
/// among the ranks in groups; sums are bitwise the same on any number of ranks.
class DualProblem : public Dual
{
public:
  /// The modes are evaluated at the nodes ω of this rank and kept: N_ω n numbers. Throws InputError for d = ∞, where the
  /// entropy has no meaning.
  DualProblem(const MeanField &mean_field, const Domain &domain, unsigned int nodes_per_cell, MPI_Comm communicator);

  unsigned int     n_modes() const { return n; }
  std::size_t      n_nodes() const { return n_global_omega * amplitudes.nodes.size(); }
  MPI_Comm         communicator() const { return comm; }
  const MeanField &mean_field() const override { return field; }
  /// What the nodes will cost every rank, known before they are there. Throws as the constructor does.
  struct Cost
  {
    double nodes; ///< of the whole box
    double bytes; ///< of the modes
  };
  static Cost cost(const MeanField &mean_field, const Domain &domain, unsigned int nodes_per_cell, MPI_Comm communicator);

  using State = DualState;
  State evaluate(const std::vector<double> &e, double beta, bool with_covariance) const override;

  /// What integrals() shows of a node.
  struct Node
  {
    const double *theta;     ///< [D]
    double        potential; ///< Ψ_e(θ)
    double        external;  ///< L(θ)
    bool          at_side;   ///< in a cell at a side of the box
  };
  /// ∫ q ρ_e for `columns` quantities that `quantities` writes. Collective.
  std::vector<double> integrals(const State &state, std::size_t columns,
                                const std::function<void(const Node &, double *)> &quantities) const;
  /// The masses of the nodes of this rank, in boxes around them whose widths are the weights along the axes. Collective.
  Measure masses(const State &state) const;
  /// The smallest Ψ_e(θ) of all nodes. Collective.
  double minimum_potential(const State &state) const;

  /// What is known of a density ρ, with respect to dθ, that is scaled to mass one on the box. With ρ* at rest and ρ̂ the
  /// Boltzmann density of ρ's own residual,
  ///   (1/β) KL(ρ ‖ ρ*) ≤ F(ρ) − F(ρ*) ≤ (1/β) KL(ρ ‖ ρ̂).
  struct Certificate
  {
    double mass;        ///< before scaling
    double free_energy; ///< F(ρ)
    double lower_bound, upper_bound;
  };
  /// Collective. NaN where the density has no mass at the nodes.
  Certificate certify(const State &at_rest, const std::function<double(const double *)> &density) const;

  /// log of ρ_e (with respect to μ) and Ψ_e at points θ, [count][D], on this rank alone.
  void density(const State &state, std::size_t count, const double *theta, double *log_density, double *potential) const;

private:
  struct Exponents;
  /// ψ_i = Σ_j e_j χ_j(ω_i) of this rank, and the smallest exponent β Ψ_e − log dμ/dθ of all nodes (`with_reference`), or β
  /// Ψ_e.
  double lowest(const State &state, bool with_reference, std::vector<double> &psi) const;

  const MeanField    &field;
  MPI_Comm            comm;
  unsigned int        n;
  bool                linear; ///< in the first parameter
  std::size_t         n_omega;
  std::size_t         n_parameters;
  std::size_t         n_global_omega = 1;
  std::vector<double> target;        ///< c
  double              constant = 0.; ///< R_0
  AmbientMeasure      ambient;
  AxisQuadrature      amplitudes; ///< one node of weight one at a = 1 for other neurons
  std::vector<double> omega;      ///< of this rank, [N_ω][Dω]
  std::vector<double> widths;     ///< weights along the axes, [N_ω][Dω]
  std::vector<double> weights;    ///< their products, [N_ω]
  std::vector<double> reference;  ///< log of dμ/dθ, [N_ω]
  std::vector<bool>   at_side;    ///< [N_ω]
  std::vector<double> external;   ///< L, [N_ω]; zeros if there is none
  std::vector<double> chi;        ///< [N_ω][n]
};
} // namespace rhoflow
