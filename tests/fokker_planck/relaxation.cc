#include <catch2/catch.hpp>

#include <deal.II/lac/lapack_full_matrix.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/progress.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/fokker_planck/relaxation.h>

#include "../base/temporary_directory.h"
#include "relaxation_problems.h"

using namespace rhoflow;
using namespace relaxation;

namespace
{
/// The row of relaxation.csv of a run, and the solver's own report nowhere.
std::map<std::string, double> relaxation_of(const Settings &settings)
{
  TemporaryDirectory directory;
  run_solver("fokker planck", directory.path("run"), settings, MPI_COMM_SELF);

  std::ifstream                 file(directory.path("run/relaxation.csv"));
  std::string                   names, values, name, value;
  std::map<std::string, double> row;
  std::getline(file, names);
  std::getline(file, values);
  std::stringstream n(names), v(values);
  while (std::getline(n, name, ',') && std::getline(v, value, ','))
    row[name] = std::stod(value);
  return row;
}

const Settings long_run = {{"Fokker-Planck/Time stepping", "SDIRK2"},
                           {"Fokker-Planck/Error tolerance", "1e-5"},
                           {"Fokker-Planck/Find spectral gap", "true"},
                           {"Output/Write density", "false"}};

/// Real parts of the eigenvalues of dp/dt = −M^{-1} K(e(p)) p around p*, ascending, by central differences of the scheme.
std::vector<double> rates_by_differences(AtRest &at_rest, bool frozen)
{
  FokkerPlanckState               &state = *at_rest.state;
  const std::vector<double>       &rest  = at_rest.equilibrium->density;
  const std::size_t                n     = rest.size();
  const double                     h     = 1e-4;
  dealii::LAPACKFullMatrix<double> jacobian(n, n);
  // In units of p*: all entries are then of the size of rates.
  for (std::size_t j = 0; j < n; ++j)
    for (const double sign : {1., -1.})
      {
        std::vector<double> p = rest;
        p[j] *= 1. + sign * h;
        state.set(p);
        if (frozen)
          state.fitted.update(state.potential.exponents(at_rest.equilibrium->e));
        const std::vector<double> flow = state.fitted.apply(p);
        for (std::size_t i = 0; i < n; ++i)
          jacobian(i, j) += sign * flow[i] / (2. * h * state.space.weights()[i] * rest[i]);
      }
  jacobian.compute_eigenvalues();
  std::vector<double> rates;
  for (std::size_t i = 0; i < n; ++i)
    rates.push_back(jacobian.eigenvalue(i).real());
  std::sort(rates.begin(), rates.end());
  return rates;
}

/// The positive eigenvalue of number `number` of −(1/β) (ρ u')' = μ ρ u, ρ = exp(−βL), u' = 0 at both ends, by differences on n
/// intervals
/// (second order) and bisection with Sturm's sequence.
double rate_by_differences(double lower, double upper, unsigned int n, double beta, const std::function<double(double)> &L,
                           unsigned int number)
{
  const double        h = (upper - lower) / n;
  std::vector<double> diagonal(n, 0.), beside(n, 0.);
  const auto          rho = [&](double i) { return std::exp(-beta * L(lower + h * i)); };
  for (unsigned int i = 0; i + 1 < n; ++i)
    {
      const double flux = rho(i + 1.) / (beta * h * h), left = rho(i + .5), right = rho(i + 1.5);
      diagonal[i] += flux / left;
      diagonal[i + 1] += flux / right;
      beside[i + 1] = flux / std::sqrt(left * right);
    }
  const auto below = [&](double mu) {
    unsigned int count = 0;
    double       pivot = 1.;
    for (unsigned int i = 0; i < n; ++i)
      {
        pivot = diagonal[i] - mu - (i > 0 ? beside[i] * beside[i] / pivot : 0.);
        count += pivot < 0. ? 1 : 0;
      }
    return count;
  };
  double low = 0., high = 1e3;
  for (int k = 0; k < 200; ++k)
    {
      const double middle                   = k < 60 && low == 0. ? high / 4. : .5 * (low + high);
      (below(middle) > number ? high : low) = middle;
    }
  return .5 * (low + high);
}
} // namespace

