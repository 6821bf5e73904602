#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace rhoflow
{
/// An orthonormal basis Q of the span of vectors in R^K up to a relative tolerance: a Gram–Schmidt process with column pivoting
/// (and one reorthogonalisation) finds the directions, a singular value decomposition of the small factor orders and trims
/// them. For N samples and rank n it costs O(K N n) instead of the O(K² N) of a full decomposition.
class Compression
{
public:
  Compression(std::size_t length, double tolerance);

  /// Extends the basis until all `samples` ([N][K]) are within tolerance × (largest norm so far) of their projections. Calls
  /// `tick`, unless it is empty, now and then.
  void add(std::vector<double> samples, const std::function<void()> &tick = {});

  /// max_i |s_i − Q Qᵀ s_i| / (largest norm of all samples added so far).
  double relative_error(const std::vector<double> &samples) const;

  double       relative_tolerance() const { return tolerance; }
  unsigned int rank() const { return static_cast<unsigned int>(q.size() / length); }
  /// Q, [n][K], in the order of decreasing singular values.
  const std::vector<double> &basis() const { return q; }

private:
  /// Rotates Q to the left singular vectors of the coefficients and drops what the tolerance does not need.
  void order_and_trim();

  std::size_t         length;
  double              tolerance;
  double              scale = 0.;
  std::vector<double> q;
  std::vector<double> all; ///< every sample, [N][K]
};
} // namespace rhoflow
