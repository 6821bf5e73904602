#include <solvers/base/files/vtk_data.h>
#include <solvers/discretization/vtu_cells.h>

#include <array>
#include <cmath>
#include <limits>

namespace rhoflow
{
namespace
{
/// Of VTK: vertices, lines, quadrilaterals, hexahedra.
constexpr std::uint8_t linear_types[] = {1, 3, 9, 12};

using Compression = SnapshotParameters::Compression;

/// Single precision; what is too small for it is zero.
float single(const double value)
{
  return std::abs(value) < std::numeric_limits<float>::min() ? 0.f : static_cast<float>(value);
}

/// Where VTK 9 has the node (i, j) of a Lagrange quadrilateral of degree k: corners, edges, inside
/// (vtkHigherOrderQuadrilateral::PointIndexFromIJK).
unsigned int place_in_quadrilateral(unsigned int i, unsigned int j, unsigned int k)
{
  const bool         at_i = i == 0 || i == k, at_j = j == 0 || j == k;
  const unsigned int inner = k - 1;
  if (at_i && at_j)
    return i == 0 ? (j == 0 ? 0 : 3) : (j == 0 ? 1 : 2);
  if (at_j)
    return 4 + (i - 1) + (j == 0 ? 0 : 2 * inner);
  if (at_i)
    return 4 + (j - 1) + (i == 0 ? 3 * inner : inner);
  return 4 + 4 * inner + (i - 1) + inner * (j - 1);
}

/// The same for the node (i, j, l) of a hexahedron: corners, edges, faces, inside (vtkHigherOrderHexahedron).
unsigned int place_in_hexahedron(unsigned int i, unsigned int j, unsigned int l, unsigned int k)
{
  const bool         at_i = i == 0 || i == k, at_j = j == 0 || j == k, at_l = l == 0 || l == k;
  const unsigned int inner = k - 1, on_side = (at_i ? 1 : 0) + (at_j ? 1 : 0) + (at_l ? 1 : 0);
  const unsigned int corner = i == 0 ? (j == 0 ? 0 : 3) : (j == 0 ? 1 : 2);
  if (on_side == 3)
    return corner + (l == 0 ? 0 : 4);
  if (on_side == 2)
    {
      const unsigned int above = l == 0 ? 0 : 4 * inner;
      if (!at_i)
        return 8 + (i - 1) + (j == 0 ? 0 : 2 * inner) + above;
      if (!at_j)
        return 8 + (j - 1) + (i == 0 ? 3 * inner : inner) + above;
      return 8 + 8 * inner + (l - 1) + inner * corner; // round the corners, which VTK 8 did not
    }
  unsigned int first = 8 + 12 * inner;
  if (on_side == 1)
    {
      if (at_i)
        return first + (j - 1) + inner * (l - 1) + (i == 0 ? 0 : inner * inner);
      first += 2 * inner * inner;
      if (at_j)
        return first + (i - 1) + inner * (l - 1) + (j == 0 ? 0 : inner * inner);
      first += 2 * inner * inner;
      return first + (i - 1) + inner * (j - 1) + (l == 0 ? 0 : inner * inner);
    }
  return first + 6 * inner * inner + (i - 1) + inner * ((j - 1) + inner * (l - 1));
}

template <typename Number>
void append_array(std::string &text, const std::string &attributes, const std::vector<Number> &data,
                  const Compression compression)
{
  text += "<DataArray " + attributes + " format=\"binary\">" +
          vtk_inline_array(data.data(), data.size() * sizeof(Number), compression) + "</DataArray>\n";
}

std::string file_tag(const char *const type, const Compression compression)
{
  return std::string("<?xml version=\"1.0\"?>\n<VTKFile type=\"") + type +
         "\" version=\"2.2\" byte_order=\"LittleEndian\" header_type=\"UInt64\"" +
         (compression == Compression::none ? "" : " compressor=\"vtkZLibDataCompressor\"") + ">\n";
}
} // namespace

VtuCells::VtuCells(const unsigned int dimension, const unsigned int element_degree, const bool linear)
  : dim(dimension)
  , degree(element_degree)
  , nodes_of_cell(1)
{
  const unsigned int n      = degree + 1;
  const bool         curved = dim > 1 && degree > 1 && !linear;
  for (unsigned int d = 0; d < dim; ++d)
    nodes_of_cell *= n;
  // VTK_VERTEX, VTK_LINE, VTK_QUAD, VTK_HEXAHEDRON; VTK_LAGRANGE_QUADRILATERAL, VTK_LAGRANGE_HEXAHEDRON.
  type             = curved ? (dim == 2 ? 70 : 72) : linear_types[dim];
  nodes_of_written = curved ? nodes_of_cell : std::size_t(1) << dim;
  if (!curved)
    {
      order = linear_order();
      return;
    }
  order.resize(nodes_of_cell);
  for (unsigned int node = 0; node < nodes_of_cell; ++node)
    {
      const unsigned int i = node % n, j = node / n % n, l = node / (n * n);
      order[dim == 2 ? place_in_quadrilateral(i, j, degree) : place_in_hexahedron(i, j, l, degree)] = node;
    }
}

/// The linear cells between the nodes of a box.
std::vector<std::int64_t> VtuCells::linear_order() const
{
  const unsigned int n = degree + 1, n_corners = 1u << dim;
  unsigned int       n_parts = 1;
  for (unsigned int d = 0; d < dim; ++d)
    n_parts *= degree;
  std::vector<std::int64_t> result(n_parts * n_corners);
  for (unsigned int part = 0; part < n_parts; ++part)
    for (unsigned int corner = 0; corner < n_corners; ++corner)
      {
        const unsigned int i = part % degree + (corner & 1u), j = part / degree % degree + (corner >> 1 & 1u),
                           l             = part / (degree * degree) + (corner >> 2);
        const unsigned int place         = (corner & 2u) != 0 ? corner ^ 1u : corner; // round the face
        result[part * n_corners + place] = i + (dim > 1 ? j * n : 0) + (dim > 2 ? l * n * n : 0);
      }
  return result;
}

std::vector<std::int64_t> VtuCells::connectivity(const std::vector<std::int64_t> &order_of_box, const std::int64_t first) const
{
  const std::size_t         n_boxes = points.size() / (3 * nodes_of_cell);
  std::vector<std::int64_t> nodes;
  nodes.reserve(n_boxes * order_of_box.size());
  for (std::size_t box = 0; box < n_boxes; ++box)
    for (const std::int64_t node : order_of_box)
      nodes.push_back(first + static_cast<std::int64_t>(box * nodes_of_cell) + node);
  return nodes;
}

std::vector<std::int64_t> VtuCells::linear_cells(const std::int64_t first) const
{
  return connectivity(linear_order(), first);
}

void VtuCells::add_field(const std::string &name, const bool is_vector)
{
  fields.push_back({name, is_vector, {}});
}

void VtuCells::add_cell(const double *lower, const double *upper)
{
  for (unsigned int node = 0; node < nodes_of_cell; ++node)
    for (unsigned int d = 0, rest = node; d < 3; ++d, rest /= degree + 1)
      if (dim == 0)
        points.push_back(single(lower[d]));
      else if (d >= dim)
        points.push_back(0.f);
      else
        {
          const unsigned int i = rest % (degree + 1);
          points.push_back(single(i == degree ? upper[d] : lower[d] + (upper[d] - lower[d]) * i / degree));
        }
}

void VtuCells::add_values(const unsigned int field, const double *values)
{
  Field             &f            = fields[field];
  const unsigned int n_components = f.is_vector ? dim : 1;
  for (std::size_t node = 0; node < nodes_of_cell; ++node)
    for (unsigned int c = 0; c < f.n_written(); ++c)
      f.values.push_back(c < n_components ? single(values[c * nodes_of_cell + node]) : 0.f);
}

std::string VtuCells::piece(const Compression compression) const
{
  const std::vector<std::int64_t> nodes_of_cells = connectivity(order, 0);
  std::vector<std::int64_t>       offsets(nodes_of_cells.size() / nodes_of_written);
  for (std::size_t i = 0; i < offsets.size(); ++i)
    offsets[i] = static_cast<std::int64_t>((i + 1) * nodes_of_written);
  const std::vector<std::uint8_t> types(offsets.size(), type);

  std::string text = "<Piece NumberOfPoints=\"" + std::to_string(points.size() / 3) + "\" NumberOfCells=\"" +
                     std::to_string(types.size()) + "\">\n<PointData>\n";
  for (const Field &field : fields)
    append_array(text,
                 "type=\"Float32\" Name=\"" + xml_escaped(field.name) + "\" NumberOfComponents=\"" +
                   std::to_string(field.n_written()) + "\"",
                 field.values, compression);
  text += "</PointData>\n<Points>\n";
  append_array(text, "type=\"Float32\" Name=\"Points\" NumberOfComponents=\"3\"", points, compression);
  text += "</Points>\n<Cells>\n";
  append_array(text, "type=\"Int64\" Name=\"connectivity\"", nodes_of_cells, compression);
  append_array(text, "type=\"Int64\" Name=\"offsets\"", offsets, compression);
  append_array(text, "type=\"UInt8\" Name=\"types\"", types, compression);
  return text + "</Cells>\n</Piece>\n";
}

std::string VtuCells::head(const Compression compression, const double time, const std::vector<std::string> &coordinates)
{
  return file_tag("UnstructuredGrid", compression) + "<UnstructuredGrid>\n" + vtk_field_data(time, coordinates);
}

std::string VtuCells::tail()
{
  return "</UnstructuredGrid>\n</VTKFile>\n";
}

std::string VtuCells::record(const std::vector<std::string> &files, const double time,
                             const std::vector<std::string> &coordinates) const
{
  std::string text = file_tag("PUnstructuredGrid", Compression::none) + "<PUnstructuredGrid GhostLevel=\"0\">\n" +
                     vtk_field_data(time, coordinates) + "<PPointData>\n";
  for (const Field &field : fields)
    text += "<PDataArray type=\"Float32\" Name=\"" + xml_escaped(field.name) + "\" NumberOfComponents=\"" +
            std::to_string(field.n_written()) + "\"/>\n";
  text += "</PPointData>\n<PPoints>\n<PDataArray type=\"Float32\" Name=\"Points\" NumberOfComponents=\"3\"/>\n</PPoints>\n";
  for (const std::string &file : files)
    text += "<Piece Source=\"" + xml_escaped(file) + "\"/>\n";
  return text + "</PUnstructuredGrid>\n</VTKFile>\n";
}
} // namespace rhoflow
