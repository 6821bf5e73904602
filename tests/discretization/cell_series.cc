#include <catch2/catch.hpp>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <hdf5.h>

#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/discretization/cell_series.h>

#include <tests/support/refusals.h>

#include "../base/small_disk.h"
#include "../base/temporary_directory.h"

using namespace rhoflow;
using Compression = SnapshotParameters::Compression;
using Tree        = boost::property_tree::ptree;

namespace
{
SnapshotParameters formats(bool vtu, bool xdmf, Compression compression = Compression::fast)
{
  SnapshotParameters parameters;
  parameters.vtu         = vtu;
  parameters.xdmf        = xdmf;
  parameters.compression = compression;
  return parameters;
}

/// A function that linear cells integrate exactly.
double linear(const float *x)
{
  return 1. + x[0] + 2. * x[1] + 4. * x[2];
}

/// Of `n` cells of the unit cube along each axis, those whose number is this rank's, counted over `n_ranks`.
VtuCells part_of(unsigned int dim, unsigned int degree, unsigned int n, int rank, int n_ranks)
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
  for (std::size_t c = static_cast<std::size_t>(rank); c < n_cells; c += static_cast<std::size_t>(n_ranks))
    {
      double      lower[3], upper[3];
      std::size_t rest = c;
      for (unsigned int d = 0; d < dim; ++d, rest /= n)
        {
          lower[d] = static_cast<double>(rest % n) / n;
          upper[d] = static_cast<double>(rest % n + 1) / n;
        }
      cells.add_cell(lower, upper);
      std::vector<double> density(n_nodes), velocity(dim * n_nodes);
      for (std::size_t i = 0; i < n_nodes; ++i)
        {
          const float *const x = cells.nodes().data() + 3 * (cells.nodes().size() / 3 - n_nodes + i);
          density[i]           = linear(x);
          for (unsigned int d = 0; d < dim; ++d)
            velocity[d * n_nodes + i] = x[d];
        }
      cells.add_values(0, density.data());
      cells.add_values(1, velocity.data());
    }
  return cells;
}

template <typename Number>
std::vector<Number> array_of(const std::string &path, const std::string &name, std::vector<hsize_t> &size)
{
  const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
  REQUIRE(file >= 0);
  const hid_t data = H5Dopen2(file, name.c_str(), H5P_DEFAULT);
  REQUIRE(data >= 0);
  const hid_t space = H5Dget_space(data);
  size.resize(static_cast<std::size_t>(H5Sget_simple_extent_ndims(space)));
  H5Sget_simple_extent_dims(space, size.data(), nullptr);
  hsize_t n = 1;
  for (const hsize_t s : size)
    n *= s;
  std::vector<Number> values(n);
  const hid_t         type = std::is_same_v<Number, float> ? H5T_NATIVE_FLOAT : H5T_NATIVE_INT64;
  REQUIRE(H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0);
  H5Sclose(space);
  H5Dclose(data);
  H5Fclose(file);
  return values;
}

/// What an <DataItem> of a record names. Its size is that of the array.
template <typename Number>
std::vector<Number> array_of(const std::string &folder, const Tree &item)
{
  REQUIRE(item.get<std::string>("<xmlattr>.Format") == "HDF");
  std::string text = item.data();
  text.erase(std::remove(text.begin(), text.end(), '\n'), text.end());
  const std::size_t    colon = text.find(":/");
  std::vector<hsize_t> size, told;
  const auto           values = array_of<Number>(folder + "/" + text.substr(0, colon), text.substr(colon + 2), size);
  std::istringstream   dimensions(item.get<std::string>("<xmlattr>.Dimensions"));
  for (hsize_t s; dimensions >> s;)
    told.push_back(s);
  CHECK(told == size);
  return values;
}

struct Sums
{
  double mass = 0., volume = 0.;
};

