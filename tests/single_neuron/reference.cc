// The single neuron σ(⟨w*, x⟩), x ~ N(0, I_40), σ(t) = erf(t/√2), a ~ N(0, 1), w ~ N(0, I/40), reduced to (a, s, r): the
// defaults of the program.

#include <catch2/catch.hpp>

#include <string>
#include <unordered_map>
#include <vector>

#include <tests/continuity/density_run.h>
#include <tests/support/references.h>

#include <solvers/model/gaussian/quadrature.h>

using namespace rhoflow;

namespace
{
/// R at t = 0, 1, ..., 10.
const std::vector<ReferenceValue> &reference()
{
  static const std::vector<ReferenceValue> values = reference_values("reference_a_fine", "risk");
  return values;
}

Settings cells(const std::string &subdivisions)
{
  return {{"Domain/Subdivisions", subdivisions}};
}

/// Largest relative deviation from the reference at t = 0, 1, ..., end.
double largest_deviation(DensityRun &run, unsigned int end)
{
  double worst = 0., before = 1., mass = 1.;
  for (unsigned int t = 0; t <= end; ++t)
    {
      run.advance(t);
      const Diagnostics d = run.diagnose();
      if (t == 0)
        mass = d.mass;
      worst = std::max(worst, std::abs(d.risk / reference()[t].value - 1.));
      CAPTURE(t, d.risk, d.risk / reference()[t].value - 1., d.certificate, d.negative_mass, d.boundary_mass);
      CHECK(d.risk < before);
      // Without noise the least risk is zero: of the point mass at (1, 1, 0).
      CHECK(d.excess_risk <= d.certificate);
      CHECK(std::abs(d.mass / mass - 1.) < 1e-12);
      CHECK(d.boundary_mass < 1e-4);
      before = d.risk;
    }
  return worst;
}
} // namespace

TEST_CASE("A reference value that is not in the table is an error")
{
  CHECK(reference_value("reference_a_fine", "risk", 0.).value == Approx(1. / 6.).epsilon(1e-9));
  CHECK_THROWS_WITH(reference_values("reference_z", "risk"), Catch::Contains("has no risk of reference_z"));
  CHECK_THROWS_WITH(reference_values("reference_a", "mean r"), Catch::Contains("has no mean r of reference_a"));
  CHECK_THROWS_WITH(reference_value("reference_a", "risk", 11.), Catch::Contains("has no risk of reference_a at t = 11"));
}

TEST_CASE("Single neuron: the reference itself, by fewer characteristics")
{
  const DensityRun     run(cells("2"));
  const QuadratureRule a = gauss_hermite(24), s = gauss_hermite(12), r = gauss_chi(5, 39.);
  const double         scale = 1. / std::sqrt(40.);
  PointLaw             law;
  for (unsigned int i = 0; i < 24; ++i)
    for (unsigned int j = 0; j < 12; ++j)
      for (unsigned int k = 0; k < 5; ++k)
        {
          law.theta.insert(law.theta.end(), {a.nodes[i], scale * s.nodes[j], scale * r.nodes[k]});
          law.weights.push_back(a.weights[i] * s.weights[j] * r.weights[k]);
        }
  const auto risks = risk_by_characteristics(*run.problem, *run.mean_field, law, {0., 1., 2., 3., 4.}, 0.1);
  for (std::size_t t = 0; t < risks.size(); ++t)
    CHECK(risks[t] == Approx(reference()[t].value).epsilon(5e-6));
  // An independent computation, rounded.
  const std::vector<ReferenceValue> printed = reference_values("reference_a", "risk");
  REQUIRE(printed.size() == reference().size());
  for (std::size_t t = 0; t < printed.size(); ++t)
    CHECK(std::abs(reference()[t].value - printed[t].value) < 0.51 * printed[t].error);
}

TEST_CASE("Single neuron: a uniform mesh of degree 2 is within 2e-4 up to t = 10")
{
  DensityRun run({});
  CHECK(run.mesh->n_global_cells() == 16 * 24 * 14);
  CHECK(run.parameters.degree == 2);
  const double deviation = largest_deviation(run, 10);
  CAPTURE(deviation);
  CHECK(deviation < 2e-4);
  // What was lost was dissipated.
  CHECK(reference()[0].value - run.risk() == Approx(run.dissipated()).epsilon(2e-3));
}

TEST_CASE("Single neuron: any radial weight gives the same risk")
{
  for (const std::string kappa : {"0", "1", "5", "2.5"})
    {
      DensityRun   run(cells("12, 16, 10") + Settings{{"Single neuron/Radial weight", kappa}});
      const double deviation = largest_deviation(run, 3);
      CAPTURE(kappa, deviation);
      CHECK(deviation < 1e-4);
    }
}

