#pragma once

#include <cstddef>
#include <string>

#include <meshes/adaptive_mesh.h>

namespace rhoflow
{
/// What a discretisation shows of itself in pictures: fields by name, as values at equidistant points of every cell.
class CellFields
{
public:
  virtual ~CellFields() = default;

  virtual const AdaptiveMesh &mesh() const = 0;
  /// Points along an axis of a cell, less one.
  virtual unsigned int degree() const = 0;
  /// "density", "potential" or "velocity" (minus the gradient of the potential, D components) in a cell, [components][points],
  /// first coordinate fastest, ends included.
  virtual void values(std::size_t cell, const std::string &field, double *values) const = 0;
};
} // namespace rhoflow