/// Integrals over the cells of an uniform grid, which the corners of each cell must span, and checks of its fields.
Sums integrals(const std::string &folder, const Tree &grid, unsigned int dim)
{
  const char *const types[] = {"Polyvertex", "Polyline", "Quadrilateral", "Hexahedron"};
  CHECK(grid.get<std::string>("Topology.<xmlattr>.TopologyType") == types[dim]);
  const auto                                points = array_of<float>(folder, grid.get_child("Geometry.DataItem"));
  const auto                                cells  = array_of<std::int64_t>(folder, grid.get_child("Topology.DataItem"));
  std::map<std::string, std::vector<float>> fields;
  for (const auto &entry : grid)
    if (entry.first == "Attribute")
      fields[entry.second.get<std::string>("<xmlattr>.Name")] = array_of<float>(folder, entry.second.get_child("DataItem"));
  REQUIRE(fields.size() == 2);
  const auto &density = fields.at("density"), &velocity = fields.at("velocity");
  REQUIRE(3 * density.size() == points.size());
  REQUIRE(velocity.size() == points.size());
  CHECK(velocity == points);
  for (std::size_t i = 0; i < density.size(); ++i)
    REQUIRE(density[i] == Approx(linear(points.data() + 3 * i)));

  const std::size_t n_corners = std::size_t(1) << dim;
  CHECK(grid.get<std::size_t>("Topology.<xmlattr>.NumberOfElements") * n_corners == cells.size());
  Sums sums;
  for (std::size_t c = 0; c < cells.size(); c += n_corners)
    {
      const auto corner = [&](std::size_t i) {
        REQUIRE(cells[c + i] >= 0);
        REQUIRE(static_cast<std::size_t>(cells[c + i]) < density.size());
        return points.data() + 3 * cells[c + i];
      };
      // Round the lower face, then round the upper one.
      const std::size_t along[3] = {1, 3, 4};
      double            volume = 1., mean = 0.;
      for (unsigned int d = 0; d < dim; ++d)
        {
          for (unsigned int other = 0; other < dim; ++other)
            REQUIRE((corner(along[d])[other] > corner(0)[other]) == (other == d));
          volume *= corner(along[d])[d] - corner(0)[d];
        }
      for (std::size_t i = 0; i < n_corners; ++i)
        mean += density[static_cast<std::size_t>(cells[c + i])] / static_cast<double>(n_corners);
      sums.volume += volume;
      sums.mass += volume * mean;
    }
  return sums;
}

/// All grids of the time with that number, as a reader of XDMF sees them.
Sums read_time(const std::string &folder, const std::string &series, std::size_t number, double time, unsigned int dim,
               std::size_t n_groups, bool grouped = false)
{
  Tree record;
  boost::property_tree::read_xml(folder + "/" + series + ".xdmf", record, boost::property_tree::xml_parser::no_comments);
  std::vector<Tree> times;
  for (const auto &entry : record.get_child("Xdmf.Domain.Grid"))
    if (entry.first == "Grid")
      times.push_back(entry.second);
  REQUIRE(number < times.size());
  const Tree &grid = times[number];
  CHECK(grid.get<double>("Time.<xmlattr>.Value") == time);
  if (n_groups == 1 && !grouped)
    return integrals(folder, grid, dim);
  Sums        sums;
  std::size_t n_grids = 0;
  for (const auto &entry : grid)
    if (entry.first == "Grid")
      {
        const Sums part = integrals(folder, entry.second, dim);
        sums.mass += part.mass;
        sums.volume += part.volume;
        ++n_grids;
      }
  CHECK(n_grids == n_groups);
  return sums;
}
} // namespace

TEST_CASE("XDMF and HDF5: cells, fields and times of all ranks", "[cell_series][mpi]")
{
  const int rank = rank_of(MPI_COMM_WORLD), n_ranks = number_of_ranks(MPI_COMM_WORLD);
  for (const unsigned int dim : {1u, 2u, 3u})
    for (const unsigned int degree : {1u, 2u, 4u})
      for (const unsigned int n_groups : {1u, 2u})
        {
          if (n_groups > static_cast<unsigned int>(n_ranks))
            continue;
          INFO("dimension " << dim << ", degree " << degree << ", groups " << n_groups);
          const TemporaryDirectory directory;
          const RunDirectory       run(directory.path("run"), false, MPI_COMM_WORLD);
          CellSeries               series(run, "density", formats(true, true), {"a", "w"});
          for (const double time : {0., 2. / 3.})
            series.write(time, MPI_COMM_WORLD, n_groups, [&]() { return part_of(dim, degree, 3, rank, n_ranks); });
          CHECK(std::filesystem::exists(directory.path("run/density.pvd")));
          const double exact[] = {0., 1.5, 2.5, 4.5};
          for (const std::size_t number : {0u, 1u})
            {
              const Sums sums = read_time(directory.path("run"), "density", number, number * 2. / 3., dim, n_groups);
              CHECK(sums.volume == Approx(1.).epsilon(1e-5));
              CHECK(sums.mass == Approx(exact[dim]).epsilon(1e-5));
            }
          MPI_Barrier(MPI_COMM_WORLD);
        }
}

