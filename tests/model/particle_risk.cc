#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/random.h>
#include <solvers/model/gaussian/gaussian_mean.h>

#include <tests/support/refusals.h>

#include "make_problem.h"

using namespace rhoflow;
namespace
{
/// The parameters of M neurons drawn from the initial law.
std::vector<double> draw_network(const LearningProblem &problem, unsigned int M)
{
  const unsigned int  n = problem.particle_neuron().n_parameters();
  std::vector<double> theta(static_cast<std::size_t>(M) * n);
  for (unsigned int j = 0; j < M; ++j)
    {
      CounterRandom random(4, RandomPurpose::initial_particles, 0, 0, j);
      problem.sample_particle(random, &theta[static_cast<std::size_t>(j) * n]);
    }
  return theta;
}

Settings with(Settings settings, const std::string &name, const std::string &value)
{
  settings.emplace_back(name, value);
  return settings;
}

const Settings nodes{{"Learning problem/Activation nodes", "0:-2.5, 0.5:-4, 1.5:7.5"}};

/// One problem of every kind that has data.
std::vector<Settings> problems()
{
  std::vector<Settings> all;
  for (const std::string activation :
       {"erf", "tanh", "sigmoid", "softplus", "relu", "piecewise linear", "cosine", "rectified cosine"})
    for (const std::string neuron : {"single neuron", "isotropic"})
      all.push_back(
        {{"Learning problem/Neuron", neuron},
         {"Learning problem/Input dimension", "6"},
         {"Learning problem/Activation", activation},
         {"Target/Noise deviation", "0.3"},
         {"Initial law/Law", neuron == "isotropic" ? "gaussian_neurons(1.5)" : "normal(1, 1), gaussian_neurons(1.5)"}});
  all.push_back({{"Learning problem/Neuron", "biased ridge"},
                 {"Learning problem/Activation", "tanh"},
                 {"Target/Type", "expression"},
                 {"Target/Expression", "x^2"},
                 {"Initial law/Law", "normal(0, 1), normal(0, 1), normal(0, 1)"}});
  all.push_back({{"Learning problem/Neuron", "bump"},
                 {"Learning problem/Input dimension", "2"},
                 {"Data/Law", "uniform"},
                 {"Target/Type", "expression"},
                 {"Target/Expression", "x1*x2"},
                 {"Initial law/Law", "normal(0, 1), normal(0, 1)"}});
  all.push_back({{"Learning problem/Neuron", "linear"},
                 {"Data/Law", "discrete"},
                 {"Data/Points", "-1 | 0.5 | 3"},
                 {"Target/Type", "expression"},
                 {"Target/Expression", "abs(x)"},
                 {"Initial law/Law", "normal(0, 1)"}});
  return all;
}
} // namespace

TEST_CASE("Risk of networks: exact for every activation, and within the error of test samples drawn on request")
{
  for (const Settings &settings : problems())
    {
      CAPTURE(settings[0].second, settings[2].second);
      const auto exact   = make_problem(settings),
                 sampled = make_problem(with(settings, "Learning problem/Test samples", "4000"));
      CHECK(exact->particle_risk_method().find("sample") == std::string::npos);
      CHECK(sampled->particle_risk_method() == "4000 test samples");
      const unsigned int        M     = 30;
      const std::vector<double> theta = draw_network(*exact, M);
      const double              risk  = sampled->particle_risk(theta.data(), M);
      const std::string         text = sampled->particle_risk_method(), before = "4000 test samples, standard error ";
      REQUIRE(text.substr(0, before.size()) == before);
      const double error = std::stod(text.substr(before.size()));
      CHECK(error > 0.);
      CHECK(std::abs(risk - exact->particle_risk(theta.data(), M)) < 4. * error);

      // The stated error is that of independent samples: the deviation over seeds.
      double mean = 0., square = 0.;
      for (unsigned int seed = 2; seed < 22; ++seed)
        {
          const double other =
            make_problem(with(settings, "Learning problem/Test samples", "400"), {}, {}, seed)->particle_risk(theta.data(), M);
          mean += other / 20.;
          square += other * other / 20.;
        }
      const double deviation = std::sqrt((square - mean * mean) * 20. / 19.);
      CHECK(deviation < 2.5 * std::sqrt(10.) * error);
      CHECK(deviation > 0.3 * std::sqrt(10.) * error);
    }
}

