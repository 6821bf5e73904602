#pragma once

#include <mpi.h>

namespace rhoflow
{
struct Domain;
class MemoryEstimate;

/// What a density on a mesh is going to take; the constants are fits to measured peaks. `n_modes`: of the mean field, 0 as long
/// as it is not known.
struct DensityMemory
{
  unsigned int degree;
  bool         has_outer_weight; ///< features are linear in the first coordinate
  bool         adaptive;
  bool         written; ///< for ParaView
  unsigned int n_modes;
  unsigned int n_coarser;   ///< solutions beside it, each on cells of twice the size of those of the one before
  unsigned int n_paths = 0; ///< densities with common noise, each on a mesh of its own; 0: one without

  /// Discontinuous elements of degree k: (k+1)^D unknowns a cell, tables of the modes on the feature cells.
  void add_discontinuous(const Domain &domain, MPI_Comm communicator, MemoryEstimate &memory) const;
  /// Continuous elements: k^D unknowns a cell and a linear system.
  void add_continuous(const Domain &domain, MPI_Comm communicator, MemoryEstimate &memory) const;
};
} // namespace rhoflow
