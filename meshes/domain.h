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

/// The box of parameter space on which densities live: section "Domain". Without corners in the file it has none until
/// set_box().
struct Domain
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  /// Checks lower < upper, equal lengths, at most three coordinates, cells that have a size. Throws InputError.
  void parse(const dealii::ParameterHandler &prm);

  /// Whether the file leaves the corners to the program.
  bool is_automatic() const { return lower.empty(); }
  /// Takes corners that the program chose. Throws InputError as parse() does.
  void set_box(const std::vector<double> &lower_corner, const std::vector<double> &upper_corner);
  /// Cells along each axis of the coarse mesh that the program chooses.
  static constexpr unsigned int automatic_subdivisions(const unsigned int dimension)
  {
    return dimension == 1 ? 96 : (dimension == 2 ? 16 : 8);
  }
  /// Takes subdivisions where the file leaves them to the program, the same for each coordinate. Throws InputError.
  void set_subdivisions(unsigned int n);
  /// Adds coarse cells at the sides, as many as `below` and `above` are long [D] and at most what AdaptiveMesh takes. Their
  /// number is a multiple of `unit`. The subdivisions may be those of the program, which are set later.
  void extend(const std::vector<double> &below, const std::vector<double> &above, unsigned int unit);
  /// Cells of twice the size, or nearly so where a number of them is odd.
  void coarsen();
  /// Throws InputError unless AdaptiveMesh can make a mesh of this box: others may have more subdivisions.
  void check_mesh() const;

  unsigned int dimension() const { return static_cast<unsigned int>(lower.size()); }
  /// Cells of a mesh at most: every rank gets the list of all cells, five numbers each, and MPI counts numbers in an int.
  static constexpr unsigned int max_cells = 429496729;
  /// Throws InputError, which blames the parameter, if a mesh would have more cells.
  static void check_number(double n_cells, const std::string &parameter);

  /// Cells of the mesh at its beginning, in floating point since they may be too many for an integer.
  double n_cells() const;

  std::vector<double>       lower;           ///< lower corner, [D]; empty: automatic
  std::vector<double>       upper;           ///< upper corner, [D]; empty: automatic
  std::vector<unsigned int> subdivisions;    ///< cells of the coarse mesh along each axis, [D]; empty: automatic
  unsigned int              refinement = 0;  ///< uniform refinements of the coarse mesh
  std::vector<bool>         periodic{false}; ///< opposite sides identified, [D]; otherwise no flux

  /// Whether coarse cells may be added for a later end time.
  enum class Extendable
  {
    automatic, ///< where the program chose the box, which is then recorded as yes
    yes,
    no
  };
  Extendable extendable = Extendable::automatic;

private:
  void check_corners();
  void check_cells() const;

  std::vector<unsigned int> added; ///< coarse cells that extend() added, [D]; empty: none
};
} // namespace rhoflow