TEST_CASE("Risk of networks: the same bits on any number of ranks", "[mpi]")
{
  for (Settings settings : problems())
    for (const std::string samples : {"0", "300"})
      {
        CAPTURE(settings[0].second, settings[2].second, samples);
        const auto                problem = make_problem(with(settings, "Learning problem/Test samples", samples));
        const unsigned int        M       = 217;
        const std::vector<double> theta   = draw_network(*problem, M);
        const double              alone   = problem->particle_risk(theta.data(), M);
        CHECK(problem->particle_risk(theta.data(), M, MPI_COMM_WORLD) == alone);
      }
  const auto landscape = make_problem(
    {{"Learning problem/Neuron", "landscape"}, {"Landscape/Function", "(x^2 - 1)^2"}, {"Initial law/Law", "normal(0, 1)"}});
  const std::vector<double> walkers = draw_network(*landscape, 101);
  CHECK(landscape->particle_risk(walkers.data(), 101, MPI_COMM_WORLD) == landscape->particle_risk(walkers.data(), 101));
}

TEST_CASE("Risk of networks: known values of the single neuron")
{
  for (const std::string activation : {"tanh", "sigmoid", "softplus", "relu", "piecewise linear", "cosine", "rectified cosine"})
    {
      CAPTURE(activation);
      const auto problem = make_problem({{"Learning problem/Activation", activation},
                                         nodes[0],
                                         {"Learning problem/Input dimension", "7"},
                                         {"Target/Noise deviation", "0.2"}});
      // Perfect neurons leave the noise.
      std::vector<double> perfect(3 * 8, 0.);
      for (unsigned int j = 0; j < 3; ++j)
        perfect[8 * j] = perfect[8 * j + 1] = 1.;
      CHECK(problem->particle_risk(perfect.data(), 1) == Approx(0.02).margin(1e-12));
      CHECK(problem->particle_risk(perfect.data(), 3) == Approx(0.02).margin(1e-10));
      // Without amplitude ½ E φ² remains.
      const double target = 0.5 * gaussian_mean_square(problem->activation(), 1.);
      perfect[0]          = 0.;
      CHECK(problem->particle_risk(perfect.data(), 1) == Approx(target + 0.02).margin(1e-11));
      // Neurons orthogonal to the teacher and to each other are independent of it and of each other.
      std::vector<double> pair(16, 0.);
      pair[0]                 = 1.;
      pair[3]                 = 0.5;
      pair[8]                 = -2.;
      pair[15]                = 2.;
      const Activation &sigma = problem->activation();
      const double      half = gaussian_mean(sigma, 0., 0.5), two = gaussian_mean(sigma, 0., 2.),
                   mean   = gaussian_mean(sigma, 0., 1.);
      const double square = 0.25 * (gaussian_mean_square(sigma, 0.5) + 4. * gaussian_mean_square(sigma, 2.) - 4. * half * two);
      CHECK(problem->particle_risk(pair.data(), 2) ==
            Approx(target + 0.02 - 0.5 * mean * (half - 2. * two) + 0.5 * square).margin(1e-10));
    }
}

TEST_CASE("Risk of networks: the isotropic problem by quadrature over the radius of aligned neurons")
{
  // Neurons along one axis see one Gaussian number only.
  for (const std::string activation : {"tanh", "relu", "piecewise linear", "rectified cosine"})
    {
      CAPTURE(activation);
      const auto          problem    = make_problem({{"Learning problem/Neuron", "isotropic"},
                                                     {"Learning problem/Input dimension", "5"},
                                                     {"Learning problem/Activation", activation},
                                                     nodes[0],
                                                     {"Data/Class contrast", "0.5"},
                                                     {"Initial law/Law", "gaussian_neurons(1)"}});
      const unsigned int  M          = 4;
      const double        lengths[M] = {0.3, 1.1, -2., 4.};
      std::vector<double> theta(5 * M, 0.);
      for (unsigned int j = 0; j < M; ++j)
        theta[5 * j + 2] = lengths[j];
      double             sum = 0.;
      const unsigned int n   = 400000;
      for (unsigned int i = 0; i < n; ++i)
        {
          const double g       = -10. + 20. * (i + 0.5) / n,
                       density = std::exp(-0.5 * g * g) / std::sqrt(2. * 3.14159265358979323846);
          for (const double y : {1., -1.})
            {
              double f = 0.;
              for (const double length : lengths)
                f += problem->activation().value(length * (1. + 0.5 * y) * g) / M;
              sum += 20. / n * density * 0.25 * (y - f) * (y - f);
            }
        }
      CHECK(problem->particle_risk(theta.data(), M) == Approx(sum).epsilon(1e-8));
    }
}

TEST_CASE("Risk of networks: a handful of test samples is refused")
{
  CHECK(refusal([&]() {
          make_problem({{"Learning problem/Test samples", "7"}});
        }) == Refused{"Learning problem/Test samples", Refusal::out_of_range}.naming("100"));
}

TEST_CASE("Risk of networks: a network that has diverged has no risk")
{
  for (const Settings &settings : problems())
    {
      CAPTURE(settings[0].second, settings[2].second);
      const auto          problem = make_problem(settings);
      std::vector<double> theta   = draw_network(*problem, 5);
      theta.back()                = NAN;
      CHECK_FALSE(std::isfinite(problem->particle_risk(theta.data(), 5)));
    }
}
