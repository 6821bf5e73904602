// What the scheme keeps to round-off: mass, constant states, symmetries, and every bit whatever the number of ranks.

#include <catch2/catch.hpp>

#include "density_run.h"

using namespace rhoflow;

namespace
{
/// The single neuron in d = 7 dimensions on a small box, adaptive.
Settings single_neuron(unsigned int degree, const std::string &kappa)
{
  return {{"Learning problem/Input dimension", "7"},
          {"Data/Quadrature nodes", "10"},
          {"Data/Radial nodes", "3"},
          {"Data/Angular nodes", "5"},
          {"Initial law/Law", "normal(0, 0.6), gaussian_neurons(1)"},
          {"Single neuron/Radial weight", kappa},
          {"Mean field/Compression tolerance", "1e-6"},
          {"Domain/Lower corner", "-3.2, -2, 0"},
          {"Domain/Upper corner", "3.2, 2.2, 2.4"},
          {"Domain/Subdivisions", "4, 4, 3"},
          {"Discontinuous Galerkin/Degree", std::to_string(degree)},
          {"Refinement/Adaptive", "true"},
          {"Refinement/Maximum level", "1"},
          {"Refinement/Tolerance", "2e-3"},
          {"Refinement/Coarsening", "0.3"},
          {"Refinement/Interval", "2"}};
}

/// Neurons a tanh(w x), or tanh(w1 x1 + w2 x2), adaptive.
Settings plane(bool amplitude)
{
  return {{"Learning problem/Neuron", amplitude ? "weighted ridge" : "ridge"},
          {"Learning problem/Input dimension", amplitude ? "1" : "2"},
          {"Learning problem/Activation", "tanh"},
          {"Data/Quadrature nodes", "8"},
          {"Target/Type", "expression"},
          {"Target/Expression", amplitude ? "tanh(2*x)" : "tanh(2*x1) - 0.5*tanh(x2)"},
          {"Initial law/Law", "normal(0.3, 0.4), normal(-0.1, 0.4)"},
          {"Mean field/Weight decay", "0.05"},
          {"Domain/Lower corner", "-3, -3"},
          {"Domain/Upper corner", "3, 3.3"},
          {"Domain/Subdivisions", "6, 5"},
          {"Refinement/Adaptive", "true"},
          {"Refinement/Maximum level", "3"},
          {"Refinement/Tolerance", "1e-4"},
          {"Refinement/Interval", "3"}};
}

std::vector<double> numbers(const Diagnostics &d)
{
  std::vector<double> result{d.risk,    d.excess_risk,   d.dissipation,   d.certificate, d.mass,
                             d.minimum, d.negative_mass, d.boundary_mass, d.confinement, d.alignment};
  result.insert(result.end(), d.functionals.mean.begin(), d.functionals.mean.end());
  result.insert(result.end(), d.functionals.covariance.begin(), d.functionals.covariance.end());
  return result;
}

/// Neurons cos(w·x) at points x of the integer lattice: everything has the period 2π in every w_d, and the uniform density has
/// no part in what is learned.
Settings torus(unsigned int dim, const std::vector<double> &shift, unsigned int degree)
{
  const double periods[] = {2. * M_PI, 2. * M_PI, 2. * M_PI};
  std::string  lower, upper, density;
  const char  *names[]  = {"w1", "w2", "w3"};
  const double centre[] = {2.9, -0.4, 1.2};
  for (unsigned int d = 0; d < dim; ++d)
    {
      const std::string comma = d > 0 ? ", " : "";
      char              number[2][40];
      std::snprintf(number[0], sizeof(number[0]), "%.17g", shift[d]);
      std::snprintf(number[1], sizeof(number[1]), "%.17g", shift[d] + periods[d]);
      lower += comma + number[0];
      upper += comma + number[1];
      density += (d > 0 ? " + " : "") + std::string("cos(") + (dim == 1 ? "w" : names[d]) + " - (" + std::to_string(centre[d]) +
                 "))";
    }
  const std::string points = dim == 1 ? "0.5: 1 | 0.5: 2" :
                             dim == 2 ? "0.4: 1, 0 | 0.3: 1, -1 | 0.3: 0, 2" :
                                        "0.3: 1, 0, 0 | 0.3: 0, 1, 1 | 0.2: 0, 0, 1 | 0.2: 1, -1, 0";
  return {{"Learning problem/Neuron", "ridge"},
          {"Learning problem/Input dimension", std::to_string(dim)},
          {"Learning problem/Activation", "cosine"},
          {"Data/Law", "discrete"},
          {"Data/Points", points},
          {"Target/Type", "expression"},
          {"Target/Expression", dim == 1 ? "0.5 - 0.3*x" : "0.3 - 0.5*x1 + 0.2*x2"},
          {"Initial law/Law", "expression(exp(2*(" + density + ")))"},
          {"Domain/Lower corner", lower},
          {"Domain/Upper corner", upper},
          {"Domain/Subdivisions", dim == 3 ? "4" : "8"},
          {"Domain/Periodic", "true"},
          {"Discontinuous Galerkin/Degree", std::to_string(degree)}};
}

/// Cells to refine, the same places on the torus whatever the box: some of them at every box's sides.
bool refined_place(const double *w, unsigned int dim)
{
  double sum = 0.;
  for (unsigned int d = 0; d < dim; ++d)
    sum += std::cos(w[d] - 0.7 * (d + 1.));
  return sum > 0.3;
}
} // namespace

