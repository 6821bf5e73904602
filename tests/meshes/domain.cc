#include <catch2/catch.hpp>

#include <meshes/adaptive_mesh.h>
#include <meshes/domain.h>

#include <deal.II/base/parameter_handler.h>

#include <tests/support/refusals.h>

using namespace rhoflow;

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

/// A box in three dimensions with changes.
std::vector<std::pair<std::string, std::string>> box_around(const std::vector<std::pair<std::string, std::string>> &changes)
{
  std::vector<std::pair<std::string, std::string>> settings{{"Lower corner", "-6.5, -2.6, 0"}, {"Upper corner", "6.5, 2.6, 2"}};
  settings.insert(settings.end(), changes.begin(), changes.end());
  return settings;
}

std::optional<Refused> mistake(const std::vector<std::pair<std::string, std::string>> &settings)
{
  return refusal([&]() { domain(settings); });
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

TEST_CASE("One value stands for all coordinates, and the defaults leave all to the program")
{
  const Domain cube = domain(box_around({{"Subdivisions", "5"}, {"Periodic", "true"}}));
  CHECK(cube.dimension() == 3);
  CHECK(cube.subdivisions == std::vector<unsigned int>{5, 5, 5});
  CHECK(cube.periodic == std::vector<bool>{true, true, true});
  const Domain automatic = domain({});
  CHECK(automatic.is_automatic());
  CHECK(automatic.subdivisions.empty());
}

TEST_CASE("Domains that are none are refused")
{
  CHECK(mistake(box_around({{"Upper corner", "1, 2"}})) ==
        Refused{"Domain/Upper corner", Refusal::inconsistent}.naming("2 coordinates"));
  CHECK(mistake(box_around({{"Upper corner", "6.5, -2.6, 2"}})) ==
        Refused{"Domain/Upper corner", Refusal::inconsistent}.naming("coordinate 2").naming("-2.6"));
  CHECK(mistake(box_around({{"Subdivisions", "1, 2"}})) ==
        Refused{"Domain/Subdivisions", Refusal::inconsistent}.naming("2 values"));
  CHECK(mistake(box_around({{"Periodic", "true, true"}})) ==
        Refused{"Domain/Periodic", Refusal::inconsistent}.naming("2 values"));
  // Found by fuzzing: differences that overflow or vanish.
  CHECK(mistake({{"Lower corner", "-1e308"}, {"Upper corner", "1e308"}, {"Subdivisions", "4"}}) ==
        Refused{"Domain/Upper corner", Refusal::out_of_range}.naming("coordinate 1"));
  CHECK(mistake({{"Lower corner", "1"}, {"Upper corner", "1.0000000000000002"}, {"Subdivisions", "4"}}) ==
        Refused{"Domain/Upper corner", Refusal::out_of_range}.naming("coordinate 1"));
  CHECK(mistake({{"Lower corner", "0, 0, 0"}, {"Upper corner", "1e-200"}}) ==
        Refused{"Domain/Upper corner", Refusal::inconsistent}.naming("1 coordinates"));
  CHECK(mistake({{"Lower corner", "0, 0, 0"}, {"Upper corner", "1e-200, 1e-200, 1e-200"}, {"Subdivisions", "4"}}) ==
        Refused{"Domain/Upper corner", Refusal::out_of_range}.naming("volume"));
  CHECK(mistake({{"Lower corner", "0, 0, 0"}}) == Refused{"Domain/Upper corner", Refusal::missing});
  CHECK(mistake({{"Upper corner", "1"}}) == Refused{"Domain/Lower corner", Refusal::missing});
  CHECK(mistake({{"Periodic", "true"}}) == Refused{"Domain/Lower corner", Refusal::missing});
}

TEST_CASE("Meshes of which MPI cannot gather all cells are refused before they are made")
{
  const Domain finest = domain(
    {{"Lower corner", "0, 0"}, {"Upper corner", "1, 1"}, {"Subdivisions", "128"}, {"Refinement", "8"}});
  CHECK(refusal([&]() { AdaptiveMesh(finest, MPI_COMM_SELF); }) ==
        Refused{"Domain/Refinement", Refusal::too_large}.naming("1.07374e+09").naming("429496729"));
  CHECK_NOTHROW(Domain::check_number(Domain::max_cells, "Refinement/Maximum cells"));
  CHECK(refusal([&]() { Domain::check_number(Domain::max_cells + 1., "Refinement/Maximum cells"); }) ==
        Refused{"Refinement/Maximum cells", Refusal::too_large});
}

TEST_CASE("A mistake in the section leaves the handler where it was")
{
  dealii::ParameterHandler prm;
  Domain::declare(prm);
  prm.enter_subsection("Domain");
  for (const auto &[name, value] : box_around({{"Subdivisions", "1, 2"}}))
    prm.set(name, value);
  prm.leave_subsection();
  Domain box;
  CHECK(refusal([&]() { box.parse(prm); }) == Refused{"Domain/Subdivisions", Refusal::inconsistent});
  CHECK(refusal([&]() { box.parse(prm); }) == Refused{"Domain/Subdivisions", Refusal::inconsistent});
}
