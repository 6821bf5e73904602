#pragma once

#include <vector>

#include <solvers/discretization/dg/dg_mesh.h>

namespace rhoflow
{
class InitialLaw;

/// The L2 projection of the initial density onto the elements, [cells][points], scaled to mass one on the box. With a radial
/// weight the unknown is q = p / r^kappa, projected in the weighted norm: (w_i r^κ-mean) q_i = ∫ ℓ_i p.
/// `missing_mass`: 1 − mass before scaling: what lies outside of the box, and the projection's error. Collective.
/// Throws InputError of "Initial law/Law" if the law has no density.
std::vector<double> project_initial_density(const InitialLaw &law, const DGMesh &mesh, double &missing_mass);
} // namespace rhoflow
