// Orders of convergence against exact solutions, of the density and of the risk.

#include <catch2/catch.hpp>

#include <array>

#include "density_run.h"

using namespace rhoflow;

namespace
{
/// The linear neuron θ·x learns y = b·x from x ~ N(0, I_D) with weight decay λ: Ψ_λ = ⟨m − b, θ⟩ + (λ/2)|θ|² with the mean m,
/// and a Gaussian stays one,
///   mean b/(1+λ) + (m_0 − b/(1+λ)) e^{−(1+λ)t},   covariance v e^{−2λt}.
struct GaussianSolution
{
  unsigned int dim;
  double       lambda = 0.5, deviation = 0.25;
  double       b(unsigned int d) const { return 0.6 - 0.3 * d; }
  double       rest(unsigned int d) const { return b(d) / (1. + lambda); }
  double       start(unsigned int d) const { return rest(d) + (d == 1 ? 0.4 : -0.4); }
  double       mean(unsigned int d, double t) const { return rest(d) + (start(d) - rest(d)) * std::exp(-(1. + lambda) * t); }

  /// ρ(t, ·).
  auto density(double t) const
  {
    const double                sigma = deviation * std::exp(-lambda * t);
    const std::array<double, 3> centre{{mean(0, t), mean(1, t), mean(2, t)}};
    return [=, n = dim](const double *theta) {
      double exponent = 0.;
      for (unsigned int d = 0; d < n; ++d)
        exponent -= 0.5 * std::pow((theta[d] - centre[d]) / sigma, 2);
      return std::exp(exponent) / std::pow(sigma * std::sqrt(2. * M_PI), n);
    };
  }
  /// R = ½ |m − b|².
  double risk(double t) const
  {
    double sum = 0.;
    for (unsigned int d = 0; d < dim; ++d)
      sum += 0.5 * std::pow(mean(d, t) - b(d), 2);
    return sum;
  }

  Settings settings(unsigned int degree, unsigned int cells) const
  {
    // Six deviations on either side of the way, five in three dimensions, where errors are larger.
    const double reach = dim == 3 ? 1.25 : 1.5;
    std::string  target, law, lower, upper;
    for (unsigned int d = 0; d < dim; ++d)
      {
        const std::string comma = d > 0 ? ", " : "";
        target += (d > 0 ? " + " : "") + ("(" + std::to_string(b(d)) + ")*x") + (dim > 1 ? std::to_string(d + 1) : "");
        law += comma + "normal(" + std::to_string(start(d)) + ", " + std::to_string(deviation) + ")";
        lower += comma + std::to_string(std::min(start(d), mean(d, 0.4)) - reach);
        upper += comma + std::to_string(std::max(start(d), mean(d, 0.4)) + reach);
      }
    return {{"Learning problem/Neuron", "linear"},
            {"Learning problem/Input dimension", std::to_string(dim)},
            {"Data/Quadrature nodes", "2"}, // exact for this quadratic risk
            {"Target/Type", "expression"},
            {"Target/Expression", target},
            {"Initial law/Law", law},
            {"Mean field/Weight decay", std::to_string(lambda)},
            {"Domain/Lower corner", lower},
            {"Domain/Upper corner", upper},
            {"Domain/Subdivisions", std::to_string(cells)},
            {"Discontinuous Galerkin/Degree", std::to_string(degree)},
            {"Discontinuous Galerkin/CFL number", degree < 3 ? "0.8" : "0.5"}};
  }
};

struct Case
{
  unsigned int dim, degree;
  unsigned int coarse, fine; ///< cells along an axis of the two meshes that are compared
  bool         hanging;
};

/// Every other orthant around the centre of the box, where the density is: hanging faces across all axes, and the same region
/// on all meshes with an even number of cells, so that errors of different meshes can be compared.
bool in_even_orthant(const double *point, const GaussianSolution &exact)
{
  unsigned int n_upper = 0;
  for (unsigned int d = 0; d < exact.dim; ++d)
    n_upper += point[d] > 0.5 * (exact.start(d) + exact.mean(d, 0.4)) ? 1 : 0;
  return n_upper % 2 == 0;
}

void check_orders(const Case &c)
{
  const GaussianSolution exact{c.dim};
  const double           end = c.dim == 3 ? (c.hanging ? 0.1 : 0.2) : 0.4;
  std::vector<double>    l1, l2;
  for (const unsigned int cells : {c.coarse, c.fine})
    {
      DensityRun run(exact.settings(c.degree, cells), MPI_COMM_SELF,
                     c.hanging ? DensityRun::Where([&](const double *x) { return in_even_orthant(x, exact); }) :
                                 DensityRun::Where());
      run.advance(end);
      const Errors e = errors(run, exact.density(end));
      l1.push_back(e.l1);
      l2.push_back(e.l2);
      // θ is in the space and Ψ_λ is quadratic: the mean obeys its ordinary differential equation exactly.
      const double drift = std::abs(run.risk() - exact.risk(end));
      CAPTURE(cells, drift);
      CHECK(drift < (c.dim == 3 ? 1e-6 : 2e-8));
    }
  const double ratio    = std::log(static_cast<double>(c.fine) / c.coarse);
  const double order_l1 = std::log(l1[0] / l1[1]) / ratio, order_l2 = std::log(l2[0] / l2[1]) / ratio;
  CAPTURE(c.dim, c.degree, c.hanging, l1, l2, order_l1, order_l2);
  CHECK(order_l1 > c.degree + 0.7);
  CHECK(order_l2 > c.degree + 0.7);
}
} // namespace

