#pragma once

#include <array>
#include <map>
#include <utility>
#include <vector>

#include <solvers/discretization/dg/dg_mesh.h>
#include <solvers/discretization/line_basis.h>

namespace rhoflow
{
/// Between the Gauss points of a cell along one axis, on which densities evolve, and the n equidistant points with both ends,
/// on which they are drawn.
struct EquidistantLine
{
  EquidistantLine() = default;
  explicit EquidistantLine(const LineBasis &basis);

  using Matrix   = std::array<std::array<double, max_points>, max_points>;
  unsigned int n = 0;
  Matrix       from_gauss{}; ///< [equidistant][Gauss]
  Matrix       to_gauss{};   ///< [Gauss][equidistant], its inverse

  /// W_e = Σ_q w_q to_gauss[q][e], ∫ g u relative to the length of the cell: the closed Newton–Cotes weights for g = 1,
  /// positive up to n = 8. For strong weights r^κ some are negative.
  std::array<double, max_points> weights{};
  /// A positive measure on the points: W_e where that is positive, and of its size elsewhere.
  std::array<double, max_points> measure{};

  /// Σ_q w_q f(q) to_gauss[q][e] / measure[e] for all e: how much of ∫ f g u the value at point e contributes per measure.
  void functional(const LineBasis &basis, const std::array<double, max_points> &f, double *result) const;
};

/// The equidistant points of the cells of a mesh.
class EquidistantPoints
{
public:
  explicit EquidistantPoints(const DGMesh &mesh);

  const EquidistantLine &line(const CellKey &key, unsigned int d) const;

  /// Values of a cell at its Gauss points -> at its equidistant points, and back; [points], the first coordinate fastest.
  void from_gauss(const CellKey &key, const double *gauss, double *result) const;
  void to_gauss(const CellKey &key, const double *equidistant, double *result) const;
  /// The transpose of to_gauss() along the axes first_axis, ..., D − 1 alone, in place.
  void transposed_to_gauss(const CellKey &key, unsigned int first_axis, std::vector<double> &values) const;

  /// [points][D].
  void positions(const CellKey &key, double *points) const;

private:
  template <typename Entry>
  void apply(const CellKey &key, unsigned int first_axis, std::vector<double> &values, const Entry &entry) const;

  const DGMesh   &mesh;
  EquidistantLine plain;

  /// Of the last axis, by level and index.
  mutable std::map<std::pair<unsigned int, unsigned int>, EquidistantLine> radially_weighted;
};
} // namespace rhoflow
