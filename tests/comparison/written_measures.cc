#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <solvers/comparison/written_measures.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"

using namespace rhoflow;

namespace
{
/// A file of ParticleOutput with one coordinate.
std::string particle_file(const std::vector<double> &x, const std::vector<std::int32_t> &replicas)
{
  const auto array = [](const void *data, std::uint64_t n_bytes) {
    return std::string(reinterpret_cast<const char *>(&n_bytes), sizeof(n_bytes)) +
           std::string(static_cast<const char *>(data), n_bytes);
  };
  const std::string first = array(x.data(), x.size() * sizeof(double));
  return "<VTKFile type=\"PolyData\" version=\"1.0\" byte_order=\"LittleEndian\" header_type=\"UInt64\">\n<PolyData>\n"
         "<Piece NumberOfPoints=\"" +
         std::to_string(x.size()) +
         "\">\n<PointData>\n<DataArray type=\"Float64\" Name=\"w\" NumberOfComponents=\"1\" format=\"appended\" "
         "offset=\"0\"/>\n<DataArray type=\"Int32\" Name=\"replica\" NumberOfComponents=\"1\" format=\"appended\" offset=\"" +
         std::to_string(first.size()) + "\"/>\n</PointData>\n</Piece>\n</PolyData>\n<AppendedData encoding=\"raw\">\n_" +
         first + array(replicas.data(), replicas.size() * sizeof(std::int32_t)) + "\n</AppendedData>\n</VTKFile>\n";
}
} // namespace

TEST_CASE("written measures are masses above 0 in boxes", "[comparison]")
{
  const TemporaryDirectory directory;
  std::filesystem::create_directories(directory.path("run/measures"));
  const auto reading = [&](const std::string &times, const std::string &density) {
    std::ofstream(directory.path("run/measures/times.csv")) << times;
    std::ofstream(directory.path("run/measures/density_0000.csv")) << density;
    return refusal([&]() { WrittenMeasures(directory.path("run")).read(0); });
  };
  const std::string times = "time,W1 error,W2 error\n0,0,0\n", header = "mass,w,width w\n";
  CHECK_FALSE(reading(times, header + "0.5,1,0\n0.5,-1,2\n"));
  CHECK(reading(times, header + "-0.5,1,0\n1.5,-1,2\n") ==
        Refused{"", Refusal::damaged}.naming("density_0000.csv").naming("width"));
  CHECK(reading(times, header + "0.5,1,0\n0.5,-1,-2\n") ==
        Refused{"", Refusal::damaged}.naming("density_0000.csv").naming("width"));
  CHECK(reading(times, header + "0,1,0\n") == Refused{"", Refusal::damaged}.naming("density_0000.csv").naming("mass above 0"));
  CHECK(reading(times, header + "1e308,1,0\n1e308,1,0\n") ==
        Refused{"", Refusal::damaged}.naming("density_0000.csv").naming("mass above 0"));
  CHECK(reading("time,W1 error,W2 error\n0,-1,0\n", header + "1,1,0\n") == Refused{"", Refusal::damaged}.naming("times.csv"));
}

TEST_CASE("particle files number their replicas from 0", "[comparison]")
{
  const TemporaryDirectory directory;
  const std::string        path    = directory.path("particles.vtp");
  const auto               reading = [&](const std::vector<std::int32_t> &replicas) {
    std::ofstream(path, std::ios::binary) << particle_file({1., 2., 3., 4.}, replicas);
    return refusal([&]() { read_particles(path); });
  };
  CHECK_FALSE(reading({0, 0, 1, 1}));
  CHECK(read_particles(path).first.n_networks == 2);
  for (const std::vector<std::int32_t> &replicas : std::vector<std::vector<std::int32_t>>{
         {0, 0, 1, 2147483647}, {-1, -1, -1, -1}, {0, 0, 0, 1}, {1, 1, 0, 0}, {0, 0, 0, -2147483647 - 1}})
    CHECK(reading(replicas) == Refused{"", Refusal::damaged}.naming("replicas"));
}
