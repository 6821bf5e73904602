#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <string>
#include <vector>

#include <postprocess/records/vtk_files.h>

#include <solvers/discretization/vtu_cells.h>

#include <vtkCell.h>
#include <vtkCleanPolyData.h>
#include <vtkContourFilter.h>
#include <vtkDoubleArray.h>
#include <vtkFeatureEdges.h>
#include <vtkFieldData.h>
#include <vtkImageData.h>
#include <vtkNew.h>
#include <vtkPointData.h>
#include <vtkPolyData.h>
#include <vtkResampleToImage.h>
#include <vtkStringArray.h>
#include <vtkUnstructuredGrid.h>

#include "../base/temporary_directory.h"

using namespace rhoflow;
using Compression = SnapshotParameters::Compression;

namespace
{
const double                   time_of_files = 0.1;
const std::vector<std::string> names         = {"a", "w", "b"};

/// A Gaussian of mass one, wide enough for the coarsest mesh, and all inside of the box [-1, 1]^D.
double bump(unsigned int dim, const double *x)
{
  double value = 1.;
  for (unsigned int d = 0; d < dim; ++d)
    value *= std::exp(-0.5 * x[d] * x[d] / 0.04) / (0.2 * std::sqrt(2. * M_PI));
  return value;
}

/// `n` cells along each axis, those of every `n_pieces`-th layer of the last coordinate, as a rank would have them.
VtuCells cells_of(unsigned int dim, unsigned int degree, unsigned int n, unsigned int piece, unsigned int n_pieces)
{
  VtuCells cells(dim, degree);
  cells.add_field("density");
  cells.add_field("velocity", true);
  std::size_t n_cells = 1, n_nodes = 1;
  for (unsigned int d = 0; d < dim; ++d)
    {
      n_cells *= n;
      n_nodes *= degree + 1;
    }
  std::vector<double> density(n_nodes), velocity(dim * n_nodes);
  for (std::size_t c = 0; c < n_cells; ++c)
    {
      if (c * n / n_cells % n_pieces != piece)
        continue;
      double      lower[3], upper[3];
      std::size_t rest = c;
      for (unsigned int d = 0; d < dim; ++d, rest /= n)
        {
          lower[d] = -1. + 2. * static_cast<double>(rest % n) / n;
          upper[d] = -1. + 2. * static_cast<double>(rest % n + 1) / n;
        }
      for (std::size_t node = 0; node < n_nodes; ++node)
        {
          double      x[3];
          std::size_t at = node;
          for (unsigned int d = 0; d < dim; ++d, at /= degree + 1)
            {
              x[d]                         = lower[d] + (upper[d] - lower[d]) * static_cast<double>(at % (degree + 1)) / degree;
              velocity[d * n_nodes + node] = x[d];
            }
          density[node] = bump(dim, x);
        }
      cells.add_cell(lower, upper);
      cells.add_values(0, density.data());
      cells.add_values(1, velocity.data());
    }
  return cells;
}

/// Writes as `n_ranks` ranks would, into one file or one each, and returns what to open.
std::string write(const TemporaryDirectory &directory, unsigned int dim, unsigned int degree, unsigned int n,
                  unsigned int n_ranks, bool grouped, Compression compression)
{
  if (!grouped)
    {
      std::ofstream file(directory.path("cells.vtu"), std::ios::binary);
      file << VtuCells::head(compression, time_of_files, names);
      for (unsigned int rank = 0; rank < n_ranks; ++rank)
        file << cells_of(dim, degree, n, rank, n_ranks).piece(compression);
      file << VtuCells::tail();
      return directory.path("cells.vtu");
    }
  std::vector<std::string> pieces;
  for (unsigned int rank = 0; rank < n_ranks; ++rank)
    {
      pieces.push_back("cells." + std::to_string(rank) + ".vtu");
      std::ofstream(directory.path(pieces.back()), std::ios::binary)
        << VtuCells::head(compression, time_of_files, names) << cells_of(dim, degree, n, rank, n_ranks).piece(compression)
        << VtuCells::tail();
    }
  std::ofstream(directory.path("cells.pvtu"), std::ios::binary)
    << cells_of(dim, degree, n, 0, n_ranks).record(pieces, time_of_files, names);
  return directory.path("cells.pvtu");
}

/// The largest distance of a node from the place that its cell's shape gives it.
double largest_displacement(vtkUnstructuredGrid *grid, unsigned int dim)
{
  double largest = 0.;
  for (vtkIdType c = 0; c < grid->GetNumberOfCells(); ++c)
    {
      vtkCell *const cell  = grid->GetCell(c);
      const double  *place = cell->GetParametricCoords();
      double         bounds[6];
      cell->GetBounds(bounds);
      for (vtkIdType i = 0; i < cell->GetNumberOfPoints(); ++i)
        for (unsigned int d = 0; d < dim; ++d)
          largest = std::max(largest, std::abs(cell->GetPoints()->GetPoint(i)[d] - bounds[2 * d] -
                                               (bounds[2 * d + 1] - bounds[2 * d]) * place[3 * i + d]));
    }
  return largest;
}

/// The integral of the density as VTK's filters see it.
double resampled_mass(vtkUnstructuredGrid *grid, unsigned int dim)
{
  const int                  n = dim == 2 ? 81 : 31;
  vtkNew<vtkResampleToImage> resample;
  resample->SetInputDataObject(grid);
  resample->SetSamplingDimensions(n, n, dim == 2 ? 1 : n);
  resample->SetUseInputBounds(false);
  const double inside    = 1. - 1e-6; // samples on the sides themselves may be taken for outside
  double       bounds[6] = {-inside, inside, -inside, inside, dim == 2 ? 0. : -inside, dim == 2 ? 0. : inside};
  resample->SetSamplingBounds(bounds);
  resample->Update();
  vtkDataArray *const density = resample->GetOutput()->GetPointData()->GetArray("density");
  REQUIRE(density != nullptr);
  double sum = 0.;
  for (vtkIdType i = 0; i < density->GetNumberOfTuples(); ++i)
    sum += density->GetComponent(i, 0);
  return sum * std::pow(2. * inside / (n - 1), dim);
}

/// Edges at which the surface of half the largest density ends.
vtkIdType open_edges(vtkUnstructuredGrid *grid)
{
  vtkNew<vtkContourFilter> contour;
  contour->SetInputData(grid);
  grid->GetPointData()->SetActiveScalars("density");
  contour->SetValue(0, 0.5 * grid->GetPointData()->GetArray("density")->GetRange()[1]);
  contour->Update();
  REQUIRE(contour->GetOutput()->GetNumberOfCells() > 0);
  // VTK 9.3 contours linear cells one by one and does not join their points.
  vtkNew<vtkCleanPolyData> joined;
  joined->SetInputConnection(contour->GetOutputPort());
  joined->ToleranceIsAbsoluteOn();
  joined->SetAbsoluteTolerance(1e-6);
  vtkNew<vtkFeatureEdges> edges;
  edges->SetInputConnection(joined->GetOutputPort());
  edges->BoundaryEdgesOn();
  edges->FeatureEdgesOff();
  edges->NonManifoldEdgesOff();
  edges->ManifoldEdgesOff();
  edges->Update();
  return edges->GetOutput()->GetNumberOfCells();
}
} // namespace

