#pragma once

#include <vector>

namespace rhoflow
{
class DGMesh;

/// How much of a cell's density its polynomial degree barely resolves, in units of mass: the sum over the axes of
/// ∫ |highest Legendre mode along the axis|, plus the negative mass ∫ ρ⁻. `values` [cells][points]; result [cells].
std::vector<double> resolution_indicator(const DGMesh &mesh, const std::vector<double> &values);
} // namespace rhoflow
