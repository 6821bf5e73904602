#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/model/activation/activation.h>
#include <solvers/model/gaussian/hermite_expansion.h>

namespace rhoflow
{
class ExactSum;

namespace kernel
{
struct PairSeries;
struct SteepPairs;
} // namespace kernel

/// Σ_j c_j σ(w_j·x), x ∈ R^d.
struct RidgeNetwork
{
  unsigned int  dimension; ///< d
  std::uint64_t n_neurons;
  const double *coefficients; ///< the c_j, `coefficient_stride` apart; null: all one
  std::uint64_t coefficient_stride;
  const double *weights; ///< the w_j, `stride` apart
  std::uint64_t stride;
};

/// K(q, q', c) = E σ(qG) σ(q'G') of two standard normal variables with correlation c: what two neurons of lengths q, q' and the
/// angle arccos c have in common on inputs x ~ N(0, I).
///
/// - erf, ReLU, cosine: closed forms (see pair_sum_kernel.h), to round-off.
/// - Otherwise Mehler's series of HermiteExpansion, cut off where |c|^n √(T_n(q) T_n(q')), T_n = E σ² − Σ_{m < n} h_m², which
///   bounds the rest by Cauchy's and Schwarz's inequality, is below 1e-12. A neuron with itself: E σ(qG)².
/// - Pairs that 256 terms do not suffice for (steep neurons that are nearly parallel or antiparallel): tanh, sigmoid and
///   softplus as mixtures of normal distribution functions (logistic_mixture()), for which Williams' kernel and the arc-cosine
///   kernel hold, error below 3e-11 (softplus: relative to q q' + 1); piecewise linear by Plackett's and Price's identity;
///   rectified cosine by its Fourier series, error below 1e-11; others by two nested Gauss–Legendre rules.
class GaussianPairs
{
public:
  explicit GaussianPairs(const Activation &sigma);

  /// Whether K is elementary.
  bool has_closed_form() const;
  /// How K is computed, for reports.
  std::string method() const { return has_closed_form() ? "closed form" : "Gaussian pair kernel, to 1e-11"; }

  /// K of one pair, |c| ≤ 1, q, q' ≥ 0.
  double kernel(double q, double q2, double c) const;

  /// E f(x)² = ΣΣ c_i c_j K for x ~ N(0, deviation² I), O(M² d). Collective over `communicator`, whose ranks all hold the whole
  /// network and share the pairs of panels of 96 neurons; bitwise the same for any number of ranks. Memory: a copy of the
  /// weights and, without a closed form, at most 256 numbers for each neuron.
  double mean_square(const RidgeNetwork &network, double deviation, MPI_Comm communicator) const;

private:
  /// The series of all neurons, shared by the ranks; adds to `diagonal` what this rank's neurons with themselves contribute
  /// beyond h_0².
  kernel::PairSeries expand(const std::vector<double> &lengths, const std::vector<double> &coefficients,
                            std::uint64_t n_neurons, MPI_Comm communicator, ExactSum &diagonal) const;

  double steep_sum(const kernel::SteepPairs &steep, const kernel::PairSeries &series, const std::vector<double> &lengths,
                   const std::vector<double> &coefficients) const;

  /// K of n pairs that need more than the series; for a piecewise linear σ without h_0 h_0' + h_1 h_1' c.
  void   steep_kernel(unsigned int n, const double *q, const double *q2, const double *c, double *values) const;
  double series_kernel(double q, double q2, double c) const;
  double fourier_kernel(double q, double q2, double c) const;

  Activation          activation; ///< σ
  GaussianForm        form;       ///< of σ
  HermiteExpansion    expansion;
  double              offset = 0., factor = 0.; ///< of a mixture of erf
  std::vector<double> scales, weights;          ///< of a mixture
  std::vector<double> kinks, jumps;             ///< of a piecewise linear σ
};
} // namespace rhoflow
