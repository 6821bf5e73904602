#pragma once

#include <cstddef>
#include <functional>
#include <vector>

namespace rhoflow
{
/// Orthonormal directions among many vectors, each the rest of one of them, the longest rest first: a Gram–Schmidt process with
/// pivoting by blocks. A block takes vectors whose rests are at least a quarter of the longest one; the rests of all others are
/// updated once for each block, as a product of matrices.
class PivotedDirections
{
public:
  /// Of vectors of this length, a multiple of 8.
  explicit PivotedDirections(std::size_t length);

  std::size_t size() const { return directions.size() / length; }

  /// Takes all directions out of the vectors [N][length], and returns the norms of what is left.
  std::vector<double> remove_from(std::vector<double> &vectors) const;

  /// Adds directions until the norm of no rest of `vectors` is above `limit`, or there are `most` directions. Returns which
  /// vectors they are the rests of. Calls `tick`, unless it is empty, now and then.
  std::vector<std::size_t> extend(std::vector<double> vectors, double limit, std::size_t most,
                                  const std::function<void()> &tick);

  /// The product of direction j with v.
  double dot(std::size_t j, const double *v) const;

private:
  void remove_block(std::size_t first, std::size_t count, std::vector<double> &vectors) const;

  std::size_t         length;
  std::vector<double> directions; ///< [n][length]
};

/// |v| of the vectors [N][length].
std::vector<double> norms_of(const std::vector<double> &vectors, std::size_t length);
} // namespace rhoflow
