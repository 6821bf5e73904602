#pragma once

#include <string>
#include <vector>

#include <vtkSmartPointer.h>

class vtkPolyData;
class vtkUnstructuredGrid;

namespace rhoflow
{
/// Read VTK XML files; VTK's own complaints do not reach the terminal. Throw InputError with the name of the file if it is
/// missing, cut off or something else.
vtkSmartPointer<vtkUnstructuredGrid> read_unstructured_grid(const std::string &file);
vtkSmartPointer<vtkPolyData>         read_poly_data(const std::string &file);

/// Neurons of one output time.
struct Neurons
{
  std::vector<double> coordinates[3]; ///< on the mesh's axes; zero where there are fewer
  std::vector<int>    replica;

  std::size_t size() const { return replica.size(); }
};
Neurons read_neurons(const std::string &file);

/// Weighted points of `characteristics`.
struct WrittenPoints
{
  std::vector<double> coordinates[3], weights;
};
WrittenPoints read_points(const std::string &file);
} // namespace rhoflow
