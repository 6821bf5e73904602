#pragma once

#include <array>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>
#include <vector>

/// Writes boxes with a polynomial on each as a VTU file of Lagrange cells in plain text, independently of what rhoflow writes
/// with: node by node in VTK's order (vertices, edges, faces, inside), which is spelled out here for the degrees 1 and 2.
class BoxMeshFile
{
public:
  using Function = std::function<double(const std::array<double, 3> &)>;

  BoxMeshFile(unsigned int dimension, unsigned int polynomial_degree)
    : dim(dimension)
    , degree(polynomial_degree)
  {}

  void add(const std::array<double, 3> &lower, const std::array<double, 3> &upper) { boxes.push_back({{lower, upper}}); }

  void write(const std::string &file, const Function &density, const Function &potential) const
  {
    std::ostringstream points, first, second, connectivity, ends, types;
    for (std::ostringstream *const stream : {&points, &first, &second})
      stream->precision(9);
    unsigned int n = 0;
    for (const auto &box : boxes)
      {
        for (const auto &node : nodes())
          {
            std::array<double, 3> x{{0, 0, 0}};
            for (unsigned int d = 0; d < dim; ++d)
              x[d] = box[0][d] + node[d] * (box[1][d] - box[0][d]) / 2;
            points << x[0] << ' ' << x[1] << ' ' << x[2] << '\n';
            first << density(x) << '\n';
            second << potential(x) << '\n';
            connectivity << n++ << ' ';
          }
        ends << n << ' ';
        types << type() << ' ';
      }
    std::ofstream(file)
      << "<VTKFile type=\"UnstructuredGrid\" version=\"0.1\" byte_order=\"LittleEndian\">\n<UnstructuredGrid>\n"
      << "<Piece NumberOfPoints=\"" << n << "\" NumberOfCells=\"" << boxes.size() << "\">\n<Points>\n"
      << array("Float32", "", 3, points) << "</Points>\n<Cells>\n"
      << array("Int32", "connectivity", 1, connectivity) << array("Int32", "offsets", 1, ends)
      << array("UInt8", "types", 1, types) << "</Cells>\n<PointData>\n"
      << array("Float32", "density", 1, first) << array("Float32", "potential", 1, second)
      << "</PointData>\n</Piece>\n</UnstructuredGrid>\n</VTKFile>\n";
  }

private:
  static std::string array(const char *type, const char *name, int components, const std::ostringstream &values)
  {
    return std::string("<DataArray type=\"") + type + "\" Name=\"" + name + "\" NumberOfComponents=\"" +
           std::to_string(components) + "\" format=\"ascii\">\n" + values.str() + "\n</DataArray>\n";
  }

  /// Nodes in units of half an edge.
  std::vector<std::array<int, 3>> nodes() const
  {
    if (dim == 1)
      return degree == 1 ? std::vector<std::array<int, 3>>{{{0}}, {{2}}} : std::vector<std::array<int, 3>>{{{0}}, {{2}}, {{1}}};
    if (dim == 2)
      return {{{0, 0}}, {{2, 0}}, {{2, 2}}, {{0, 2}}, {{1, 0}}, {{2, 1}}, {{1, 2}}, {{0, 1}}, {{1, 1}}};
    std::vector<std::array<int, 3>> result{{{0, 0, 0}}, {{2, 0, 0}}, {{2, 2, 0}}, {{0, 2, 0}},
                                           {{0, 0, 2}}, {{2, 0, 2}}, {{2, 2, 2}}, {{0, 2, 2}}};
    for (const int z : {0, 2})
      for (const auto &xy : {std::array<int, 2>{{1, 0}}, {{2, 1}}, {{1, 2}}, {{0, 1}}})
        result.push_back({{xy[0], xy[1], z}});
    for (const auto &xy : {std::array<int, 2>{{0, 0}}, {{2, 0}}, {{2, 2}}, {{0, 2}}})
      result.push_back({{xy[0], xy[1], 1}});
    for (const auto &face : {std::array<int, 3>{{0, 1, 1}}, {{2, 1, 1}}, {{1, 0, 1}}, {{1, 2, 1}}, {{1, 1, 0}}, {{1, 1, 2}}})
      result.push_back(face);
    result.push_back({{1, 1, 1}});
    return result;
  }

  int type() const { return dim == 1 ? (degree == 1 ? 3 : 68) : dim == 2 ? 70 : 72; }

  const unsigned int                                dim, degree;
  std::vector<std::array<std::array<double, 3>, 2>> boxes;
};
