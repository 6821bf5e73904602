#pragma once

#include <vector>

#include <solvers/base/parameters/snapshot_parameters.h>
#include <solvers/discretization/boundary_mass.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// Section "Boltzmann", and the limits of the boundary mass of section "Domain".
struct BoltzmannParameters : BoundaryMassParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);

  unsigned int        nodes_per_cell = 4; ///< Gauss points along each axis of a cell
  double              tolerance      = 1e-12;
  unsigned int        max_steps      = 100;
  std::vector<double> path; ///< inverse temperatures on the way to β, each solved from the one before
  bool                write_density = true;
  SnapshotParameters  snapshots; ///< formats and compression of the density
};
} // namespace rhoflow
