#pragma once

#include <vector>

#include <solvers/discretization/cell_fields.h>
#include <solvers/fokker_planck/fokker_planck_state.h>

namespace rhoflow
{
/// The density of a continuous space for pictures: nodal values as they are for k ≤ 2, interpolated to equidistant points (and
/// cut off at zero) for higher degrees; the potential Ψ_λ and minus its gradient.
class NodalFields : public CellFields
{
public:
  /// Collective.
  explicit NodalFields(const FokkerPlanckState &state);

  const AdaptiveMesh &mesh() const override { return state.space.mesh(); }
  unsigned int        degree() const override { return state.space.degree(); }
  void                values(std::size_t cell, const std::string &field, double *values) const override;

private:
  const FokkerPlanckState &state;
  std::vector<double>      density, potential; ///< at the local nodes
};
} // namespace rhoflow
