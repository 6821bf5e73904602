#pragma once

#include <cstddef>
#include <memory>
#include <vector>

#include <solvers/fokker_planck/linear_system.h>

namespace rhoflow
{
class NodalPotential;
class NodalSpace;

/// The fitted operator of ∂_t p = (1/β) ∇·(∇p + p ∇Φ) on a continuous space with lumped mass:  M dp/dt = −K p.
///
/// In every cell and along every axis-parallel line of nodes u = p exp(Φ) is a polynomial, and with the exponents at the k
/// Gauss points of the line, Lobatto weights across,
///   K_ji = (1/β) ∫ exp(−(Φ − Φ_i)) N_i' N_j'.
/// The columns sum to zero (mass), exp(−Φ_i) is at rest to round-off, only differences of Φ inside a cell occur, and
/// K = A exp(Φ) with A symmetric: what flows is driven by differences of u.
///
/// Where Φ varies by more than about 2k along a line (its Péclet number), and in cells that were told to *fall back*, the line
/// is cut at its nodes into intervals with the fluxes of Scharfetter and Gummel (IEEE Trans. Electron Devices 16, 1969),
///   J = (1/βh) (B(Φ_j − Φ_i) p_i − B(Φ_i − Φ_j) p_j),      B(x) = x/(e^x − 1),
/// blended in linearly. For k = 1 away from hanging nodes, and in cells that fall back everywhere, no entry beside the diagonal
/// is positive: implicit steps of any length then keep p ≥ 0, and Σ M p log(p exp(Φ)) cannot increase.
///
/// A hanging node takes u from the nodes that it depends on, u_h = Σ d_i u_i, and gives them what flows into it with the same
/// weights: K stays A exp(Φ) with A symmetric, and the state of rest exact on adaptive meshes. The weights d are those of the
/// polynomial, c, where Φ varies by less than 2 among these nodes; far from rest they would make p_h = Σ d_i exp(Φ_i − Φ_h) p_i
/// exponentially large beyond. There d_i ∝ max(c_i, 0) exp(−max(Φ_i − Φ_h, 0)): the density comes from upstream and what flows
/// in goes downstream. Φ_h is kept within one of the values around it.
class FittedOperator
{
public:
  FittedOperator(const NodalSpace &space, const NodalPotential &potential);

  /// K for the exponents Φ at the local nodes.
  void                       update(const std::vector<double> &exponents);
  const std::vector<double> &exponents() const { return phi; }

  /// Cells that use the monotone fluxes alone, [cells]. A change has effect from the next update().
  std::vector<char>       &fallback() { return falls_back; }
  const std::vector<char> &fallback() const { return falls_back; }

  /// A density at all local nodes: hanging ones by interpolating u, void ones 0. [n_local]. Collective.
  std::vector<double> values_at_nodes(const std::vector<double> &p) const;

  /// K p at the owned nodes. Collective.
  std::vector<double> apply(const std::vector<double> &p);
  /// Largest Σ_j |K_ji| / M_i: a bound on the rates of decay. Collective.
  double largest_rate();
  /// Range of Φ in a cell: its Péclet number.
  double peclet(std::size_t cell) const;

  /// (s M + K) p = b from the first guess in p, to the relative residual `tolerance` or what round-off allows. Collective.
  LinearResult solve(double s, const std::vector<double> &b, std::vector<double> &p, double tolerance);

  /// The contributions to K + s M, or to its monotone part alone, for systems that others make of it: places and values.
  std::vector<double> contributions(double s, bool monotone, MatrixPlaces &places) const;

  const NodalSpace &space() const { return nodes; }

private:
  /// Contributions of one kind of fluxes, cell by cell, and then of s M to the diagonal.
  struct Entries
  {
    bool                     monotone;
    MatrixPlaces             places;
    std::vector<double>      values;
    std::vector<std::size_t> first; ///< of a cell, [cells + 1]
  };
  void weigh_terms();
  void list(Entries &entries) const;
  void fill(Entries &entries) const;
  void make_monotone(std::size_t cell, Entries &entries) const;
  void set_shift(Entries &entries, double s) const;
  void renew_preconditioner();
  /// max |Φ − old|. Collective.
  double largest_change(const std::vector<double> &old) const;

  /// A line of n nodes of a cell.
  struct Line
  {
    unsigned int axis;
    unsigned int start, stride; ///< in the cell's nodes
    double       across;        ///< product of the weights across
  };
  void line_matrix(std::size_t cell, const Line &line, bool monotone, double *matrix) const;
  bool is_void(std::size_t cell, unsigned int point) const;

  const NodalSpace             &nodes;
  const NodalPotential         &potential;
  unsigned int                  degree;
  unsigned int                  radial_axis; ///< the axis of r if the measure depends on it, otherwise D
  std::vector<Line>             lines;       ///< of the reference cell: `across` without extents
  std::vector<double>           phi, preconditioner_phi;
  std::vector<double>           term_weight; ///< d, of all terms of the space
  std::vector<double>           term_factor; ///< d_i exp(Φ_i − Φ_h)
  std::vector<char>             falls_back, has_hanging;
  Entries                       fluxes, monotone_fluxes;
  bool                          separate = false; ///< a preconditioner from the monotone fluxes
  std::unique_ptr<LinearSystem> system;
  double                        shift                = 0.; ///< of the matrix
  double                        preconditioner_shift = -1.;
  unsigned int                  first_iterations     = 0; ///< with the present preconditioner
  bool                          renew                = true;
};
} // namespace rhoflow