TEST_CASE("Mass: hundreds of steps with refinement and coarsening")
{
  for (const bool amplitude : {true, false})
    for (const unsigned int degree : {1U, 3U})
      {
        DensityRun   run(plane(amplitude) + Settings{{"Discontinuous Galerkin/Degree", std::to_string(degree)}});
        const double mass = run.diagnose().mass;
        CHECK(mass == Approx(1.).epsilon(1e-13));
        double      worst       = 0.;
        std::size_t least_cells = run.mesh->cells().size(), max_cells = least_cells;
        while (run.steps < 300)
          {
            run.step(std::min(run.time_step(), 0.05));
            if (run.steps % 20 == 0)
              worst = std::max(worst, std::abs(run.diagnose().mass / mass - 1.));
            least_cells = std::min(least_cells, run.mesh->cells().size());
            max_cells   = std::max(max_cells, run.mesh->cells().size());
          }
        CAPTURE(amplitude, degree, run.adaptations, least_cells, max_cells, run.time);
        CHECK(worst < 1e-12);
        CHECK(run.adaptations > 10);
        CHECK(least_cells < max_cells);
      }
}

TEST_CASE("Mass: the single neuron with refinement, coarsening and radial weights")
{
  for (const std::string kappa : {"0", "1", "5"})
    {
      DensityRun   run(single_neuron(2, kappa));
      const double mass  = run.diagnose().mass;
      double       worst = 0.;
      while (run.steps < 150)
        {
          run.step(std::min(run.time_step(), 0.1));
          if (run.steps % 25 == 0)
            worst = std::max(worst, std::abs(run.diagnose().mass / mass - 1.));
        }
      CAPTURE(kappa, run.adaptations, run.mesh->cells().size(), run.time);
      CHECK(mass == Approx(1.).epsilon(1e-12));
      CHECK(worst < 1e-12);
      CHECK(run.adaptations > 2);
      CHECK(run.mesh->finest_level() == 1);
    }
}

TEST_CASE("Free stream: a constant density in a constant velocity stays, on hanging and periodic meshes", "[mpi]")
{
  // The linear neuron without weight decay: Ψ = ⟨m − b, θ⟩, a constant velocity; the box is a torus.
  for (unsigned int dim = 1; dim <= 3; ++dim)
    for (unsigned int degree = 1; degree <= 4; ++degree)
      {
        std::string lower, upper, law;
        for (unsigned int d = 0; d < dim; ++d)
          {
            const std::string comma = d > 0 ? ", " : "";
            lower += comma + "-1";
            upper += comma + "1.5";
            law += comma + "uniform(-1, 1.5)";
          }
        DensityRun run({{"Learning problem/Neuron", "linear"},
                        {"Learning problem/Input dimension", std::to_string(dim)},
                        {"Data/Quadrature nodes", "2"},
                        {"Target/Type", "expression"},
                        {"Target/Expression", dim == 1 ? "2*x" : (dim == 2 ? "2*x1 - x2" : "2*x1 - x2 + 0.5*x3")},
                        {"Initial law/Law", law},
                        {"Domain/Lower corner", lower},
                        {"Domain/Upper corner", upper},
                        {"Domain/Subdivisions", "4"},
                        {"Domain/Periodic", "true"},
                        {"Discontinuous Galerkin/Degree", std::to_string(degree)}},
                       MPI_COMM_WORLD, [&](const double *x) { return refined_place(x, dim); });
        CHECK(run.mesh->finest_level() == 1);
        for (unsigned int i = 0; i < 6; ++i)
          run.step(run.time_step());
        const double density = std::pow(2.5, -static_cast<double>(dim));
        double       worst   = 0.;
        for (const double value : run.solution->values())
          worst = std::max(worst, std::abs(value / density - 1.));
        CAPTURE(dim, degree);
        CHECK(run.solution->max_rate() > 0.1);
        CHECK(worst < 1e-12);
      }
}