TEST_CASE("Density: order k + 1 in L1 and L2 in one dimension")
{
  for (const bool hanging : {false, true})
    for (const Case &c :
         {Case{1, 1, 64, 128, hanging}, Case{1, 2, 40, 80, hanging}, Case{1, 3, 32, 64, hanging}, Case{1, 4, 24, 48, hanging}})
      check_orders(c);
}

TEST_CASE("Density: order k + 1 in L1 and L2 in two dimensions")
{
  for (const bool hanging : {false, true})
    for (const Case &c :
         {Case{2, 1, 48, 96, hanging}, Case{2, 2, 28, 56, hanging}, Case{2, 3, 20, 40, hanging}, Case{2, 4, 16, 32, hanging}})
      check_orders(c);
}

TEST_CASE("Density: order k + 1 in L1 and L2 in three dimensions")
{
  for (const Case &c : {Case{3, 1, 14, 24, false}, Case{3, 2, 12, 18, false}, Case{3, 3, 12, 16, false},
                        Case{3, 1, 10, 20, true}, Case{3, 2, 8, 16, true}})
    check_orders(c);
}

TEST_CASE("Density: order k + 1 in L1 and L2 in three dimensions, degree three with hanging faces", "[slow]")
{
  check_orders({3, 3, 12, 24, true});
}

namespace
{
/// Neurons tanh(w x), or a tanh(w x), learn tanh(1.5 x) from x ~ U(−2, 2): smooth features that no polynomial space contains.
Settings smooth_problem(bool amplitude, unsigned int degree, unsigned int cells)
{
  const std::string extent = amplitude ? "2.4, 2.6" : "2.6";
  return {{"Learning problem/Neuron", amplitude ? "weighted ridge" : "ridge"},
          {"Learning problem/Input dimension", "1"},
          {"Learning problem/Activation", "tanh"},
          {"Data/Law", "uniform"},
          {"Data/Lower corner", "-2"},
          {"Data/Upper corner", "2"},
          {"Data/Quadrature nodes", "16"},
          {"Target/Type", "expression"},
          {"Target/Expression", "tanh(1.5*x)"},
          {"Initial law/Law", amplitude ? "normal(0.2, 0.3), normal(0.3, 0.3)" : "normal(-0.3, 0.3)"},
          {"Domain/Lower corner", amplitude ? "-2.4, -2.6" : "-2.6"},
          {"Domain/Upper corner", extent},
          {"Domain/Subdivisions", std::to_string(cells)},
          {"Discontinuous Galerkin/Degree", std::to_string(degree)},
          {"Discontinuous Galerkin/CFL number", "0.3"}};
}
} // namespace

