#pragma once

#include <cstddef>
#include <cstdint>

namespace rhoflow
{
/// Where a row of a sparse sign sketch S puts the entry of a data node: four of its s sums, with signs.
struct SketchEntry
{
  static constexpr unsigned int n_sums = 4;
  std::uint32_t                 sum[n_sums];
  double                        sign[n_sums];
};

/// The number of vectors that sketch_vectors() takes at once.
constexpr unsigned int sketch_width = 8;

/// sums[j][v] += Σ_k S_jk root[k] g[v][k] for v < sketch_width: `g` [sketch_width][K], `sums` [s][sketch_width].
void sketch_vectors(std::size_t n_nodes, const SketchEntry *entries, const double *root, const double *g, double *sums);

/// v −= (q·v) q for `count` vectors v [count][length]; unless `norms` [count] is null, then |v| into it.
void remove_direction(const double *q, std::size_t count, std::size_t length, double *vectors, double *norms = nullptr);
} // namespace rhoflow
