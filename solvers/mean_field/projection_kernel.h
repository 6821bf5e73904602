#pragma once

#include <cstddef>

namespace rhoflow
{
/// The row length of the basis for n modes: a multiple of the vector length.
unsigned int projection_padding(unsigned int n);

/// out[i][j] = Σ_k g[i][k] basis[k][j] for i < rows, j < n; `basis` has rows of `padding` entries, `out` of n. Every row is
/// summed in the same order with the same instructions, whatever its position. Rows of g begin `stride` entries apart; 0:
/// n_nodes.
void project(std::size_t rows, std::size_t n_nodes, unsigned int n, unsigned int padding, const double *g, const double *basis,
             double *out, std::size_t stride = 0);
} // namespace rhoflow
