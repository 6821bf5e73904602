// The maximum of the dual problem against sums over data nodes and grid points that know nothing of moments.
#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/boltzmann/diagnostics.h>
#include <solvers/boltzmann/maximise_dual.h>

#include "../base/temporary_directory.h"
#include "run.h"

using namespace rhoflow;

namespace
{
BoltzmannSolution solve(const Parts &parts, double beta, std::vector<double> e = {})
{
  e.resize(parts.dual->n_modes(), 0.);
  return maximise_dual(*parts.dual, beta, e, 1e-13, 60, [](unsigned int, double) {});
}

/// exp(−βλ|θ|²/2) is e⁻⁵⁰ at the sides.
const Settings wide{{"Domain/Lower corner", "-10, -10"},
                    {"Domain/Upper corner", "10, 10"},
                    {"Domain/Subdivisions", "80"},
                    {"Boltzmann/Nodes per cell", "8"},
                    {"Mean field/Compression tolerance", "0"}};

/// f(x_k; ρ), ∫ |θ|² ρ, ∫ ρ log ρ and ∫ ρ by the trapezoidal rule.
struct GridIntegrals
{
  std::vector<double> f;
  double              square = 0., entropy = 0., mass = 0.;

  GridIntegrals(const Parts &parts, const DualProblem::State &state, unsigned int cells)
    : f(parts.problem->n_nodes(), 0.)
  {
    const double        h = 20. / cells;
    std::vector<double> g(f.size());
    for (unsigned int j = 0; j <= cells; ++j)
      {
        const double w = -10. + h * j;
        parts.problem->features(1, &w, g.data(), nullptr);
        for (unsigned int i = 0; i <= cells; ++i)
          {
            const double theta[2] = {-10. + h * i, w};
            double       log_density, potential;
            parts.dual->density(state, 1, theta, &log_density, &potential);
            const double weight = h * h * std::exp(log_density);
            mass += weight;
            square += weight * (theta[0] * theta[0] + w * w);
            entropy += weight * log_density;
            for (std::size_t k = 0; k < f.size(); ++k)
              f[k] += weight * theta[0] * g[k];
          }
      }
  }
};
} // namespace

TEST_CASE("the density is the Boltzmann density of its own potential, and the duality gap is zero", "[boltzmann]")
{
  const double        beta = 20., lambda = 0.05;
  const Parts         parts(shipped_file("boltzmann/tanh_2d"), wide, MPI_COMM_SELF);
  const auto          solution = solve(parts, beta);
  const GridIntegrals grid(parts, solution.state, 400);
  const auto         &p = parts.problem->weights();
  const auto         &y = parts.problem->targets();
  CHECK(solution.n_steps <= 7);
  CHECK(solution.n_halvings == 0);
  CHECK(grid.mass == Approx(1.).epsilon(1e-12));

  double risk = 0.;
  for (std::size_t k = 0; k < p.size(); ++k)
    risk += .5 * p[k] * std::pow(grid.f[k] - y[k], 2);
  const double energy      = risk + .5 * lambda * grid.square + grid.entropy / beta;
  const auto   diagnostics = diagnose(*parts.dual, solution, Observables());
  CHECK(diagnostics.risk == Approx(risk).epsilon(1e-11));
  CHECK(diagnostics.free_energy == Approx(energy).margin(1e-12));
  CHECK(solution.state.dual == Approx(energy).margin(1e-12));
  CHECK(diagnostics.entropy == Approx(grid.entropy).epsilon(1e-11));

  // Ψ_λ from all data nodes and the network's output on the grid.
  double constant = 0., largest = 0.;
  for (const auto &[a, w] :
       std::vector<std::pair<double, double>>{{0., 0.}, {1.3, 0.4}, {-2., 1.1}, {3.1, -2.2}, {-4., -4.}, {.2, 6.}})
    {
      std::vector<double> g(p.size());
      parts.problem->features(1, &w, g.data(), nullptr);
      double psi = .5 * lambda * (a * a + w * w);
      for (std::size_t k = 0; k < p.size(); ++k)
        psi += p[k] * (grid.f[k] - y[k]) * a * g[k];
      const double theta[2] = {a, w};
      double       log_density, potential;
      parts.dual->density(solution.state, 1, theta, &log_density, &potential);
      CHECK(potential == Approx(psi).margin(1e-13));
      if (a == 0. && w == 0.)
        constant = log_density + beta * psi;
      largest = std::max(largest, std::abs(log_density + beta * psi - constant));
    }
  CHECK(largest < 2e-12);
}

TEST_CASE("gradient and curvature of the dual problem are its derivatives", "[boltzmann]")
{
  const double beta = 20.;
  const Parts  parts(shipped_file("boltzmann/tanh_2d"), {}, MPI_COMM_SELF);
  const auto   n = parts.dual->n_modes();
  REQUIRE(n >= 3);
  std::vector<double> e(n), direction(n);
  for (unsigned int j = 0; j < n; ++j)
    {
      e[j]         = .3 * std::sin(1. + j);
      direction[j] = std::cos(2. * j);
    }
  const auto along = [&](double s) {
    std::vector<double> point = e;
    for (unsigned int j = 0; j < n; ++j)
      point[j] += s * direction[j];
    return parts.dual->evaluate(point, beta, false);
  };
  const auto   here   = parts.dual->evaluate(e, beta, true);
  const double h      = 1e-4;
  const auto   before = along(-h), after = along(h);
  double       slope = 0., size = 0.;
  for (unsigned int j = 0; j < n; ++j)
    {
      slope += here.gradient[j] * direction[j];
      double curvature = -direction[j];
      for (unsigned int k = 0; k < n; ++k)
        curvature -= beta * here.covariance[j * n + k] * direction[k];
      CHECK((after.gradient[j] - before.gradient[j]) / (2. * h) == Approx(curvature).margin(1e-5));
      size = std::max(size, std::abs(curvature));
    }
  CHECK(size > 1.);
  CHECK((after.dual - before.dual) / (2. * h) == Approx(slope).epsilon(1e-6));
}