TEST_CASE("the rate is that of the slowest of several exponentials", "[fokker_planck][relaxation]")
{
  std::vector<double> t, d;
  for (int i = 0; i <= 60; ++i)
    {
      t.push_back(.5 * i);
      d.push_back(.3 * std::exp(-1.2 * t.back()) + 3. * std::exp(-1.8 * t.back()) + 1e-12 * std::sin(100. * i));
    }
  const RelaxationFit fit = fit_relaxation(t, d, 1e-11);
  CHECK(fit.rate == Approx(1.2).epsilon(2e-3));
  CHECK(fit.error > 0.);
  CHECK(fit.error < 1e-3);
  CHECK(fit.first >= 3.);
  CHECK(fit.last < 20.);
  CHECK(std::abs(fit.drift) < 2e-3);

  // A row that comes back from below the resolution is none.
  d[40] = 1e-5;
  CHECK(fit_relaxation(t, d, 1e-11).rate == fit.rate);

  const RelaxationFit none = fit_relaxation({0., 1., 2., 3.}, {1., 1e-3, 1e-4, 1e-5}, 1e-13);
  CHECK(none.rows == 0);
  CHECK(std::isnan(none.rate));
  CHECK(std::isnan(none.error));
  CHECK(fit_relaxation({}, {}, 1e-13).rows == 0);
}

TEST_CASE("rates of the linear neuron are those of Hermite modes", "[fokker_planck][relaxation]")
{
  SECTION("one parameter")
  {
    AtRest     at_rest(linear_1d);
    const auto gap = at_rest.gap();
    REQUIRE(gap.failure.empty());
    CHECK(gap.disagreement < 1e-8);
    const double frozen[] = {.5, 1., 1.5, 2.}, linearised[] = {1., 1.5, 1.5, 2.};
    for (unsigned int k = 0; k < 4; ++k)
      {
        CAPTURE(k);
        CHECK(gap.frozen[k] == Approx(frozen[k]).epsilon(1e-6));
        CHECK(gap.linearised[k] == Approx(linearised[k]).epsilon(1e-6));
      }
  }
  SECTION("two parameters: multiple rates as often as they occur")
  {
    AtRest     at_rest(linear_1d + linear_2d);
    const auto gap = at_rest.gap();
    REQUIRE(gap.failure.empty());
    const double frozen[] = {2., 2., 4., 4.}, linearised[] = {3., 3., 4., 4.};
    for (unsigned int k = 0; k < 4; ++k)
      {
        CAPTURE(k);
        CHECK(gap.frozen[k] == Approx(frozen[k]).epsilon(1e-6));
        CHECK(gap.linearised[k] == Approx(linearised[k]).epsilon(1e-6));
      }
    // In one Krylov space the second copy shows up late, by rounding errors.
    const auto two = at_rest.gap(2);
    CHECK(two.frozen[1] == Approx(2.).epsilon(1e-6));
    CHECK(two.linearised[1] == Approx(3.).epsilon(1e-6));
  }
  SECTION("as many as there are")
  {
    AtRest     at_rest(linear_1d + Settings{{"Fokker-Planck/Degree", "1"}, {"Domain/Subdivisions", "3"}});
    const auto gap = at_rest.gap();
    CHECK(gap.failure.empty());
    CHECK(gap.frozen.size() == 3);
    CHECK(gap.linearised.size() == 3);
  }
  SECTION("of order 2k at least")
  {
    for (const unsigned int k : {1U, 2U})
      {
        double error[2];
        for (unsigned int i = 0; i < 2; ++i)
          {
            AtRest at_rest(
              linear_1d + Settings{{"Fokker-Planck/Degree", std::to_string(k)}, {"Domain/Subdivisions", i == 0 ? "32" : "64"}});
            error[i] = std::abs(at_rest.gap().linearised.front() - 1.);
          }
        CAPTURE(k, error[0], error[1]);
        CHECK(std::log2(error[0] / error[1]) > 2. * k - .1);
      }
  }
}

