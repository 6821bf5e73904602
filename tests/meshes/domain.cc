#include <catch2/catch.hpp>

#include <meshes/adaptive_mesh.h>
#include <meshes/domain.h>
#include <solvers/base/error.h>

#include <deal.II/base/parameter_handler.h>

using namespace rhoflow;
using Catch::Contains;

namespace
{
Domain domain(const std::vector<std::pair<std::string, std::string>> &settings)
{
  dealii::ParameterHandler prm;
  Domain::declare(prm);
  prm.enter_subsection("Domain");
  for (const auto &[name, value] : settings)
    prm.set(name, value);
  prm.leave_subsection();
  Domain result;
  result.parse(prm);
  return result;
}

std::string mistake(const std::vector<std::pair<std::string, std::string>> &settings)
{
  try
    {
      domain(settings);
    }
  catch (const InputError &error)
    {
      return error.parameter + " | " + error.what();
    }
  return "no error";
}
} // namespace

TEST_CASE("A domain is read from comma-separated lists")
{
  const Domain box = domain({{"Lower corner", "-1, 0.5"},
                             {"Upper corner", "1,2"},
                             {"Subdivisions", "3, 4"},
                             {"Refinement", "2"},
                             {"Periodic", "true, false"}});
  CHECK(box.dimension() == 2);
  CHECK(box.lower == std::vector<double>{-1., 0.5});
  CHECK(box.upper == std::vector<double>{1., 2.});
  CHECK(box.subdivisions == std::vector<unsigned int>{3, 4});
  CHECK(box.refinement == 2);
  CHECK(box.periodic == std::vector<bool>{true, false});
}

TEST_CASE("One value stands for all coordinates, and the defaults are valid")
{
  const Domain cube = domain({{"Subdivisions", "5"}, {"Periodic", "true"}});
  CHECK(cube.dimension() == 3);
  CHECK(cube.subdivisions == std::vector<unsigned int>{5, 5, 5});
  CHECK(cube.periodic == std::vector<bool>{true, true, true});
}

TEST_CASE("Domains that are none are refused")
{
  CHECK_THAT(mistake({{"Upper corner", "1, 2"}}), Contains("Domain/Upper corner | ") && Contains("has 2 coordinates"));
  CHECK_THAT(mistake({{"Upper corner", "6.5, -2.6, 2"}}), Contains("Domain/Upper corner | coordinate 2 ") && Contains("-2.6"));
  CHECK_THAT(mistake({{"Subdivisions", "1, 2"}}), Contains("Domain/Subdivisions | there are 2 values"));
  CHECK_THAT(mistake({{"Periodic", "true, true"}}), Contains("Domain/Periodic | there are 2 values"));
  // Found by fuzzing: differences that overflow or vanish.
  CHECK_THAT(mistake({{"Lower corner", "-1e308"}, {"Upper corner", "1e308"}, {"Subdivisions", "4"}}),
             Contains("cells have no size"));
  CHECK_THAT(mistake({{"Lower corner", "1"}, {"Upper corner", "1.0000000000000002"}, {"Subdivisions", "4"}}),
             Contains("cells have no size"));
  CHECK_THAT(mistake({{"Lower corner", "0, 0, 0"}, {"Upper corner", "1e-200"}}), Contains("Domain/Upper corner"));
  CHECK_THAT(mistake({{"Lower corner", "0, 0, 0"}, {"Upper corner", "1e-200, 1e-200, 1e-200"}}),
             Contains("the volume of a cell"));
}

TEST_CASE("Meshes of which MPI cannot gather all cells are refused before they are made")
{
  const Domain finest = domain(
    {{"Lower corner", "0, 0"}, {"Upper corner", "1, 1"}, {"Subdivisions", "128"}, {"Refinement", "8"}});
  try
    {
      AdaptiveMesh(finest, MPI_COMM_SELF);
      FAIL("a mesh of 10^9 cells was made");
    }
  catch (const InputError &error)
    {
      CHECK(error.parameter == "Domain/Refinement");
      CHECK_THAT(error.what(), Contains("1.07374e+09 cells") && Contains("429496729 at most"));
    }
  CHECK_NOTHROW(Domain::check_number(Domain::max_cells, "Refinement/Maximum cells"));
  CHECK_THROWS_AS(Domain::check_number(Domain::max_cells + 1., "Refinement/Maximum cells"), InputError);
}

TEST_CASE("A mistake in the section leaves the handler where it was")
{
  dealii::ParameterHandler prm;
  Domain::declare(prm);
  prm.enter_subsection("Domain");
  prm.set("Subdivisions", "1, 2");
  prm.leave_subsection();
  Domain box;
  CHECK_THROWS_AS(box.parse(prm), InputError);
  CHECK_THROWS_AS(box.parse(prm), InputError);
}
