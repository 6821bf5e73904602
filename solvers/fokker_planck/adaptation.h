#pragma once

#include <memory>
#include <vector>

#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/discretization/refinement.h>
#include <solvers/fokker_planck/fokker_planck_state.h>

namespace rhoflow
{
/// The nodal values of a density in every cell of this rank, and Φ there: what moves from mesh to mesh.
struct CellDensities
{
  std::vector<double> values; ///< [cells][2][points]: p, Φ
};

CellDensities cell_densities(const FokkerPlanckState &state);

/// How much of a cell's density its polynomial degree barely resolves, in units of mass: the sum over the axes of
/// ∫ |highest Legendre mode along the axis|; in cells with Péclet number above `peclet_limit` (unless that is 0) all of their
/// mass. [cells].
std::vector<double> resolution_indicator(const FokkerPlanckState &state, const CellDensities &densities, double peclet_limit);

/// Passes u = p exp(Φ) between cells by interpolation, with Φ itself: the Boltzmann density stays one. Where that would make a
/// value negative, u is interpolated linearly between nodes.
CellTransfer fitted_transfer(unsigned int dimension, unsigned int degree);

/// The owned values of a density given in cells, scaled to the mass `mass`. Collective.
std::vector<double> collect_density(const NodalSpace &space, const std::vector<double> &cell_values, double mass);
} // namespace rhoflow
