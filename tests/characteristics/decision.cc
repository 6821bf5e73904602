#include <catch2/catch.hpp>

#include <solvers/base/files/csv.h>

#include "../base/temporary_directory.h"
#include "run.h"

using namespace rhoflow;

TEST_CASE("decision.csv: the function of cosine neurons around the data is the sum over the points", "[characteristics][mpi]")
{
  TemporaryDirectory directory;
  run_into(directory.path("run"), shipped_file("characteristics/xor"),
           {{"Characteristics/Nodes per coordinate", "4"},
            {"End time", "0.5"},
            {"Output times", "0, 0.5"},
            {"Compare with SGD", "false"}},
           MPI_COMM_WORLD);
  const CsvTable nodes = read_csv(directory.path("run/curve.csv"), {}, ""),
                 map   = read_csv(directory.path("run/decision.csv"), {}, "");
  CHECK(nodes.columns == std::vector<std::string>{"time", "x1", "x2", "y", "fit"});
  CHECK(map.columns == std::vector<std::string>{"time", "x1", "x2", "fit"});
  const std::size_t n = 41;
  REQUIRE(map.rows.size() == 2 * n * n);
  // The problem has the symmetries of the square, and the class changes its sign with x1: f is odd in both inputs.
  double largest = 0.;
  for (std::size_t j = 0; j < n; ++j)
    for (std::size_t i = 0; i < n; ++i)
      {
        const auto at = [&](std::size_t k, std::size_t l) { return map.rows[n * n + l * n + k][3]; };
        CHECK(at(i, j) == Approx(-at(n - 1 - i, j)).margin(1e-6));
        CHECK(at(i, j) == Approx(at(j, i)).margin(1e-6));
        largest = std::max(largest, std::abs(at(i, j)));
      }
  CHECK(largest > 0.1);
  // Every node lies in a cell of the grid, with f between f of its corners up to the curvature: the same function.
  const double  lower = map.rows[0][1], h = map.rows[1][1] - lower;
  std::uint64_t inside = 0;
  for (std::size_t k = nodes.rows.size() / 2; k < nodes.rows.size(); ++k)
    {
      const double      s = (nodes.rows[k][1] - lower) / h, t = (nodes.rows[k][2] - lower) / h;
      const std::size_t i = static_cast<std::size_t>(s), j = static_cast<std::size_t>(t);
      if (i + 1 >= n || j + 1 >= n)
        continue;
      ++inside;
      const auto   at = [&](std::size_t a, std::size_t b) { return map.rows[n * n + b * n + a][3]; };
      const double u = s - static_cast<double>(i), v = t - static_cast<double>(j);
      const double interpolated = (1 - v) * ((1 - u) * at(i, j) + u * at(i + 1, j)) +
                                  v * ((1 - u) * at(i, j + 1) + u * at(i + 1, j + 1));
      CHECK(nodes.rows[k][4] == Approx(interpolated).margin(0.02 * largest));
    }
  CHECK(inside == nodes.rows.size() / 2);
}