TEST_CASE("from the hottest to the coldest: one solution, and dF/dβ is minus the entropy over β²", "[boltzmann]")
{
  const Settings box{{"Domain/Lower corner", "-25, -25"}, {"Domain/Upper corner", "25, 25"}, {"Domain/Subdivisions", "200"}};
  const Parts    parts(shipped_file("boltzmann/tanh_2d"), box, MPI_COMM_SELF);
  std::vector<double> e;
  for (const double beta : {1., 10., 100., 1e3, 1e4})
    {
      CAPTURE(beta);
      const auto warm = solve(parts, beta, e), cold = solve(parts, beta);
      e = warm.state.e;
      for (std::size_t j = 0; j < e.size(); ++j)
        CHECK(cold.state.e[j] == Approx(e[j]).margin(1e-11));
      CHECK(warm.n_steps <= cold.n_steps);
      const auto diagnostics = diagnose(*parts.dual, warm, Observables());
      CHECK(diagnostics.gap < 1e-20);
      CHECK(diagnostics.free_energy == Approx(warm.state.dual).margin(1e-10));

      // The maximum at a neighbouring β, by its own Newton iteration.
      const double h     = 1e-3;
      const double slope = (solve(parts, beta * (1. + h), e).state.dual - solve(parts, beta * (1. - h), e).state.dual) /
                           (2. * h * beta);
      CHECK(slope * beta * beta == Approx(-diagnostics.entropy).margin(1e-4));
      // The zero-temperature limit of R + confinement comes from above.
      CHECK(diagnostics.certificate > 0.);
      CHECK(diagnostics.risk + diagnostics.confinement > 0.107);
      CHECK(diagnostics.boundary_mass < 1e-6);
    }
}

TEST_CASE("a neuron reduced to (a, s, r) has the free energy of the neuron before the reduction", "[boltzmann]")
{
  // w ∈ R², w* = e_1: (s, r) = (w_1, |w_2|). |S⁰| = 2 and r⁰ = 1.
  const Settings common{{"Learning problem/Activation", "tanh"},
                        {"Learning problem/Input dimension", "2"},
                        {"Initial law/Law", "normal(0, 1), normal(0, 1), uniform(0, 1)"},
                        {"Data/Quadrature nodes", "24"},
                        {"Data/Radial nodes", "24"},
                        {"Mean field/Weight decay", "0.1"},
                        {"Mean field/Inverse temperature", "30"},
                        {"Boltzmann/Nodes per cell", "6"}};
  const Parts    reduced("",
                         with(common, {{"Learning problem/Neuron", "single neuron"},
                                       {"Domain/Lower corner", "-5, -5, 0"},
                                       {"Domain/Upper corner", "5, 5, 5"},
                                       {"Domain/Subdivisions", "10, 10, 5"}}),
                         MPI_COMM_SELF);
  const Parts    full("",
                      with(common, {{"Learning problem/Neuron", "weighted ridge"},
                                    {"Target/Type", "expression"},
                                    {"Target/Expression", "tanh(x1)"},
                                    {"Domain/Lower corner", "-5, -5, -5"},
                                    {"Domain/Upper corner", "5, 5, 5"},
                                    {"Domain/Subdivisions", "10"}}),
                      MPI_COMM_SELF);
  const auto     left = solve(reduced, 30.), right = solve(full, 30.);
  const auto     a = diagnose(*reduced.dual, left, Observables()), b = diagnose(*full.dual, right, Observables());
  CHECK(a.free_energy == Approx(b.free_energy).epsilon(1e-6));
  CHECK(left.state.log_partition == Approx(right.state.log_partition).epsilon(1e-6));
  CHECK(a.entropy == Approx(b.entropy).epsilon(1e-6));
  CHECK(a.risk == Approx(b.risk).epsilon(1e-5));
  CHECK(a.boundary_mass < 1e-6);

  // Without a signal from the data (β small, wide box) the law is N(0, 1/(βλ)) in R^{1+d}: E |w|² − E s² = (d − 1)/(βλ).
  const Parts five("",
                   with(common, {{"Learning problem/Neuron", "single neuron"},
                                 {"Learning problem/Input dimension", "5"},
                                 {"Domain/Lower corner", "-12, -12, 0"},
                                 {"Domain/Upper corner", "12, 12, 14"},
                                 {"Domain/Subdivisions", "24"}}),
                   MPI_COMM_SELF);
  const auto  state  = five.dual->evaluate(std::vector<double>(five.dual->n_modes(), 0.), 8., false);
  const auto  moment = five.dual->integrals(state, 2, [](const DualProblem::Node &node, double *q) {
    q[0] = node.theta[1] * node.theta[1];
    q[1] = node.theta[2] * node.theta[2];
  });
  CHECK(moment[0] == Approx(1.25).epsilon(1e-8));
  CHECK(moment[1] == Approx(5.).epsilon(1e-8));
  CHECK(state.log_partition == Approx(3. * std::log(2. * M_PI * 1.25)).epsilon(1e-8));
}
