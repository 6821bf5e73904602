#include <postprocess/records/vtk_files.h>

#include <solvers/base/error.h>

#include <vtkCallbackCommand.h>
#include <vtkCommand.h>
#include <vtkDataArray.h>
#include <vtkNew.h>
#include <vtkObject.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkUnstructuredGrid.h>
#include <vtkXMLPUnstructuredGridReader.h>
#include <vtkXMLPolyDataReader.h>
#include <vtkXMLUnstructuredGridReader.h>

#include <cmath>
#include <filesystem>

namespace rhoflow
{
namespace
{
/// Reads with VTK's messages counted instead of printed: its parsers report a file that is cut off by nothing else.
template <typename Reader>
auto read_with(const std::string &file)
{
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (!fs::exists(file, ignored))
    throw InputError(Refusal::missing, "", "the file '" + file + "' does not exist.");
  const InputError           damaged(Refusal::damaged, "",
                                     "the file '" + file + "' is damaged or cut off (" + std::to_string(fs::file_size(file, ignored)) +
                                       " bytes); was the disk full, or is it no file of rhoflow?");
  unsigned int               n_errors = 0;
  vtkNew<vtkCallbackCommand> count;
  count->SetClientData(&n_errors);
  count->SetCallback([](vtkObject *, unsigned long, void *counter, void *) { ++*static_cast<unsigned int *>(counter); });
  // The parser inside the reader reports on its own.
  const int shown = vtkObject::GetGlobalWarningDisplay();
  vtkObject::GlobalWarningDisplayOff();
  vtkNew<Reader> reader;
  reader->AddObserver(vtkCommand::ErrorEvent, count);
  reader->SetFileName(file.c_str());
  reader->Update();
  vtkObject::SetGlobalWarningDisplay(shown);
  auto *const output = reader->GetOutput();
  if (n_errors > 0 || reader->GetErrorCode() != 0 || output == nullptr || output->GetNumberOfPoints() == 0)
    throw damaged;
  for (int i = 0; i < output->GetPointData()->GetNumberOfArrays(); ++i)
    if (output->GetPointData()->GetAbstractArray(i)->GetNumberOfTuples() != output->GetNumberOfPoints())
      throw damaged;
  return vtkSmartPointer<std::remove_pointer_t<decltype(output)>>(output);
}

void take_coordinates(vtkPointSet *points, std::vector<double> (&coordinates)[3])
{
  const vtkIdType n = points->GetNumberOfPoints();
  for (auto &column : coordinates)
    column.resize(static_cast<std::size_t>(n));
  for (vtkIdType i = 0; i < n; ++i)
    {
      double x[3];
      points->GetPoint(i, x);
      for (unsigned int d = 0; d < 3; ++d)
        coordinates[d][static_cast<std::size_t>(i)] = x[d];
    }
}
} // namespace

vtkSmartPointer<vtkUnstructuredGrid> read_unstructured_grid(const std::string &file)
{
  if (std::filesystem::path(file).extension() == ".pvtu")
    return read_with<vtkXMLPUnstructuredGridReader>(file);
  return read_with<vtkXMLUnstructuredGridReader>(file);
}

vtkSmartPointer<vtkPolyData> read_poly_data(const std::string &file)
{
  return read_with<vtkXMLPolyDataReader>(file);
}

Neurons read_neurons(const std::string &file)
{
  const auto data = read_poly_data(file);
  Neurons    result;
  take_coordinates(data, result.coordinates);
  result.replica.resize(result.coordinates[0].size(), 0);
  if (vtkDataArray *const numbers = data->GetPointData()->GetArray("replica"))
    for (std::size_t i = 0; i < result.replica.size(); ++i)
      result.replica[i] = static_cast<int>(numbers->GetComponent(static_cast<vtkIdType>(i), 0));
  return result;
}

WrittenPoints read_points(const std::string &file)
{
  const auto    data = read_unstructured_grid(file);
  WrittenPoints result;
  take_coordinates(data, result.coordinates);
  vtkDataArray *const mass = data->GetPointData()->GetArray("mass");
  if (mass == nullptr)
    throw InputError(Refusal::damaged, "", "'" + file + "' holds no masses of points; rhoflow writes no such file.");
  result.weights.resize(result.coordinates[0].size());
  for (std::size_t i = 0; i < result.weights.size(); ++i)
    result.weights[i] = mass->GetComponent(static_cast<vtkIdType>(i), 0);
  return result;
}
} // namespace rhoflow