TEST_CASE("Periodic sides: the place of the cut does not matter, with hanging faces on it", "[mpi]")
{
  for (unsigned int dim = 1; dim <= 3; ++dim)
    {
      const unsigned int               degree = dim == 3 ? 1 : 3;
      const double                     cell   = 2. * M_PI / (dim == 3 ? 4 : 8);
      std::vector<std::vector<double>> results;
      std::vector<double>              masses;
      for (const std::vector<double> &cells : {std::vector<double>{0., 0., 0.}, {3., 1., 2.}})
        {
          std::vector<double> shift(dim);
          for (unsigned int d = 0; d < dim; ++d)
            shift[d] = -1. + cell * cells[d];
          DensityRun run(torus(dim, shift, degree), MPI_COMM_WORLD, [&](const double *w) { return refined_place(w, dim); });
          for (unsigned int i = 0; i < 25; ++i)
            run.step(0.05);
          const Diagnostics d = run.diagnose();
          results.push_back(run.mean_field->prediction(run.solution->moments()));
          results.back().insert(results.back().end(), {d.risk, d.dissipation, d.minimum, d.negative_mass, d.certificate});
          CHECK(d.mass == Approx(1.).epsilon(1e-13));
          CHECK(run.mesh->finest_level() == 1);
        }
      for (std::size_t i = 0; i < results[0].size(); ++i)
        {
          CAPTURE(dim, i);
          CHECK(results[1][i] == Approx(results[0][i]).epsilon(1e-10).margin(1e-11));
        }
    }
}

TEST_CASE("Ranks: bitwise the same moments and diagnostics", "[mpi]")
{
  int n_ranks = 1;
  MPI_Comm_size(MPI_COMM_WORLD, &n_ranks);
  struct Problem
  {
    Settings     settings;
    unsigned int steps;
  };
  const Settings             torus_2 = torus(2, {-1., 0.5}, 2), torus_3 = torus(3, {-1., 0.5, 0.}, 1);
  const Settings             adapt    = {{"Refinement/Adaptive", "true"},
                                         {"Refinement/Tolerance", "1e-3"},
                                         {"Refinement/Interval", "2"},
                                         {"Refinement/Maximum level", "2"}};
  const std::vector<Problem> problems = {
    {single_neuron(2, "0"), 12},
    {single_neuron(1, "5"), 12},
    {single_neuron(2, "0") + Settings{{"Discontinuous Galerkin/Positivity", "every stage"}}, 6},
    {plane(true), 30},
    {plane(false), 30},
    {torus_2 + adapt, 30},
    {torus_3 + adapt + Settings{{"Refinement/Maximum level", "1"}}, 12},
    {torus(1, {0.3}, 3) + adapt, 40}};
  for (std::size_t p = 0; p < problems.size(); ++p)
    {
      DensityRun alone(problems[p].settings, MPI_COMM_SELF), together(problems[p].settings, MPI_COMM_WORLD);
      CAPTURE(p, n_ranks);
      if (p != 7 && n_ranks > 1)
        CHECK(together.mesh->cells().size() < alone.mesh->cells().size());
      while (alone.steps < problems[p].steps)
        {
          alone.step(alone.time_step());
          together.step(together.time_step());
        }
      CHECK(alone.adaptations > 0);
      CHECK(together.time == alone.time);
      CHECK(together.mesh->n_global_cells() == alone.mesh->n_global_cells());
      CHECK(together.solution->moments() == alone.solution->moments());
      CHECK(together.solution->max_rate() == alone.solution->max_rate());
      CHECK(numbers(together.diagnose()) == numbers(alone.diagnose()));
      CHECK(together.dissipated() == alone.dissipated());
    }
}
