#include <catch2/catch.hpp>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <map>
#include <sstream>
#include <string>

#include <deal.II/base/parameter_handler.h>

#include <boost/property_tree/ptree.hpp>
#include <boost/property_tree/xml_parser.hpp>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/run/time_series_record.h>
#include <solvers/discretization/density_output.h>
#include <solvers/discretization/dg/dg_fields.h>
#include <solvers/discretization/dg/positive_density.h>

#include <tests/support/refusals.h>

#include "../base/small_disk.h"
#include "../base/temporary_directory.h"
#include "rough_density.h"

using namespace rhoflow;
using Type = ParticleNeuron::Type;
using Tree = boost::property_tree::ptree;

namespace
{
std::vector<unsigned char> base64(const std::string &text)
{
  const std::string          alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::vector<unsigned char> bytes;
  std::uint32_t              bits = 0;
  unsigned int               n    = 0;
  for (const char c : text)
    {
      const std::size_t digit = alphabet.find(c);
      if (digit == std::string::npos)
        continue;
      bits = (bits << 6) | static_cast<std::uint32_t>(digit);
      n += 6;
      if (n >= 8)
        {
          n -= 8;
          bytes.push_back(static_cast<unsigned char>((bits >> n) & 0xff));
        }
    }
  return bytes;
}

/// An array of a VTU file written without compression: the number of its bytes and the bytes, in base64.
template <typename Number>
std::vector<Number> stored_array(const std::string &text)
{
  const std::vector<unsigned char> bytes = base64(text);
  std::uint64_t                    size  = 0;
  REQUIRE(bytes.size() >= sizeof(size));
  std::memcpy(&size, bytes.data(), sizeof(size));
  REQUIRE(bytes.size() == sizeof(size) + size);
  std::vector<Number> numbers(size / sizeof(Number));
  std::memcpy(numbers.data(), bytes.data() + sizeof(size), size);
  return numbers;
}

Tree read(const std::string &path)
{
  Tree tree;
  boost::property_tree::read_xml(path, tree);
  return tree;
}

struct Piece
{
  std::vector<float>                        points; ///< [n][3]
  std::vector<std::uint8_t>                 types;
  std::vector<std::int64_t>                 connectivity, offsets;
  std::map<std::string, std::vector<float>> fields;
};

std::vector<Piece> pieces_of(const std::string &path)
{
  std::vector<Piece> pieces;
  const Tree         file = read(path);
  for (const auto &entry : file.get_child("VTKFile.UnstructuredGrid"))
    if (entry.first == "Piece")
      {
        const Tree &tree = entry.second;
        if (tree.get<std::size_t>("<xmlattr>.NumberOfPoints") == 0)
          continue;
        Piece piece;
        piece.points = stored_array<float>(tree.get<std::string>("Points.DataArray"));
        for (const auto &array : tree.get_child("Cells"))
          if (array.first == "DataArray")
            {
              const auto name = array.second.get<std::string>("<xmlattr>.Name");
              if (name == "types")
                piece.types = stored_array<std::uint8_t>(array.second.data());
              else
                (name == "offsets" ? piece.offsets : piece.connectivity) = stored_array<std::int64_t>(array.second.data());
            }
        for (const auto &array : tree.get_child("PointData"))
          if (array.first == "DataArray")
            piece.fields[array.second.get<std::string>("<xmlattr>.Name")] = stored_array<float>(array.second.data());
        CHECK(piece.points.size() == 3 * tree.get<std::size_t>("<xmlattr>.NumberOfPoints"));
        CHECK(piece.types.size() == tree.get<std::size_t>("<xmlattr>.NumberOfCells"));
        pieces.push_back(piece);
      }
  return pieces;
}

OutputParameters parameters_of(const std::string &changes)
{
  dealii::ParameterHandler prm;
  OutputParameters::declare(prm);
  prm.parse_input_from_string("subsection Output\n" + changes + "\nend\n");
  OutputParameters parameters;
  parameters.parse(prm);
  return parameters;
}

/// Writes the density and reads it again: every field at every point against its definition.
void check_files(const DataSetProblem &problem, unsigned int degree, MPI_Comm communicator, const std::string &settings)
{
  const unsigned int       D = problem.n_parameters(), first = problem.has_outer_weight() ? 1 : 0;
  const TemporaryDirectory temporary;
  const RunDirectory       directory(temporary.path("run"), false, MPI_COMM_WORLD);
  RoughDensity             density(problem, degree, 6, 0.15, communicator);
  const PositiveDensity    positive(*density.mesh, *density.coupling, density.values);
  std::vector<double>      e(density.field->n_modes());
  for (std::size_t j = 0; j < e.size(); ++j)
    e[j] = 0.3 * static_cast<double>(j) - 0.5;
  density.coupling->update(*density.mesh, e);

  DensityOutput output(parameters_of("set Compression = none\n" + settings), directory);
  for (const double time : {0., 0.1, 2. / 3.})
    {
      CHECK(output.due(false));
      output.write(time, DGFields(*density.mesh, *density.coupling, positive));
      // The record is complete after every output.
      int rank;
      MPI_Comm_rank(MPI_COMM_WORLD, &rank);
      if (rank == 0)
        {
          const Tree  record = read(directory.file("density.pvd"));
          std::string last;
          for (const auto &entry : record.get_child("VTKFile.Collection"))
            if (entry.first == "DataSet")
              {
                const double t = entry.second.get<double>("<xmlattr>.timestep");
                CHECK((last.empty() || t > std::stod(last)));
                last = entry.second.get<std::string>("<xmlattr>.timestep");
                CHECK(std::filesystem::exists(directory.file(entry.second.get<std::string>("<xmlattr>.file"))));
              }
          CHECK(std::stod(last) == time);
        }
      MPI_Barrier(MPI_COMM_WORLD);
    }

  std::vector<Piece> pieces;
  for (const auto &file : std::filesystem::directory_iterator(directory.path("density")))
    if (file.path().extension() == ".vtu" && file.path().filename().string().find("0002") != std::string::npos)
      for (const Piece &piece : pieces_of(file.path().string()))
        pieces.push_back(piece);
  REQUIRE(!pieces.empty());
  const std::size_t     per_cell = density.mesh->points_per_cell();
  std::size_t           n_points = 0, n_cells = 0;
  double                mass = 0.;
  std::vector<double>   chi(e.size()), gradients(e.size() * D);
  const EquidistantLine line(make_line_basis(degree, 0., 0., 1.));
  for (const Piece &piece : pieces)
    {
      n_points += piece.points.size() / 3;
      n_cells += piece.types.size();
      const auto &rho = piece.fields.at("density"), &psi = piece.fields.at("potential"), &v = piece.fields.at("velocity"),
                 &level = piece.fields.at("level"), &subdomain = piece.fields.at("subdomain");
      CHECK(*std::min_element(rho.begin(), rho.end()) >= 0.f);
      double largest_psi = 0., largest_v = 0., error_psi = 0., error_v = 0.;
      for (std::size_t i = 0; i < rho.size(); ++i)
        {
          const double theta[3] = {piece.points[3 * i], piece.points[3 * i + 1], piece.points[3 * i + 2]};
          density.field->modes(1, theta + first, chi.data(), gradients.data());
          double       expected = 0., speed[3] = {0., 0., 0.};
          const double a = first == 1 ? theta[0] : 1.;
          for (std::size_t j = 0; j < e.size(); ++j)
            {
              expected += a * e[j] * chi[j];
              for (unsigned int d = first; d < D; ++d)
                speed[d] -= a * e[j] * gradients[(d - first) * e.size() + j];
              if (first == 1)
                speed[0] -= e[j] * chi[j];
            }
          error_psi   = std::max(error_psi, std::abs(psi[i] - expected));
          largest_psi = std::max(largest_psi, std::abs(expected));
          for (unsigned int d = 0; d < 3; ++d)
            {
              error_v   = std::max(error_v, std::abs(v[3 * i + d] - speed[d]));
              largest_v = std::max(largest_v, std::abs(speed[d]));
            }
        }
      // Interpolated in the cells.
      CHECK(error_psi < (degree == 1 ? 0.1 : 0.01) * largest_psi);
      CHECK(error_v < (degree == 1 ? 0.1 : 0.05) * largest_v);
      CHECK(*std::max_element(level.begin(), level.end()) <= 1.f);
      CHECK(*std::min_element(subdomain.begin(), subdomain.end()) >= 0.f);
      // The points of a cell are numbered lexicographically.
      for (std::size_t c = 0; c < rho.size() / per_cell; ++c)
        {
          double volume = 1.;
          for (unsigned int d = 0; d < D; ++d)
            volume *= piece.points[3 * (per_cell * (c + 1) - 1) + d] - piece.points[3 * per_cell * c + d];
          for (std::size_t i = 0; i < per_cell; ++i)
            {
              double weight = volume;
              for (std::size_t d = 0, rest = i; d < D; ++d, rest /= degree + 1)
                weight *= line.weights[rest % (degree + 1)];
              mass += weight * rho[c * per_cell + i];
            }
        }
      for (const std::int64_t point : piece.connectivity)
        REQUIRE((point >= 0 && static_cast<std::size_t>(point) < rho.size()));
      // Lagrange quadrilaterals and hexahedra; lines, quadrilaterals and hexahedra for degree 1, and lines between the nodes
      // in one dimension.
      const bool curved       = D > 1 && degree > 1;
      const int  high_order[] = {0, 70, 72}, linear[] = {3, 9, 12};
      for (const std::uint8_t type : piece.types)
        REQUIRE(type == (curved ? high_order : linear)[D - 1]);
      CHECK(piece.connectivity.size() == piece.types.size() * (D == 1 ? 2 : per_cell));
      // A line goes from a node to the next one of its cell.
      if (D == 1)
        for (std::size_t i = 0; i < piece.types.size(); ++i)
          {
            CHECK(piece.connectivity[2 * i] == static_cast<std::int64_t>(i / degree * per_cell + i % degree));
            CHECK(piece.connectivity[2 * i + 1] == piece.connectivity[2 * i] + 1);
          }
    }
  CHECK(n_cells == density.adaptive->n_global_cells() * (D == 1 ? degree : 1));
  CHECK(n_points == per_cell * density.adaptive->n_global_cells());
  CHECK(mass == Approx(positive.mass()).epsilon(1e-5)); // single precision
}
} // namespace

