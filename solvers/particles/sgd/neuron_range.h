#pragma once

#include <cstdint>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// How the neurons of one network lie on the ranks that train it together: in chunks of whole tiles, at most `max_chunks` of
/// them, whose number and borders depend on the width alone. Sums over all neurons are sums over the chunks in their order, so
/// that they are bitwise the same on any number of ranks.
class NeuronRange
{
public:
  static constexpr std::uint64_t max_chunks = 256;

  /// `tile`: neurons that are worked on together. Collective.
  NeuronRange(std::uint64_t n_neurons, unsigned int tile, MPI_Comm communicator);

  /// The neurons of this rank: first(), ..., first() + size() − 1 (none on ranks beyond the number of chunks).
  std::uint64_t first() const { return starts[rank]; }
  std::uint64_t size() const { return starts[rank + 1] - starts[rank]; }
  /// Neurons and tiles of a chunk (the last chunk may be shorter), chunks of this rank.
  std::uint64_t chunk_tiles() const { return tiles_of_chunk; }
  std::uint64_t local_chunks() const { return chunk_starts[rank + 1] - chunk_starts[rank]; }

  /// For `n` sums over the neurons, from this rank's chunks `parts` [n][local_chunks()]: the totals [n], the same on every
  /// rank. Collective.
  void total(unsigned int n, const double *parts, double *totals);

  /// Rows of `length` numbers for every neuron of this rank, put together on every rank. Collective.
  std::vector<double> gather(const std::vector<double> &rows, std::uint64_t length) const;

private:
  MPI_Comm                   comm;
  std::size_t                rank, n_ranks;
  std::uint64_t              tiles_of_chunk;
  std::vector<std::uint64_t> starts, chunk_starts; ///< first neuron and first chunk of every rank, [ranks + 1]
  std::vector<double>        all_parts;
  std::vector<int>           counts, displacements;
};
} // namespace rhoflow
