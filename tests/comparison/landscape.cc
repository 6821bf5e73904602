#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/files/csv.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/comparison/companion_networks.h>
#include <solvers/model/learning_problem.h>

#include <tests/support/refusals.h>

using namespace rhoflow;

TEST_CASE("independent walkers have no bias of width, and that of the step is extrapolated", "[comparison]")
{
  // L = x²/2 from N(1, 0.3²): mean e^{−t}, variance 1/β + (0.09 − 1/β) e^{−2t}.
  dealii::ParameterHandler prm;
  ModelParameters::declare(prm);
  prm.parse_input_from_string("subsection Learning problem\n set Neuron = landscape\nend\nsubsection Landscape\n"
                              " set Function = x^2/2\nend\nsubsection Initial law\n set Law = normal(1, 0.3)\nend\n");
  const auto        problem = make_learning_problem(prm, {}, {}, 1);
  const double      beta = 4., eta = 0.125;
  CompanionSettings settings;
  settings.output_times                  = {0., 0.5, 2.};
  settings.particles.method              = ParticleParameters::Method::gradient_descent;
  settings.particles.step_size           = eta;
  settings.particles.inverse_temperature = beta;
  settings.particles.n_neurons           = 25; // odd: no half width is needed
  settings.particles.n_replicas          = 4000;
  settings.particles.writing             = ParticleParameters::Writing::none;
  settings.comparison.n_directions       = 1;
  CHECK_NOTHROW(settings.check(*problem));
  settings.particles.method = ParticleParameters::Method::one_pass_sgd;
  CHECK(refusal([&]() { settings.check(*problem); }) ==
        Refused{"Particles/Method", Refusal::unsupported}.naming("'gradient descent'"));
  settings.particles.method = ParticleParameters::Method::gradient_descent;

  const RunDirectory  directory("networks_landscape", true, MPI_COMM_SELF);
  CompanionNetworks   networks(*problem, settings, directory);
  std::vector<double> step_bias;
  for (const double t : settings.output_times)
    {
      const double    mean = std::exp(-t), variance = 1. / beta + (.09 - 1. / beta) * std::exp(-2. * t);
      DensitySnapshot density;
      density.risk_error = 0.; // exact
      density.risk       = .5 * (variance + mean * mean);
      for (int i = -400; i <= 400; ++i)
        {
          const double z = i / 80., h = 1. / 80.;
          density.points.push_back(mean + std::sqrt(variance) * z);
          density.weights.push_back(h * std::exp(-.5 * z * z) / std::sqrt(2. * M_PI));
          density.extents.push_back(std::sqrt(variance) * h);
        }
      networks.compare(t, density);
      double coarse = .09, average = 1.;
      for (int s = 0; s < std::lround(t / eta); ++s)
        {
          average *= 1. - eta;
          coarse = (1. - eta) * (1. - eta) * coarse + 2. * eta / beta;
        }
      step_bias.push_back(.5 * (coarse + average * average) - density.risk);
    }
  const auto table = read_csv("networks_landscape/comparison.csv", {}, "");
  const auto entry = [&](std::size_t row, const std::string &name) { return table.rows[row][table.column(name, "")]; };
  CHECK(entry(0, "expected bias") == 0.);
  CHECK(entry(0, "standard error without bias") == entry(0, "standard error"));
  for (std::size_t row = 0; row < 3; ++row)
    {
      CAPTURE(row);
      const double error = entry(row, "standard error");
      CHECK(std::abs(entry(row, "mean risk of networks") - entry(row, "risk") - step_bias[row]) < 3.5 * error);
      CHECK(std::abs(entry(row, "expected bias") - step_bias[row]) <
            3.5 * entry(row, "standard error without bias") + .3 * std::abs(step_bias[row]));
      CHECK(entry(row, "W1 x") < 3. * entry(row, "W1 x floor") + .1 * (row > 0));
    }
  // The step is long enough for its bias to be seen, and for the extrapolation to remove it.
  CHECK(std::abs(step_bias[1]) > 4. * entry(1, "standard error"));
  // R* = 2 R(η) − R(2η): √5 standard errors at most. A needless extrapolation of the width would make it √6.
  CHECK(entry(2, "standard error without bias") < 2.3 * entry(2, "standard error"));
  CHECK(std::abs(entry(1, "deviation [standard errors]")) < 4.);
  CHECK(std::abs(entry(2, "deviation [standard errors]")) < 4.);
  std::filesystem::remove_all("networks_landscape");
}
