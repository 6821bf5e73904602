// The Runge–Kutta methods on a scalar equation, and on transport by a given velocity, which the sweeps take from a table.

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <functional>
#include <string>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/base/numerics/random.h>
#include <solvers/discretization/dg/dg_kernel.h>
#include <solvers/discretization/dg/dg_mesh.h>
#include <solvers/discretization/dg/runge_kutta.h>

using namespace rhoflow;

namespace
{
/// One step of u' = L(u) in the two registers, as RungeKuttaStage says.
double step(const RungeKutta &method, double u, double dt, const std::function<double(double)> &slope)
{
  double u2 = 0.;
  for (const RungeKuttaStage &stage : method.stages)
    {
      const double l = dt * slope(u);
      if (stage.save)
        u2 = u;
      if (stage.combine)
        {
          const double old = u2;
          u2               = stage.u2_keep * old + stage.u2_mix * (u + stage.u2_step * l);
          u                = stage.keep * u + stage.mix * old + stage.step * l;
        }
      else
        u = stage.keep * u + stage.mix * u2 + stage.step * l;
    }
  return u;
}

double error(const RungeKutta &method, unsigned int n_steps)
{
  // u' = −u², u(0) = 1: u(2) = 1/3.
  double u = 1.;
  for (unsigned int i = 0; i < n_steps; ++i)
    u = step(method, u, 2. / n_steps, [](double x) { return -x * x; });
  return std::abs(u - 1. / 3.);
}

/// Transport with a constant velocity on a periodic mesh: what run_stage() does when the table is filled by hand.
class ConstantTransport
{
public:
  ConstantTransport(unsigned int dim, unsigned int degree, unsigned int cells, double velocity_over_extent)
    : mesh(domain(dim, cells), MPI_COMM_SELF)
    , space(mesh, degree, false, 0.)
    , shape(dim, degree + 1, false)
  {
    table.assign(space.feature_cells().size() * shape.n_rows, velocity_over_extent);
    u.assign(space.n_values(), 0.);
    u2 = u;
    CounterRandom random(7, RandomPurpose::check_points);
    for (std::size_t c = 0; c < space.n_cells(); ++c)
      for (unsigned int i = 0; i < space.points_per_cell(); ++i)
        u[space.at(c, i)] = random.uniform() - 0.5;
    traces[0].assign(space.n_traces(), 0.);
    traces[1] = traces[0];
    compute_traces(space.batches(), u.data(), traces[0].data(), nullptr, 0, space.batches().n_batches);
  }

  static Domain domain(unsigned int dim, unsigned int cells)
  {
    Domain box;
    box.lower.assign(dim, 0.);
    box.upper.assign(dim, 1.);
    box.subdivisions.assign(dim, cells);
    box.periodic.assign(dim, true);
    return box;
  }

  void step(const RungeKutta &method, double dt)
  {
    for (const RungeKuttaStage &stage : method.stages)
      {
        StageArguments a;
        a.batches    = &space.batches();
        a.shape      = &shape;
        a.table      = table.data();
        a.u          = u.data();
        a.u2         = u2.data();
        a.traces_in  = traces[current].data();
        a.traces_out = traces[1 - current].data();
        a.save       = stage.save;
        a.combine    = stage.combine;
        a.keep       = stage.keep;
        a.mix        = stage.mix;
        a.step       = stage.step * dt;
        a.u2_keep    = stage.u2_keep;
        a.u2_mix     = stage.u2_mix;
        a.u2_step    = stage.u2_step * dt;
        run_stage(a, 0, space.batches().n_batches);
        current = 1 - current;
      }
  }

  double largest() const
  {
    double result = 0.;
    for (const double x : u)
      result = std::max(result, std::abs(x));
    return result;
  }

