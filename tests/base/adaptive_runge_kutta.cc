#include <catch2/catch.hpp>

#include <solvers/base/numerics/adaptive_runge_kutta.h>

#include <cmath>
#include <limits>

using namespace rhoflow;
using State = AdaptiveRungeKutta::State;

TEST_CASE("A step that meets NaN is repeated with a smaller length")
{
  // x' = -x, but nothing is known beyond |x| = 2: the first step leads there.
  const auto velocity = [](const State &x, State &rate) {
    rate = {std::abs(x[0]) < 2. ? -x[0] : std::numeric_limits<double>::quiet_NaN()};
  };
  AdaptiveRungeKutta method(1e-10, 1e4);
  State              x{1.};
  while (method.time() < 1.5)
    REQUIRE(method.step(velocity, x, 1.5, 1e-12));
  CHECK(method.time() == 1.5);
  CHECK(x[0] == Approx(std::exp(-1.5)).epsilon(1e-9));
}

TEST_CASE("A step whose stages are not finite is repeated, also where the velocity hides it")
{
  // A rectifier turns NaN into 0. The stages of the first step overflow.
  const auto velocity = [](const State &x, State &rate) {
    rate = {x[0] > 0. ? -x[0] * 1e200 * x[0] : 0., x[1] > 0. ? -x[1] : 0.};
  };
  AdaptiveRungeKutta method(1e-8, 1e150);
  State              x{1e-200, 1.};
  while (method.time() < 1.)
    REQUIRE(method.step(velocity, x, 1., 1e-12));
  // 1/x grows like 1e200 t.
  CHECK(x[0] == Approx(5e-201).margin(1e-207));
  CHECK(x[1] == Approx(std::exp(-1.)).epsilon(1e-7));
}

TEST_CASE("Where no step is finite the method says so and leaves the state")
{
  const auto         velocity = [](const State &, State &rate) { rate = {std::numeric_limits<double>::quiet_NaN()}; };
  AdaptiveRungeKutta method(1e-8, 0.1);
  State              x{3.};
  CHECK(!method.step(velocity, x, 1., 1e-12));
  CHECK(method.met_infinity());
  CHECK(x == State{3.});
  CHECK(method.time() == 0.);
  // A kink alone is finite.
  AdaptiveRungeKutta other(1e-8, 0.1);
  CHECK(!other.step([](const State &at, State &rate) { rate = {at[0] > 3. ? -1e20 : 1e20}; }, x, 1., 1e-12));
  CHECK(!other.met_infinity());
}

TEST_CASE("All ranks take the step that the largest error allows", "[mpi]")
{
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  // Only the last rank's component is not finite beyond 2.
  int n_ranks;
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  const auto velocity = [&](const State &x, State &rate) {
    rate = {rank + 1 < n_ranks || std::abs(x[0]) < 2. ? -x[0] : std::numeric_limits<double>::quiet_NaN()};
  };
  AdaptiveRungeKutta method(1e-10, 1e4, MPI_COMM_WORLD);
  State              x{1.};
  while (method.time() < 1.)
    {
      REQUIRE(method.step(velocity, x, 1., 1e-12));
      double least = method.time(), most = method.time();
      MPI_Allreduce(MPI_IN_PLACE, &least, 1, MPI_DOUBLE, MPI_MIN, MPI_COMM_WORLD);
      MPI_Allreduce(MPI_IN_PLACE, &most, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
      REQUIRE(least == most);
    }
  CHECK(x[0] == Approx(std::exp(-1.)).epsilon(1e-9));
}
