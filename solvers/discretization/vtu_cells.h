#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/parameters/snapshot_parameters.h>

namespace rhoflow
{
/// Cells with fields as a file of VTK's XML format for unstructured grids (.vtu), in single precision.
///
/// Version 2.2 of the format: the nodes of Lagrange hexahedra are in the order of VTK 9. A reader of VTK 9 takes files of
/// earlier versions for those of VTK 8 and swaps two edges of every cell that it has read so far, once for each piece, so that
/// a file of several pieces comes out with folded cells.
class VtuCells
{
public:
  /// Boxes with degree + 1 equidistant nodes along each of 1 to 3 axes; dimension 0: points in space. A box becomes one
  /// Lagrange cell, or degree^dimension linear ones between its nodes: in one dimension, for degree 1, and if `linear` says so.
  VtuCells(unsigned int dimension, unsigned int degree, bool linear = false);

  /// Adds a field, before the first cell. A vector has `dimension` components here and three in the file.
  void add_field(const std::string &name, bool is_vector = false);

  /// The next cell: its corners, [dimension] each; of a point its place twice, [3].
  void add_cell(const double *lower, const double *upper);
  /// Values of a field in the last cell, [components][nodes], first coordinate fastest; in the order of the fields.
  void add_values(unsigned int field, const double *values);

  bool empty() const { return points.empty(); }

  /// What other formats need: nodes of cell after cell, [node][3], and the fields in the order in which they were added. Cells
  /// do not share nodes.
  struct Field
  {
    std::string        name;
    bool               is_vector;
    std::vector<float> values; ///< [node][components, 3 for vectors]

    unsigned int n_written() const { return is_vector ? 3 : 1; }
  };
  unsigned int              dimension() const { return dim; }
  const std::vector<float> &nodes() const { return points; }
  const std::vector<Field> &all_fields() const { return fields; }
  /// The nodes of the linear cells between the nodes of all boxes, [cell][2^dimension], in VTK's order, with `first` for the
  /// first node of the first box.
  std::vector<std::int64_t> linear_cells(std::int64_t first) const;

  /// One <Piece>; a file is a head, the pieces of the ranks that write it, and a tail.
  std::string piece(SnapshotParameters::Compression compression) const;

  /// `time` and the names of the coordinates are in the file as the field data TimeValue and coordinates.
  static std::string head(SnapshotParameters::Compression compression, double time,
                          const std::vector<std::string> &coordinates);
  static std::string tail();
  /// The .pvtu record of several files.
  std::string record(const std::vector<std::string> &files, double time, const std::vector<std::string> &coordinates) const;

private:
  std::vector<std::int64_t> linear_order() const;
  std::vector<std::int64_t> connectivity(const std::vector<std::int64_t> &order_of_box, std::int64_t first) const;

  unsigned int              dim, degree;
  std::size_t               nodes_of_cell;
  std::uint8_t              type;             ///< VTK's number of what a box becomes
  std::size_t               nodes_of_written; ///< of one of these
  std::vector<std::int64_t> order;            ///< nodes of all of them, by their numbers in the box
  std::vector<float>        points;
  std::vector<Field>        fields;
};
} // namespace rhoflow