TEST_CASE("both operators and their inverses are symmetric and inverse to each other", "[fokker_planck][relaxation]")
{
  AtRest             at_rest(tanh_2d);
  LinearisedOperator rates(at_rest.state->fitted, at_rest.state->potential, *at_rest.equilibrium);
  const double       s = 1e-9;
  rates.set_shift(s);
  using Kind = LinearisedOperator::Kind;
  for (const Kind kind : {Kind::frozen, Kind::linearised})
    {
      CAPTURE(kind == Kind::frozen);
      const std::vector<double> &rest = rates.rest(kind);
      CHECK(rates.product(rest, rest) == Approx(1.));
      const std::vector<double> nothing = rates.apply(kind, rest);
      CHECK(std::sqrt(rates.product(nothing, nothing)) < 1e-10);

      std::vector<double> v = rates.generic_vector(), w = v;
      for (std::size_t i = 0; i < w.size(); ++i)
        w[i] *= 1. + at_rest.state->space.position(at_rest.state->space.owned_node(i))[0];
      const std::vector<double> Sv = rates.apply(kind, v), Sw = rates.apply(kind, w);
      CHECK(rates.product(w, Sv) == Approx(rates.product(v, Sw)).epsilon(1e-11));
      const std::vector<double> Rv = rates.solve(kind, v), Rw = rates.solve(kind, w);
      CHECK(rates.product(w, Rv) == Approx(rates.product(v, Rw)).epsilon(1e-9));

      const double        along = rates.product(v, rest);
      std::vector<double> back  = rates.apply(kind, Rv);
      for (std::size_t i = 0; i < v.size(); ++i)
        back[i] -= v[i] - along * rest[i];
      CHECK(std::sqrt(rates.product(back, back) / rates.product(v, v)) < 1e-7);
    }
}

TEST_CASE("rates are those of the scheme linearised by differences", "[fokker_planck][relaxation]")
{
  const std::pair<std::string, Settings> cases[] = {
    {"tanh(w x)", tanh_1d},
    {"a tanh(w x)", tanh_2d + Settings{{"Domain/Subdivisions", "8"}}},
    {"hanging nodes", tanh_2d + Settings{{"Domain/Subdivisions", "6"}}},
    {"a radius", radial},
    {"a landscape", double_well + Settings{{"Domain/Subdivisions", "52"}, {"Mean field/Inverse temperature", "8"}}}};
  const auto somewhere = [](const double *corner) { return corner[0] > -1.1 && corner[0] < 1.1; };
  for (const auto &[name, settings] : cases)
    {
      CAPTURE(name);
      AtRest     at_rest(settings, MPI_COMM_SELF, name == "hanging nodes" ? somewhere : std::function<bool(const double *)>());
      const auto gap = at_rest.gap();
      REQUIRE(gap.failure.empty());
      const std::vector<double> frozen = rates_by_differences(at_rest, true), coupled = rates_by_differences(at_rest, false);
      CHECK(std::abs(frozen[0]) < 1e-7);
      for (unsigned int k = 0; k < 4; ++k)
        {
          CAPTURE(k);
          CHECK(gap.frozen[k] == Approx(frozen[k + 1]).epsilon(1e-6));
          CHECK(gap.linearised[k] == Approx(coupled[k + 1]).epsilon(1e-6));
          CHECK(gap.linearised[k] >= gap.frozen[k] * (1. - 1e-9));
        }
    }
  AtRest     at_rest(tanh_1d);
  const auto gap = at_rest.gap();
  CHECK(gap.linearised[0] > 1.2 * gap.frozen[0]);
}

TEST_CASE("the gap of a metastable double well", "[fokker_planck][relaxation]")
{
  const auto L = [](double x) { return .25 * (x * x - 1.) * (x * x - 1.) + .02 * x; };
  double     exact[2];
  for (unsigned int k = 0; k < 2; ++k)
    {
      const double coarse = rate_by_differences(-2.6, 2.6, 2000, 40., L, k + 1),
                   fine   = rate_by_differences(-2.6, 2.6, 4000, 40., L, k + 1);
      exact[k]            = fine + (fine - coarse) / 3.;
    }
  REQUIRE(exact[0] < 1e-4);
  REQUIRE(exact[0] > 1e-6);
  REQUIRE(exact[1] > .5);
  for (const char *degree : {"2", "4"})
    {
      CAPTURE(degree);
      AtRest     at_rest(double_well + Settings{{"Fokker-Planck/Degree", degree}});
      const auto gap = at_rest.gap();
      REQUIRE(gap.failure.empty());
      CHECK(gap.linearised == gap.frozen);
      for (unsigned int k = 0; k < 2; ++k)
        CHECK(gap.frozen[k] == Approx(exact[k]).epsilon(1e-5));
    }
}

