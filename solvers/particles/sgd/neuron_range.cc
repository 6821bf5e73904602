#include <solvers/base/ranks.h>
#include <solvers/particles/sgd/neuron_range.h>

#include <algorithm>

namespace rhoflow
{
NeuronRange::NeuronRange(std::uint64_t n_neurons, unsigned int tile, MPI_Comm communicator)
  : comm(communicator)
{
  const int own = rank_of(comm), size = number_of_ranks(comm);
  rank                         = static_cast<std::size_t>(own);
  n_ranks                      = static_cast<std::size_t>(size);
  const std::uint64_t n_tiles  = (n_neurons + tile - 1) / tile;
  tiles_of_chunk               = (n_tiles + max_chunks - 1) / max_chunks;
  const std::uint64_t n_chunks = (n_tiles + tiles_of_chunk - 1) / tiles_of_chunk;
  for (std::uint64_t r = 0; r <= n_ranks; ++r)
    {
      chunk_starts.push_back(n_chunks * r / n_ranks);
      starts.push_back(std::min(n_neurons, chunk_starts.back() * tiles_of_chunk * tile));
    }
  counts.resize(n_ranks);
  displacements.resize(n_ranks);
}

void NeuronRange::total(unsigned int n, const double *parts, double *totals)
{
  const double *all = parts;
  if (n_ranks > 1)
    {
      for (std::size_t r = 0; r < n_ranks; ++r)
        {
          counts[r]        = static_cast<int>(n * (chunk_starts[r + 1] - chunk_starts[r]));
          displacements[r] = static_cast<int>(n * chunk_starts[r]);
        }
      all_parts.resize(n * chunk_starts.back());
      MPI_Allgatherv(parts, counts[rank], MPI_DOUBLE, all_parts.data(), counts.data(), displacements.data(), MPI_DOUBLE, comm);
      all = all_parts.data();
    }
  std::fill_n(totals, n, 0.);
  for (std::size_t r = 0; r < n_ranks; ++r)
    {
      const std::uint64_t chunks = chunk_starts[r + 1] - chunk_starts[r];
      const double       *rows   = all + n * chunk_starts[r];
      for (unsigned int i = 0; i < n; ++i)
        for (std::uint64_t c = 0; c < chunks; ++c)
          totals[i] += rows[i * chunks + c];
    }
}

std::vector<double> NeuronRange::gather(const std::vector<double> &rows, std::uint64_t length) const
{
  if (n_ranks == 1)
    return rows;
  // Counted in rows, so that large networks do not exceed the range of int.
  MPI_Datatype row;
  MPI_Type_contiguous(static_cast<int>(length), MPI_DOUBLE, &row);
  MPI_Type_commit(&row);
  std::vector<int> row_counts, row_displacements;
  for (std::size_t r = 0; r < n_ranks; ++r)
    {
      row_counts.push_back(static_cast<int>(starts[r + 1] - starts[r]));
      row_displacements.push_back(static_cast<int>(starts[r]));
    }
  std::vector<double> all(starts.back() * length);
  MPI_Allgatherv(rows.data(), row_counts[rank], row, all.data(), row_counts.data(), row_displacements.data(), row, comm);
  MPI_Type_free(&row);
  return all;
}
} // namespace rhoflow