TEST_CASE("VTK reads the cells of 1 to 4 ranks as they are", "[cell_files]")
{
  for (const unsigned int dim : {2u, 3u})
    for (unsigned int degree = 1; degree <= 4; ++degree)
      for (unsigned int n_ranks = 1; n_ranks <= 4; ++n_ranks)
        for (const bool grouped : {false, true})
          {
            INFO(dim << " coordinates, degree " << degree << ", " << n_ranks << " ranks" << (grouped ? ", a file each" : ""));
            const TemporaryDirectory directory;
            const unsigned int       n    = 24 / degree;
            const Compression        how  = n_ranks % 2 == 0 ? Compression::none : Compression::fast;
            const auto               grid = read_unstructured_grid(write(directory, dim, degree, n, n_ranks, grouped, how));
            REQUIRE(grid->GetNumberOfCells() == static_cast<vtkIdType>(dim == 2 ? n * n : n * n * n));
            CHECK(largest_displacement(grid, dim) < 1e-6);
            CHECK(resampled_mass(grid, dim) == Approx(1.).epsilon(0.01));
            if (dim == 3 && degree < 4)
              CHECK(open_edges(grid) == 0);
            vtkDataArray *const velocity = grid->GetPointData()->GetArray("velocity");
            REQUIRE(velocity->GetNumberOfComponents() == 3);
            double error = 0.;
            for (vtkIdType i = 0; i < grid->GetNumberOfPoints(); ++i)
              for (unsigned int d = 0; d < dim; ++d)
                error = std::max(error, std::abs(velocity->GetComponent(i, static_cast<int>(d)) - grid->GetPoint(i)[d]));
            CHECK(error < 1e-6);
          }
}

TEST_CASE("Files of cells hold the time and the names of the coordinates", "[cell_files]")
{
  const TemporaryDirectory directory;
  for (const bool grouped : {false, true})
    {
      const auto          grid = read_unstructured_grid(write(directory, 2, 2, 4, 2, grouped, Compression::best));
      vtkDataArray *const time = grid->GetFieldData()->GetArray("TimeValue");
      REQUIRE(time != nullptr);
      CHECK(time->GetComponent(0, 0) == time_of_files);
      auto *const coordinates = vtkStringArray::SafeDownCast(grid->GetFieldData()->GetAbstractArray("coordinates"));
      REQUIRE(coordinates != nullptr);
      REQUIRE(coordinates->GetNumberOfValues() == 3);
      for (vtkIdType i = 0; i < 3; ++i)
        CHECK(coordinates->GetValue(i) == names[static_cast<std::size_t>(i)]);
    }
}