TEST_CASE("runs relax at the rates that the linearised operator predicts", "[fokker_planck][relaxation]")
{
  const auto check = [](const std::map<std::string, double> &row, double beta) {
    const double rate = row.at("measured rate");
    CHECK(rate == Approx(2. * row.at("linearised gap")).epsilon(.01));
    CHECK(rate >= row.at("bound rate") * (1. - 1e-3));
    CHECK(row.at("bound rate") == 2. * row.at("frozen gap"));
    CHECK(row.at("fitted alpha") == Approx(.5 * beta * rate));
    CHECK(row.at("standard error") < .01 * rate);
  };
  SECTION("double well")
  {
    check(relaxation_of(double_well + long_run +
                        Settings{{"Mean field/Inverse temperature", "10"}, {"End time", "90"}, {"Output interval", "2"}}),
          10.);
  }
  SECTION("linear neuron with strong weight decay: the coupling decides")
  {
    const auto row = relaxation_of(linear_1d + long_run +
                                   Settings{{"Mean field/Weight decay", "2"}, {"End time", "3"}, {"Output interval", "0.1"}});
    check(row, 8.);
    CHECK(row.at("linearised gap") == Approx(3.).epsilon(1e-6));
    CHECK(row.at("frozen gap") == Approx(2.).epsilon(1e-6));
  }
  SECTION("tanh(w x)")
  {
    check(relaxation_of(tanh_1d + long_run + Settings{{"End time", "14"}, {"Output interval", "0.4"}}), 6.);
  }
  SECTION("a tanh(w x)")
  {
    check(relaxation_of(tanh_2d + long_run +
                        Settings{{"Domain/Subdivisions", "12"},
                                 {"Fokker-Planck/Maximum time step", "1"},
                                 {"End time", "200"},
                                 {"Output interval", "4"}}),
          10.);
  }
}

TEST_CASE("without the gap the rate alone is written, and nothing that was not computed", "[fokker_planck][relaxation]")
{
  const Settings run = linear_1d + long_run +
                       Settings{{"Fokker-Planck/Find spectral gap", "false"}, {"End time", "1"}, {"Output interval", "0.5"}};
  const auto few = relaxation_of(run);
  CHECK(std::isnan(few.at("measured rate")));
  CHECK(std::isnan(few.at("frozen gap")));
  CHECK(few.at("rows") == 0.);
  CHECK(relaxation_of(run + Settings{{"Fokker-Planck/Find equilibrium", "false"}}).empty());
}

TEST_CASE("rates do not depend on the number of ranks", "[fokker_planck][relaxation][mpi]")
{
  const std::pair<Settings, unsigned int> cases[] = {
    {tanh_2d + Settings{{"Domain/Subdivisions", "8"}}, 2}, {linear_1d, 4}, {single_neuron, 2}};
  for (const auto &[settings, count] : cases)
    {
      const auto somewhere = [](const double *corner) { return corner[0] > -1. && corner[0] < .9; };
      AtRest     all(settings, MPI_COMM_WORLD, somewhere), one(settings, MPI_COMM_SELF, somewhere);
      const auto gap = all.gap(count), expected = one.gap(count);
      REQUIRE(gap.failure.empty());
      REQUIRE(gap.frozen.size() == count);
      for (unsigned int k = 0; k < count; ++k)
        {
          CHECK(gap.frozen[k] == Approx(expected.frozen[k]).epsilon(1e-8));
          CHECK(gap.linearised[k] == Approx(expected.linearised[k]).epsilon(1e-8));
        }
    }
}
