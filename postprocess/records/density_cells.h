#pragma once

#include <array>
#include <string>
#include <vector>

namespace rhoflow
{
/// Numbers on a regular grid of pixels or voxels, x fastest.
struct Grid
{
  std::array<unsigned int, 3> n{{1, 1, 1}};
  std::array<double, 3>       lower{{0, 0, 0}}, upper{{1, 1, 1}};
  std::vector<double>         values;

  double spacing(unsigned int d) const { return (upper[d] - lower[d]) / n[d]; }
  /// Volume of a pixel in the first `dim` directions.
  double volume(unsigned int dim) const;
};

/// A density as rhoflow writes it for ParaView: boxes with polynomials of degree k in every direction, by their values at
/// equidistant nodes (which may jump from cell to cell).
class DensityCells
{
public:
  /// Reads a VTU or PVTU file. Throws InputError if it is missing, cut off, or not such a file.
  static DensityCells read(const std::string &file);

  unsigned int dimension() const { return dim; }
  unsigned int degree() const { return k; }
  std::size_t  n_cells() const { return boxes.size(); }
  bool         has_potential() const { return !potentials.empty(); }

  using Vector = std::array<double, 3>;
  struct Box
  {
    Vector lower, upper;
  };
  const std::vector<Box> &cells() const { return boxes; }
  Box                     domain() const;
  /// The cells with the largest mean density that hold a share of the mass together.
  std::vector<Box> cells_with_mass(double share) const;

  /// ∫ over the axes that are not in `axes`, averaged over the pixels of a grid over `box` along those that are (of the result,
  /// axis i is axes[i]). Integrals of the polynomials are exact: the pixels of a grid over the whole domain add up to the mass.
  Grid marginal(const std::vector<unsigned int> &axes, const std::vector<unsigned int> &n, const Box &box) const;

  /// The average of the potential over the pixels (for every axis one direction of the grid).
  Grid potential(const std::vector<unsigned int> &n, const Box &box) const;

  /// In one dimension: the density at `per_cell` points in every cell, ends included, in the order of θ.
  void curve(unsigned int per_cell, std::vector<double> &theta, std::vector<double> &density) const;

private:
  Grid integrate(const std::vector<float> &field, const std::vector<unsigned int> &axes, const std::vector<unsigned int> &n,
                 const Box &box) const;

  unsigned int       dim = 0, k = 1;
  std::vector<Box>   boxes;
  std::vector<float> densities, potentials; ///< [cell][(k+1)^dim], first axis fastest
};

/// The values above which the given shares of the mass lie: contour lines at them enclose that much. Grid of averages of a
/// density, nonnegative.
std::vector<double> enclosing_levels(const Grid &density, const std::vector<double> &shares);

/// The interval that leaves out the share `tail` of the mass of a one-dimensional marginal at either end.
std::array<double, 2> central_interval(const Grid &marginal, double tail);
} // namespace rhoflow
