#pragma once

#include <solvers/discretization/cell_fields.h>
#include <solvers/discretization/dg/positive_density.h>

namespace rhoflow
{
class Coupling;
class DGMesh;

/// The positive reconstruction of a discontinuous density, with the potential and the velocity of the last Coupling::update().
class DGFields : public CellFields
{
public:
  DGFields(const DGMesh &mesh, const Coupling &coupling, const PositiveDensity &density);

  const AdaptiveMesh &mesh() const override;
  unsigned int        degree() const override;
  void                values(std::size_t cell, const std::string &field, double *values) const override;

private:
  const DGMesh          &space;
  const Coupling        &coupling;
  const PositiveDensity &density;
  EquidistantPoints      points;
};
} // namespace rhoflow