TEST_CASE("Risk: about twice the order, against characteristics")
{
  for (const bool amplitude : {false, true})
    {
      const double     end = 1.5;
      const DensityRun any(smooth_problem(amplitude, 1, 4));
      const Domain    &box = any.mesh->domain();
      const PointLaw   law = composite_quadrature(*any.problem, box.lower, box.upper, amplitude ? 25 : 100);
      const double     reference =
        risk_by_characteristics(*any.problem, *any.mean_field, law, {end}, amplitude ? 0.02 : 0.01).front();
      for (const unsigned int degree : {1U, 2U, 3U})
        for (const bool hanging : {false, true})
          {
            std::vector<double> e;
            unsigned int        cells = (amplitude ? 40U : 48U) / (degree + 1);
            for (; e.size() < 3; cells *= 2)
              {
                DensityRun run(smooth_problem(amplitude, degree, cells), MPI_COMM_SELF,
                               hanging ? DensityRun::Where([](const double *x) { return x[0] < 0.5; }) : DensityRun::Where());
                run.advance(end);
                e.push_back(std::abs(run.risk() - reference));
              }
            const double two_refinements = std::log(e[0] / e[2]) / std::log(4.);
            CAPTURE(amplitude, degree, hanging, e, two_refinements);
            // The last error may be at the level of the reference.
            CHECK((two_refinements > 2. * degree || e[2] < 1e-10));
          }
    }
}

TEST_CASE("Energy balance: what the risk loses is what was dissipated, at the order of the risk")
{
  for (const unsigned int degree : {1U, 2U, 3U})
    {
      std::vector<double> balance;
      for (unsigned int cells = 40 / (degree + 1); balance.size() < 3; cells *= 2)
        {
          DensityRun   run(smooth_problem(true, degree, cells) + Settings{{"Mean field/Weight decay", "0.1"}});
          const auto   first  = run.diagnose();
          double       before = first.risk + first.confinement, energy = before;
          const double start = before;
          for (const double time : {0.25, 0.5, 0.75, 1., 1.25, 1.5})
            {
              run.advance(time);
              const auto d = run.diagnose();
              energy       = d.risk + d.confinement;
              CHECK(energy < before);
              before = energy;
            }
          balance.push_back(std::abs(start - energy - run.dissipated()));
        }
      const double order = std::log(balance[0] / balance[2]) / std::log(4.);
      CAPTURE(degree, balance, order);
      CHECK(order > 2. * degree - 0.5);
    }
}

TEST_CASE("Certificate: an upper bound of the gap to the least energy, which it approaches")
{
  // R_λ = ½ |m − b|² + (λ/2) ∫ |θ|² ρ is least for the point mass at b/(1+λ): ½ |b|² λ/(1+λ).
  for (const unsigned int dim : {1U, 2U})
    {
      const GaussianSolution exact{dim};
      double                 least = 0.;
      for (unsigned int d = 0; d < dim; ++d)
        least += 0.5 * exact.b(d) * exact.b(d) * exact.lambda / (1. + exact.lambda);
      DensityRun run(exact.settings(3, 24));
      for (const double time : {0., 0.5, 1., 1.5})
        {
          run.advance(time);
          const auto   d        = run.diagnose();
          const double distance = d.risk + d.confinement - least;
          CAPTURE(dim, time, distance, d.certificate);
          CHECK(distance > 0.);
          CHECK(distance <= d.certificate);
          CHECK(d.certificate < 10. * distance);
        }
    }
}
