#include <postprocess/records/density_cells.h>

#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <numeric>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "box_mesh_file.h"

using namespace rhoflow;
using Point = std::array<double, 3>;

namespace
{
/// Three boxes of different sizes, so that a mesh with hanging nodes is among what is read.
void add_boxes(BoxMeshFile &mesh, unsigned int dim)
{
  mesh.add({{0, 0, 0}}, {{1, 2, 4}});
  mesh.add({{1, 0, 0}}, {{3, dim > 1 ? 1. : 0., 4}});
  if (dim > 1)
    mesh.add({{1, 1, 0}}, {{3, 2, 4}});
}

double quadratic(double x)
{
  return 0.25 + x * (3 - x);
} // positive on [0, 3]
/// ∫ of it from a to b
double integral(double a, double b)
{
  const auto primitive = [](double x) { return 0.25 * x + 1.5 * x * x - x * x * x / 3; };
  return primitive(b) - primitive(a);
}
} // namespace

TEST_CASE("Marginals of a polynomial density are its exact integrals over pixels")
{
  const TemporaryDirectory directory;
  // ρ = q(x) (1 + y) (2 + z²)
  const auto   density   = [](const Point &x) { return quadratic(x[0]) * (1 + x[1]) * (2 + x[2] * x[2]); };
  const auto   potential = [](const Point &x) { return x[0] - 2 * x[1] + 3 * x[2]; };
  const double over_y = 4., over_z = 8 + 64. / 3; // on [0, 2] and [0, 4]
  BoxMeshFile  mesh(3, 2);
  add_boxes(mesh, 3);
  mesh.write(directory.path("density.vtu"), density, potential);
  const DensityCells cells = DensityCells::read(directory.path("density.vtu"));
  REQUIRE(cells.dimension() == 3);
  CHECK(cells.degree() == 2);
  CHECK(cells.n_cells() == 3);
  const DensityCells::Box domain = cells.domain();
  CHECK(domain.lower == Point{{0, 0, 0}});
  CHECK(domain.upper == Point{{3, 2, 4}});

  // Seven pixels do not fit the cells, so that pixels lie in two of them.
  const Grid line = cells.marginal({0}, {7}, domain);
  for (unsigned int i = 0; i < 7; ++i)
    CHECK(line.values[i] == Approx(over_y * over_z * integral(i * 3 / 7., (i + 1) * 3 / 7.) / (3 / 7.)).epsilon(1e-6));

  // The axes of the result are those asked for, in their order.
  const Grid map = cells.marginal({2, 0}, {2, 3}, domain);
  REQUIRE(map.values.size() == 6);
  for (unsigned int k = 0; k < 2; ++k)
    for (unsigned int i = 0; i < 3; ++i)
      {
        const double z = 4 + (k == 0 ? 8. / 3 : 56. / 3); // ∫ 2 + z² over half of [0, 4]
        CHECK(map.values[i * 2 + k] == Approx(over_y * z / 2 * integral(i, i + 1)).epsilon(1e-6));
      }

  const Grid   voxels = cells.marginal({0, 1, 2}, {4, 5, 3}, domain);
  const double mass   = std::accumulate(voxels.values.begin(), voxels.values.end(), 0.) * voxels.volume(3);
  CHECK(mass == Approx(integral(0, 3) * over_y * over_z).epsilon(1e-6));

  // Of a part of the domain only what lies in it.
  DensityCells::Box part = domain;
  part.lower[0]          = 1.5;
  part.upper[0]          = 2.5;
  const Grid inside      = cells.marginal({0}, {4}, part);
  CHECK(std::accumulate(inside.values.begin(), inside.values.end(), 0.) * inside.volume(1) ==
        Approx(over_y * over_z * integral(1.5, 2.5)).epsilon(1e-6));

  // The potential is averaged: of a linear one the value in the middle of the pixel.
  const Grid psi = cells.potential({3, 2, 2}, domain);
  CHECK(psi.values[0] == Approx(0.5 - 2 * 0.5 + 3 * 1).epsilon(1e-6));
  CHECK(psi.values[(1 * 2 + 1) * 3 + 2] == Approx(2.5 - 2 * 1.5 + 3 * 3).epsilon(1e-6));
}