TEST_CASE("XDMF and HDF5: a run that goes on, and no files of the format that is not asked for", "[cell_series][mpi]")
{
  const TemporaryDirectory directory;
  const RunDirectory       run(directory.path("run"), false, MPI_COMM_WORLD);
  const auto               part = []() { return part_of(2, 2, 3, rank_of(MPI_COMM_WORLD), number_of_ranks(MPI_COMM_WORLD)); };
  {
    CellSeries series(run, "density", formats(false, true), {});
    for (const double time : {0., 1., 2.})
      series.write(time, MPI_COMM_WORLD, 1, part);
  }
  CHECK_FALSE(std::filesystem::exists(directory.path("run/density.pvd")));
  CellSeries series(run, "density", formats(false, true), {});
  series.resume_from(1.);
  series.write(1.5, MPI_COMM_WORLD, 1, part);
  const auto entries = read_time_series(directory.path("run/density.xdmf"));
  REQUIRE(entries.size() == 3);
  CHECK(entries[1].time == 1.);
  CHECK(entries[2].time == 1.5);
  CHECK(entries[2].file == "density/density_0002.h5");
  for (const std::size_t number : {0u, 1u, 2u})
    CHECK(read_time(directory.path("run"), "density", number, number < 2 ? number : 1.5, 2, 1).volume == Approx(1.));
  MPI_Barrier(MPI_COMM_WORLD);

  const std::string whole = directory.read("run/density.xdmf");
  directory.write("run/density.xdmf", whole.substr(0, whole.size() / 2));
  MPI_Barrier(MPI_COMM_WORLD);
  CHECK(refusal([&]() { series.resume_from(2.); }) == Refused{"", Refusal::damaged}.naming("density.xdmf"));
}

TEST_CASE("XDMF and HDF5: a group of ranks without cells has a file, and no grid", "[cell_series][mpi]")
{
  const int rank = rank_of(MPI_COMM_WORLD), n_ranks = number_of_ranks(MPI_COMM_WORLD);
  if (n_ranks < 2)
    return;
  const TemporaryDirectory directory;
  const RunDirectory       run(directory.path("run"), false, MPI_COMM_WORLD);
  const auto               part = [&]() { return rank == 1 ? part_of(2, 2, 3, 0, 1) : part_of(2, 2, 3, 9, 10); };
  {
    CellSeries series(run, "density", formats(false, true), {});
    series.write(0., MPI_COMM_WORLD, 2, part);
  }
  CHECK(read_time(directory.path("run"), "density", 0, 0., 2, 1, true).volume == Approx(1.));
  CellSeries series(run, "density", formats(false, true), {});
  series.resume_from(0.);
  MPI_Barrier(MPI_COMM_WORLD);
  series.write(1., MPI_COMM_WORLD, 2, part);
  CHECK(read_time_series(directory.path("run/density.xdmf")).size() == 2);
  MPI_Barrier(MPI_COMM_WORLD);
}

TEST_CASE("HDF5 files of the same cells are the same bytes", "[cell_series][mpi]")
{
  const int rank = rank_of(MPI_COMM_WORLD), n_ranks = number_of_ranks(MPI_COMM_WORLD);
  for (const Compression compression : {Compression::none, Compression::fast})
    {
      const TemporaryDirectory directory;
      std::string              bytes[2];
      for (const unsigned int i : {0u, 1u})
        {
          const RunDirectory run(directory.path("run" + std::to_string(i)), false, MPI_COMM_WORLD);
          CellSeries         series(run, "density", formats(false, true, compression), {"a"});
          // HDF5 counts its times in seconds.
          if (i == 1)
            std::this_thread::sleep_for(std::chrono::milliseconds(1100));
          series.write(0., MPI_COMM_WORLD, 1, [&]() { return part_of(3, 2, 4, rank, n_ranks); });
          bytes[i] = directory.read("run" + std::to_string(i) + "/density/density_0000.h5");
        }
      CHECK(bytes[0].size() > 4 * 3 * 27 * 64 / (compression == Compression::none ? 1 : 20));
      CHECK((bytes[0] == bytes[1]));
      MPI_Barrier(MPI_COMM_WORLD);
    }
}

TEST_CASE("HDF5: a disk that is full is reported by every rank", "[cell_series][mpi]")
{
  const int                rank = rank_of(MPI_COMM_WORLD), n_ranks = number_of_ranks(MPI_COMM_WORLD);
  const TemporaryDirectory directory;
  const RunDirectory       run(directory.path("run"), false, MPI_COMM_WORLD);
  const auto               part = [&]() { return part_of(3, 2, 6, rank, n_ranks); };
  for (const unsigned int n_groups : {1u, 2u})
    {
      if (n_groups > static_cast<unsigned int>(n_ranks))
        continue;
      CellSeries series(run, "density", formats(false, true, Compression::none), {});
      series.write(0., MPI_COMM_WORLD, n_groups, part);
      const std::string before = directory.read("run/density.xdmf");
      {
        const SmallDisk disk(20000);
        CHECK_THROWS_AS(series.write(1., MPI_COMM_WORLD, n_groups, part), RunError);
        // Whichever group fails, the reason is told.
        for (const int full : {0, 1})
          CHECK_THROWS_WITH(series.write(1., MPI_COMM_WORLD, n_groups,
                                         [&]() { return n_groups == 1 || rank % 2 == full ? part() : VtuCells(3, 2); }),
                            Catch::Contains("cannot write") && Catch::Contains("File too large"));
      }
      CHECK(directory.read("run/density.xdmf") == before);
      for (const auto &entry : std::filesystem::directory_iterator(directory.path("run/density")))
        CHECK(entry.path().extension() != ".part");
      MPI_Barrier(MPI_COMM_WORLD);
    }
}
