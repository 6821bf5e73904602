#pragma once

#include <string>
#include <vector>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;

/// The box of parameter space on which densities live: section "Domain".
struct Domain
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  /// Checks lower < upper, equal lengths, at most three coordinates, cells that have a size. Throws InputError.
  void parse(const dealii::ParameterHandler &prm);
  /// Throws InputError unless AdaptiveMesh can make a mesh of this box: others may have more subdivisions.
  void check_mesh() const;

  unsigned int dimension() const { return static_cast<unsigned int>(lower.size()); }
  /// Cells of a mesh at most: every rank gets the list of all cells, five numbers each, and MPI counts numbers in an int.
  static constexpr unsigned int max_cells = 429496729;
  /// Throws InputError, which blames the parameter, if a mesh would have more cells.
  static void check_number(double n_cells, const std::string &parameter);

  /// Cells of the mesh at its beginning, in floating point since they may be too many for an integer.
  double n_cells() const;

  std::vector<double>       lower{-6.5, -2.6, 0.};         ///< lower corner, [D]
  std::vector<double>       upper{6.5, 2.6, 2.};           ///< upper corner, [D]
  std::vector<unsigned int> subdivisions{16, 24, 14};      ///< cells of the coarse mesh along each axis, [D]
  unsigned int              refinement = 0;                ///< uniform refinements of the coarse mesh
  std::vector<bool>         periodic{false, false, false}; ///< opposite sides identified, [D]; otherwise no flux

private:
  void check_cells() const;
};
} // namespace rhoflow