TEST_CASE("Single neuron: the limiter keeps the polynomials positive at nodes and sides, and mass")
{
  DensityRun   run(cells("10, 12, 8") + Settings{{"Discontinuous Galerkin/Positivity", "every stage"}});
  const double mass = run.diagnose().mass;
  DensityRun   linear(cells("10, 12, 8"));
  linear.advance(1.);
  CHECK(linear.diagnose().negative_mass > 1e-4);
  for (const double time : {0., 0.5, 1.})
    {
      run.advance(time);
      const Diagnostics d = run.diagnose();
      CHECK(d.minimum >= 0.);
      CHECK(d.negative_mass == 0.);
      CHECK(std::abs(d.mass / mass - 1.) < 1e-12);
      const DGMesh             &space  = *run.space;
      const std::vector<double> values = run.solution->values();
      const unsigned int        n = space.batches().n, n_points = space.points_per_cell();
      double                    lowest = 0., highest = 0.;
      for (std::size_t c = 0; c < space.n_cells(); ++c)
        for (unsigned int axis = 0, stride = 1; axis < 3; ++axis, stride *= n)
          for (unsigned int i = 0; i < n_points; ++i)
            if (i / stride % n == 0)
              for (const double end : {0., 1.})
                {
                  double side = 0.;
                  for (unsigned int q = 0; q < n; ++q)
                    side += space.line(run.mesh->cells()[c], axis).value(q, end) * values[c * n_points + i + q * stride];
                  lowest  = std::min(lowest, side);
                  highest = std::max(highest, side);
                }
      CHECK(lowest >= -1e-14 * highest);
    }
  // It is the scheme that loses accuracy, not the problem.
  CHECK(std::abs(run.risk() / reference()[1].value - 1.) < 0.1);
}

TEST_CASE("Single neuron: the symmetry (a, s) -> (-a, -s) is kept")
{
  DensityRun run(cells("8, 10, 6"));
  run.advance(2.);
  const DGMesh                                         &space  = *run.space;
  const std::vector<double>                             values = run.solution->values();
  const unsigned int                                    n = space.batches().n, n_points = space.points_per_cell();
  std::unordered_map<CellKey, std::size_t, CellKeyHash> position;
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    position[run.mesh->cells()[c]] = c;
  double worst = 0., highest = 0.;
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      CellKey mirrored  = run.mesh->cells()[c];
      mirrored.index[0] = 7 - mirrored.index[0];
      mirrored.index[1] = 9 - mirrored.index[1];
      for (unsigned int i = 0; i < n_points; ++i)
        {
          const unsigned int other = (n - 1 - i % n) + n * (n - 1 - i / n % n) + n * n * (i / (n * n));
          worst   = std::max(worst, std::abs(values[c * n_points + i] - values[position.at(mirrored) * n_points + other]));
          highest = std::max(highest, std::abs(values[c * n_points + i]));
        }
    }
  CHECK(worst < 1e-11 * highest);
  const Diagnostics d = run.diagnose();
  CHECK(std::abs(d.functionals.mean[0]) < 1e-12);
  CHECK(std::abs(d.functionals.mean[1]) < 1e-12);
  CHECK(d.alignment > 0.1);
}

TEST_CASE("Single neuron: a finer mesh is within 1e-5 up to t = 10", "[slow]")
{
  DensityRun   run(cells("24, 36, 20"));
  const double deviation = largest_deviation(run, 10);
  CAPTURE(deviation);
  CHECK(deviation < 1e-5);
}

TEST_CASE("Single neuron: refinement drives the negative mass below 1e-2, a uniform mesh of the same size does not", "[slow]")
{
  DensityRun    adaptive(cells("8, 12, 7") + Settings{{"Refinement/Adaptive", "true"},
                                                   {"Refinement/Maximum level", "3"},
                                                   {"Refinement/Tolerance", "4e-6"}});
  std::uint64_t max_cells = 0;
  double        negative  = 0.;
  const double  mass      = adaptive.diagnose().mass;
  for (unsigned int t = 0; t <= 10; ++t)
    {
      adaptive.advance(t);
      const Diagnostics d = adaptive.diagnose();
      max_cells           = std::max(max_cells, adaptive.mesh->n_global_cells());
      negative            = std::max(negative, d.negative_mass);
      CAPTURE(t, d.negative_mass, adaptive.mesh->n_global_cells(), d.risk / reference()[t].value - 1.);
      CHECK(d.negative_mass < 1e-2);
      CHECK(std::abs(d.risk / reference()[t].value - 1.) < 1e-4);
      CHECK(std::abs(d.mass / mass - 1.) < 1e-12);
    }
  // As many cells as the adaptive mesh had at most, in the same proportions.
  const double factor = std::cbrt(static_cast<double>(max_cells) / (8 * 12 * 7));
  std::string  subdivisions;
  for (const double n : {8., 12., 7.})
    subdivisions += (subdivisions.empty() ? "" : ", ") + std::to_string(static_cast<int>(std::ceil(n * factor)));
  DensityRun uniform(cells(subdivisions));
  uniform.advance(10.);
  const double uniform_negative = uniform.diagnose().negative_mass;
  WARN("negative mass at most " << negative << " with " << max_cells << " cells, uniform " << subdivisions << ": "
                                << uniform_negative);
  CHECK(uniform_negative > 2. * negative);
}