TEST_CASE("density files hold the reconstruction and the mean field", "[density_output]")
{
  const DataSetProblem line(Type::ridge, 1, 3), plane(Type::weighted_ridge, 1, 6), space(Type::biased_ridge, 1, 6);
  for (unsigned int degree = 1; degree <= 4; ++degree)
    {
      INFO("degree " << degree);
      check_files(line, degree, MPI_COMM_SELF, "");
      check_files(plane, degree, MPI_COMM_SELF, "");
      if (degree >= 2 && degree <= 3)
        check_files(space, degree, MPI_COMM_SELF, "");
    }
}

TEST_CASE("density files are written by all ranks together", "[density_output][mpi]")
{
  const DataSetProblem line(Type::ridge, 1, 3), plane(Type::weighted_ridge, 1, 6);
  check_files(line, 2, MPI_COMM_WORLD, "");
  check_files(plane, 2, MPI_COMM_WORLD, "");
  check_files(plane, 2, MPI_COMM_WORLD, "set Grouped files = 2");
}

TEST_CASE("a disk that is full is reported by every rank", "[density_output][mpi]")
{
  const DataSetProblem  plane(Type::weighted_ridge, 1, 6);
  const RoughDensity    density(plane, 2, 6, 0.15, MPI_COMM_WORLD);
  const PositiveDensity positive(*density.mesh, *density.coupling, density.values);
  for (const std::string grouped : {"", "set Grouped files = 2"})
    {
      const TemporaryDirectory temporary;
      const RunDirectory       directory(temporary.path("run"), false, MPI_COMM_WORLD);
      DensityOutput            output(parameters_of("set Fields = density\n" + grouped), directory);
      output.write(0., DGFields(*density.mesh, *density.coupling, positive));
      {
        const SmallDisk disk(1000);
        CHECK_THROWS_AS(output.write(1., DGFields(*density.mesh, *density.coupling, positive)), RunError);
      }
      CHECK(read_time_series(directory.file("density.pvd")).size() == 1);
      for (const auto &file : std::filesystem::directory_iterator(directory.path("density")))
        CHECK(file.path().extension() != ".part");
    }
}