  double mass() const
  {
    double              sum = 0.;
    std::vector<double> w(space.points_per_cell());
    for (std::size_t c = 0; c < space.n_cells(); ++c)
      {
        space.weights(mesh.cells()[c], w.data());
        for (unsigned int i = 0; i < space.points_per_cell(); ++i)
          sum += w[i] * u[space.at(c, i)];
      }
    return sum;
  }

private:
  AdaptiveMesh        mesh;
  DGMesh              space;
  VelocityTableShape  shape;
  std::vector<double> table, u, u2, traces[2];
  unsigned int        current = 0;
};
} // namespace

TEST_CASE("Runge-Kutta: orders on a scalar equation")
{
  for (const std::string &name : RungeKutta::names())
    {
      const RungeKutta method = RungeKutta::from_name(name);
      const double     order  = std::log2(error(method, 40) / error(method, 80));
      CAPTURE(name, order);
      CHECK(order == Approx(method.order).margin(0.1));
    }
  CHECK(RungeKutta::from_name("SSP(10,4)").stages.size() == 10);
  CHECK_THROWS_AS(RungeKutta::from_name("Euler"), std::logic_error);
}

TEST_CASE("Runge-Kutta: convex combinations of Euler steps up to the SSP coefficient")
{
  // u' = −u with an Euler step of size one gives 0 ≥ 0. So a step of the size of the coefficient keeps the sign, and the bound
  // is sharp for u ↦ keep, mix ≥ 0 alone: all coefficients of the stages are non-negative.
  for (const std::string &name : RungeKutta::names())
    {
      const RungeKutta method = RungeKutta::from_name(name);
      CAPTURE(name);
      double least_ratio = 1e300;
      for (const RungeKuttaStage &stage : method.stages)
        {
          CHECK(stage.keep >= 0.);
          CHECK(stage.mix >= 0.);
          CHECK(stage.u2_keep >= 0.);
          CHECK(stage.u2_mix >= 0.);
          if (stage.step > 0.)
            least_ratio = std::min(least_ratio, stage.keep / stage.step);
          if (stage.combine)
            least_ratio = std::min(least_ratio, 1. / stage.u2_step);
        }
      CHECK(least_ratio == Approx(method.ssp_coefficient));
      for (const double fraction : {0.2, 0.6, 1.})
        CHECK(step(method, 1., fraction * method.ssp_coefficient, [](double x) { return -x; }) >= 0.);
    }
}

TEST_CASE("Runge-Kutta: stable at the stated limit of transport, unstable a little above")
{
  for (const std::string &name : RungeKutta::names())
    for (unsigned int degree = 1; degree <= max_degree; ++degree)
      {
        const RungeKutta method = RungeKutta::from_name(name);
        const double     limit  = method.stability_limit[degree - 1];
        CAPTURE(name, degree);
        const unsigned int n_steps = 3000;
        ConstantTransport  at(1, degree, 64, 1.), above(1, degree, 64, -1.);
        const double       mass = at.mass();
        for (unsigned int i = 0; i < n_steps; ++i)
          at.step(method, limit);
        CHECK(at.largest() < 2.);
        CHECK(at.mass() == Approx(mass).margin(1e-12));
        for (unsigned int i = 0; i < n_steps && above.largest() < 1e6; ++i)
          above.step(method, 1.05 * limit);
        CHECK(above.largest() > 1e3);
      }
}

TEST_CASE("Runge-Kutta: the limit holds for the sum over the axes")
{
  const RungeKutta method = RungeKutta::from_name("SSP(10,4)");
  for (unsigned int degree = 1; degree <= max_degree; ++degree)
    {
      const double limit = method.stability_limit[degree - 1];
      CAPTURE(degree);
      // Every axis has its share.
      ConstantTransport plane(2, degree, 12, 0.5), above(2, degree, 12, 0.6), space(3, degree, 6, -1. / 3.);
      for (unsigned int i = 0; i < 300; ++i)
        {
          plane.step(method, limit);
          space.step(method, limit);
        }
      CHECK(plane.largest() < 2.);
      CHECK(space.largest() < 2.);
      for (unsigned int i = 0; i < 300 && above.largest() < 1e6; ++i)
        above.step(method, limit);
      CHECK(above.largest() > 1e3);
    }
}
