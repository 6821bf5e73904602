#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// A sum of doubles that is exact whatever the order and the number of its terms: a fixed-point number that covers the whole
/// range of double (the small superaccumulator of R. M. Neal, "Fast exact summation using small and large superaccumulators",
/// 2015). Statistics built from it are bitwise the same on any number of ranks and any partition of the mesh.
/// NaN and infinities are remembered: the value is then NaN.
class ExactSum
{
public:
  void add(double term);
  void add(const ExactSum &other);

  /// The sum, correctly rounded to double.
  double value() const;

private:
  friend std::vector<double> global_sums(std::vector<ExactSum> sums, MPI_Comm communicator);

  /// Chunk c holds a signed multiple of 2^(32 c − 1075 − …): 32 bits overlap with the next one, which leaves 2^30 additions
  /// between two carry propagations.
  void propagate_carries();

  static constexpr unsigned int      n_chunks = 67;
  std::array<std::int64_t, n_chunks> chunks{};
  std::uint32_t                      additions = 0;
  bool                               poisoned  = false;
};

/// Sums over all ranks, correctly rounded; the same bits on every rank. Collective.
std::vector<double> global_sums(std::vector<ExactSum> sums, MPI_Comm communicator);
double              global_sum(const ExactSum &sum, MPI_Comm communicator);
} // namespace rhoflow