TEST_CASE("a note says beforehand that files will be large", "[density_output]")
{
  const TemporaryDirectory temporary;
  const RunDirectory       directory(temporary.path("run"), false, MPI_COMM_SELF);
  const auto               note = [&](const std::string &settings, std::uint64_t n_points) {
    Progress progress(true, false);
    progress.record_to(temporary.path("log.txt"));
    DensityOutput(parameters_of(settings), directory).announce(progress, 10, n_points);
    return temporary.read("log.txt");
  };
  CHECK(note("", 1000000).empty());
  // 10 times 11 numbers of 4 bytes, 4/3 of it in base64.
  CHECK_THAT(note("set Compression = none", 10000000), Catch::Contains("about 5.9 GB, 10 times 10000000 points"));
  // At t = 0, 4, 8 and 9.
  CHECK_THAT(note("set Compression = none\nset Every n-th output = 4", 10000000), Catch::Contains("GB, 4 times"));
  CHECK(note("set Write density = false", 10000000).empty());
}

TEST_CASE("output parameters choose what is written", "[density_output]")
{
  const DataSetProblem     problem(Type::ridge, 1, 3);
  const TemporaryDirectory temporary;
  const RunDirectory       directory(temporary.path("run"), false, MPI_COMM_WORLD);
  const RoughDensity       density(problem, 2, 6, 0.15, MPI_COMM_SELF);
  const PositiveDensity    positive(*density.mesh, *density.coupling, density.values);

  DensityOutput nothing(parameters_of("set Write density = false"), directory);
  CHECK_FALSE(nothing.due(true));
  nothing.write(0., DGFields(*density.mesh, *density.coupling, positive));
  CHECK_FALSE(std::filesystem::exists(directory.path("density")));
  CHECK_FALSE(std::filesystem::exists(directory.file("density.pvd")));

  DensityOutput second(parameters_of("set Every n-th output = 2\nset Fields = density\nset Compression = none"), directory);
  CHECK(second.due(false));
  second.write(0., DGFields(*density.mesh, *density.coupling, positive));
  CHECK_FALSE(second.due(false));
  CHECK(second.due(false));
  CHECK(second.due(true)); // the last one of a run
  const std::vector<Piece> pieces = pieces_of(directory.file("density/density_0000.vtu"));
  REQUIRE(pieces.size() == 1);
  CHECK(pieces[0].fields.size() == 1);
  CHECK(pieces[0].fields.count("density") == 1);

  CHECK(refusal([&]() { parameters_of("set Fields ="); }) == Refused{"Output/Fields", Refusal::missing});
  CHECK_THROWS(parameters_of("set Fields = colour"));
  CHECK_THROWS(parameters_of("set Every n-th output = 0"));

  // Cells below a part of the largest density are left out, those above it stay.
  DensityOutput part(parameters_of("set Leave out below = 0.1\nset Fields = density\nset Compression = none"), directory);
  part.write(0., DGFields(*density.mesh, *density.coupling, positive));
  const std::vector<Piece> kept = pieces_of(directory.file("density/density_0000.vtu"));
  REQUIRE(kept.size() == 1);
  const std::vector<float> &rho = kept[0].fields.at("density"), &whole = pieces[0].fields.at("density");
  const float               threshold = 0.1f * *std::max_element(whole.begin(), whole.end());
  std::size_t               n_kept    = 0;
  const std::size_t         per_cell  = density.mesh->points_per_cell();
  for (std::size_t c = 0; c < whole.size() / per_cell; ++c)
    {
      const auto first = whole.begin() + static_cast<std::ptrdiff_t>(c * per_cell);
      if (*std::max_element(first, first + static_cast<std::ptrdiff_t>(per_cell)) < threshold)
        continue;
      REQUIRE(rho.size() >= (n_kept + 1) * per_cell);
      CHECK(std::equal(first, first + static_cast<std::ptrdiff_t>(per_cell),
                       rho.begin() + static_cast<std::ptrdiff_t>(n_kept * per_cell)));
      ++n_kept;
    }
  CHECK(rho.size() == n_kept * per_cell);
  CHECK(n_kept < whole.size() / per_cell);

  // A disk that does not take the files.
  std::filesystem::remove_all(directory.path("density"));
  CHECK_THROWS_AS(second.write(1., DGFields(*density.mesh, *density.coupling, positive)), RunError);
}