TEST_CASE("Cells in one and two dimensions, linear and quadratic")
{
  const TemporaryDirectory directory;
  const auto               zero = [](const Point &) { return 0.; };
  BoxMeshFile              plane(2, 2), line(1, 2), straight(1, 1);
  add_boxes(plane, 2);
  add_boxes(line, 1);
  add_boxes(straight, 1);
  plane.write(
    directory.path("plane.vtu"), [](const Point &x) { return quadratic(x[0]) * x[1] * x[1]; }, zero);
  line.write(
    directory.path("line.vtu"), [](const Point &x) { return quadratic(x[0]); }, zero);
  straight.write(
    directory.path("straight.vtu"), [](const Point &x) { return 1 + x[0]; }, zero);

  const DensityCells in_plane = DensityCells::read(directory.path("plane.vtu"));
  const Grid         over_x   = in_plane.marginal({0}, {6}, in_plane.domain());
  CHECK(over_x.values[3] == Approx(8. / 3 * integral(1.5, 2) * 2).epsilon(1e-6));

  const DensityCells  on_line = DensityCells::read(directory.path("line.vtu"));
  std::vector<double> theta, density;
  on_line.curve(5, theta, density);
  REQUIRE(theta.size() == 10);
  for (std::size_t i = 0; i < theta.size(); ++i)
    CHECK(density[i] == Approx(quadratic(theta[i])).epsilon(1e-6));

  const DensityCells linear = DensityCells::read(directory.path("straight.vtu"));
  CHECK(linear.degree() == 1);
  CHECK(linear.marginal({0}, {1}, linear.domain()).values[0] == Approx(2.5).epsilon(1e-6));
}

TEST_CASE("Contour levels enclose their shares of the mass")
{
  // A standard normal density in the plane: the disc of radius r holds 1 - exp(-r²/2).
  Grid grid;
  grid.n     = {{400, 400, 1}};
  grid.lower = {{-6, -6, 0}};
  grid.upper = {{6, 6, 1}};
  for (unsigned int j = 0; j < 400; ++j)
    for (unsigned int i = 0; i < 400; ++i)
      {
        const double x = -6 + (i + 0.5) * 0.03, y = -6 + (j + 0.5) * 0.03;
        grid.values.push_back(std::exp(-0.5 * (x * x + y * y)) / (2 * M_PI));
      }
  const std::vector<double> levels = enclosing_levels(grid, {0.5, 0.9});
  // At the edge of that disc the density is (1 - share)/(2 pi).
  CHECK(levels[0] == Approx(0.5 / (2 * M_PI)).epsilon(2e-3));
  CHECK(levels[1] == Approx(0.1 / (2 * M_PI)).epsilon(5e-3));
}

TEST_CASE("The central interval leaves out the tails")
{
  Grid line;
  line.n      = {{4, 1, 1}};
  line.lower  = {{0, 0, 0}};
  line.upper  = {{8, 1, 1}};
  line.values = {0.0005, 0.25, 0.2495, 0};
  CHECK(central_interval(line, 0.01) == std::array<double, 2>{{2, 6}});
}

TEST_CASE("The cells that hold the mass are the densest ones")
{
  const TemporaryDirectory directory;
  BoxMeshFile              line(1, 2);
  line.add({{0, 0, 0}}, {{1, 0, 0}});
  line.add({{1, 0, 0}}, {{2, 0, 0}});
  line.add({{2, 0, 0}}, {{10, 0, 0}});
  line.write(
    directory.path("line.vtu"), [](const Point &x) { return x[0] < 0.999 ? 0.5 :
                                                            x[0] < 1.999 ? 4. :
                                                                           0.001; },
    [](const Point &) { return 0.; });
  const auto heavy = DensityCells::read(directory.path("line.vtu")).cells_with_mass(0.7);
  REQUIRE(heavy.size() == 1);
  CHECK(heavy[0].lower[0] == 1);
}

TEST_CASE("Files that hold no density are refused with their names")
{
  const TemporaryDirectory directory;
  BoxMeshFile              line(1, 2);
  add_boxes(line, 1);
  const std::string file = directory.path("density.vtu");
  line.write(
    file, [](const Point &) { return 1.; }, [](const Point &) { return 0.; });
  const std::string whole = directory.read("density.vtu");
  const auto        error = [&](const std::string &contents) {
    std::ofstream(file) << contents;
    return refusal([&]() { DensityCells::read(file); });
  };
  CHECK_FALSE(error(whole));
  for (std::size_t length = 0; length + 30 < whole.size(); length += 97)
    CHECK(error(whole.substr(0, length)) == Refused{"", Refusal::damaged}.naming(file));
  CHECK(error("no XML at all") == Refused{"", Refusal::damaged});
  std::string renamed = whole;
  renamed.replace(renamed.find("\"density\""), 9, "\"densita\"");
  CHECK(error(renamed) == Refused{"", Refusal::missing}.naming(file));
  // Nodes of a cell in one place, as some writers leave them
  std::string doubled = whole;
  doubled.replace(doubled.find("0 1 2 3"), 7, "0 1 1 3");
  CHECK(error(doubled) == Refused{"", Refusal::damaged}.naming("evenly"));
  std::filesystem::remove(file);
  CHECK(refusal([&]() { DensityCells::read(file); }) == Refused{"", Refusal::missing}.naming(file));
}
