#include <catch2/catch.hpp>

#include <cmath>
#include <cstdio>
#include <fstream>

#include <solvers/base/numerics/random.h>

#include <tests/support/refusals.h>
#include <tests/support/source_directory.h>

#include "../base/temporary_directory.h"
#include "make_problem.h"

using namespace rhoflow;
namespace
{
/// Sample means of 1, y, x_1, x_1 y and their distance from the quadrature, in standard errors.
void check_sampler(const LearningProblem &problem, const std::vector<double> &first_coordinate)
{
  const unsigned int d = problem.particle_neuron().input_dimension, n = 20000;
  double             mean[3] = {}, square[3] = {}, exact[3] = {};
  for (unsigned int i = 0; i < n; ++i)
    {
      CounterRandom random(11, RandomPurpose::sgd_samples, 0, i);
      double        x[3], y;
      REQUIRE(d <= 3);
      problem.sample(random, x, y);
      const double values[3] = {y, x[0] * x[0], x[0] * y};
      for (unsigned int j = 0; j < 3; ++j)
        {
          mean[j] += values[j] / n;
          square[j] += values[j] * values[j] / n;
        }
    }
  for (unsigned int k = 0; k < problem.n_nodes(); ++k)
    {
      const double p = problem.weights()[k], x = first_coordinate[k], y = problem.targets()[k];
      exact[0] += p * y;
      exact[1] += p * x * x;
      exact[2] += p * x * y;
    }
  for (unsigned int j = 0; j < 3; ++j)
    {
      CAPTURE(j, mean[j], exact[j]);
      CHECK(std::abs(mean[j] - exact[j]) <= 3.5 * std::sqrt((square[j] - mean[j] * mean[j]) / n) + 1e-12);
    }
}

/// x_1 at the nodes, read off a problem with linear neurons on the same data.
std::vector<double> first_coordinates(Settings settings, unsigned int d)
{
  for (auto &setting : settings)
    if (setting.first == "Learning problem/Neuron")
      setting.second = "linear";
  settings.emplace_back("Initial law/Law",
                        d == 1 ? "point(0)" : (d == 2 ? "point(0), point(0)" : "point(0), point(0), point(0)"));
  const auto          problem = make_problem(settings);
  std::vector<double> omega(d, 0.), x(problem->n_nodes());
  omega[0] = 1.;
  problem->features(1, omega.data(), x.data(), nullptr);
  return x;
}
} // namespace

TEST_CASE("Linear neurons: the risk is half the squared error of the mean plus half the noise")
{
  for (unsigned int d = 1; d <= 3; ++d)
    {
      const double      b[] = {0.7, -1.2, 0.4}, m[] = {-0.3, 0.5, 2.};
      const std::string formulas[] = {"0.7*x", "0.7*x1-1.2*x2", "0.7*x1-1.2*x2+0.4*x3"};
      const std::string laws[]     = {"normal(-0.3, 1)", "normal(-0.3, 1), normal(0.5, 2)",
                                      "normal(-0.3, 1), normal(0.5, 2), uniform(1, 3)"};
      const auto        problem    = make_problem({{"Learning problem/Neuron", "linear"},
                                                   {"Learning problem/Input dimension", std::to_string(d)},
                                                   {"Data/Quadrature nodes", "3"},
                                                   {"Target/Type", "expression"},
                                                   {"Target/Expression", formulas[d - 1]},
                                                   {"Target/Noise deviation", "0.5"},
                                                   {"Initial law/Law", laws[d - 1]}});
      CHECK(problem->n_nodes() == std::pow(3, d));
      double exact = 0.5 * 0.25;
      for (unsigned int c = 0; c < d; ++c)
        exact += 0.5 * (m[c] - b[c]) * (m[c] - b[c]);
      CHECK(initial_risk(*problem, 2) == Approx(exact).epsilon(1e-14));
      CHECK(problem->noise_variance() == 0.25);

      // Two particles; U(θ, θ) = |θ|².
      std::vector<double> particles(2 * d);
      double              of_particles = 0.5 * 0.25, square = 0.;
      for (unsigned int c = 0; c < d; ++c)
        {
          particles[c]     = 0.1 * c - 0.4;
          particles[d + c] = 1.3;
          of_particles += 0.5 * std::pow(0.5 * (particles[c] + particles[d + c]) - b[c], 2);
          square += particles[c] * particles[c];
        }
      CHECK(problem->particle_risk(particles.data(), 2) == Approx(of_particles).epsilon(1e-14));
      CHECK(problem->self_kernel(particles.data()) == Approx(square).epsilon(1e-14));
    }
}

TEST_CASE("Features of every Euclidean neuron: values, gradients, independence of position")
{
  struct Case
  {
    std::string  neuron, activation;
    unsigned int d, D;
  };
  for (const Case &c :
       {Case{"linear", "erf", 3, 3}, Case{"ridge", "tanh", 1, 1}, Case{"ridge", "sigmoid", 3, 3},
        Case{"weighted ridge", "softplus", 1, 2}, Case{"weighted ridge", "erf", 2, 3}, Case{"biased ridge", "tanh", 1, 3},
        Case{"bump", "cosine", 1, 1}, Case{"bump", "erf", 2, 2}, Case{"bump", "tanh", 3, 3}})
    {
      CAPTURE(c.neuron, c.activation, c.d);
      std::string law;
      for (unsigned int i = 0; i < c.D; ++i)
        law += i == 0 ? "normal(0, 1)" : ", normal(0, 1)";
      const Settings settings{{"Learning problem/Neuron", c.neuron},
                              {"Learning problem/Activation", c.activation},
                              {"Learning problem/Input dimension", std::to_string(c.d)},
                              {"Learning problem/Bump width", "0.7"},
                              {"Data/Quadrature nodes", "5"},
                              {"Target/Type", "expression"},
                              {"Target/Expression", "1"},
                              {"Initial law/Law", law}};
      const auto     problem = make_problem(settings);
      CHECK(problem->n_parameters() == c.D);
      CHECK(problem->parameter_names().size() == c.D);
      CHECK(problem->particle_neuron().n_parameters() == c.D);
      const unsigned int n = problem->n_feature_parameters(), K = problem->n_nodes();

      std::vector<double> omega;
      for (unsigned int i = 0; i < 7 * n; ++i)
        omega.push_back(std::sin(1. + 1.7 * i));
      CHECK(gradient_error(*problem, std::vector<double>(omega.begin(), omega.begin() + n), 1e-5) < 1e-9);

      std::vector<double> values(7 * K), gradients(7 * n * K), value(K), gradient(n * K);
      problem->features(7, omega.data(), values.data(), gradients.data());
      problem->features(1, &omega[4 * n], value.data(), gradient.data());
      CHECK(std::equal(value.begin(), value.end(), values.begin() + 4 * K));
      CHECK(std::equal(gradient.begin(), gradient.end(), gradients.begin() + 4 * n * K));

      // The definition, with x_1 known and ω along the first axis.
      if (c.d == 1)
        {
          const std::vector<double> x = first_coordinates(settings, 1);
          const double              t = n == 2 ? x[1] * omega[0] + omega[1] :
                                                 (c.neuron == "bump" ? std::abs(x[1] - omega[0]) / 0.7 : x[1] * omega[0]);
          CHECK(values[1] == Approx(problem->activation().value(t)).epsilon(1e-14));
        }
      check_sampler(*problem, first_coordinates(settings, c.d));
    }
}

TEST_CASE("The gradient of a bump at its centre is finite")
{
  const auto   problem = make_problem({{"Learning problem/Neuron", "bump"},
                                       {"Data/Law", "discrete"},
                                       {"Data/Points", "0.25 | 1"},
                                       {"Target/Type", "expression"},
                                       {"Initial law/Law", "normal(0, 1)"}});
  const double omega   = 0.25;
  double       values[2], gradients[2];
  problem->features(1, &omega, values, gradients);
  CHECK(gradients[0] == 0.);
  CHECK(std::isfinite(gradients[1]));
}

TEST_CASE("Data laws: moments of nodes and samples")
{
  struct Case
  {
    Settings     settings;
    unsigned int d;
    double       second_moment; // E x_1²
  };
  for (const Case &c :
       {Case{{{"Data/Law", "gaussian"}, {"Data/Standard deviation", "1.5"}}, 2, 2.25},
        Case{{{"Data/Law", "uniform"}, {"Data/Lower corner", "-1, 0"}, {"Data/Upper corner", "2"}}, 2, 1.},
        Case{{{"Data/Law", "sphere"}}, 1, 1.}, Case{{{"Data/Law", "sphere"}}, 2, 0.5},
        Case{{{"Data/Law", "sphere"}}, 3, 1. / 3.},
        Case{{{"Data/Law", "discrete"}, {"Data/Points", "1: -2 | 3: 1/2"}}, 1, 1.1875},
        Case{{{"Data/Law", "discrete"}, {"Data/Points", "-2, 1 | 2, 0"}, {"Data/Blob deviation", "0.5"}}, 2, 4.25}})
    {
      Settings settings = c.settings;
      settings.emplace_back("Learning problem/Neuron", "linear");
      settings.emplace_back("Learning problem/Input dimension", std::to_string(c.d));
      settings.emplace_back("Data/Quadrature nodes", "12");
      settings.emplace_back("Target/Type", "expression");
      settings.emplace_back("Target/Expression", c.d == 1 ? "x + x^2" : "x1 + x1^2*x2");
      CAPTURE(c.settings[0].second, c.d);
      const std::vector<double> x = first_coordinates(settings, c.d);
      settings.emplace_back("Initial law/Law", "gaussian_neurons(1)");
      const auto problem = make_problem(settings);
      double     mass = 0., second = 0.;
      for (unsigned int k = 0; k < problem->n_nodes(); ++k)
        {
          mass += problem->weights()[k];
          second += problem->weights()[k] * x[k] * x[k];
        }
      CHECK(mass == Approx(1.).epsilon(1e-14));
      CHECK(second == Approx(c.second_moment).epsilon(1e-13));
      check_sampler(*problem, x);
      CHECK(problem->data_set_size() == 0);
    }
}

TEST_CASE("ReLU neurons on the unit circle: the uniform law reproduces its own mean")
{
  // For w = (cos θ, sin θ) and x = (cos φ, sin φ): max(w·x, 0) = max(cos(φ − θ), 0), of mean 1/π.
  const auto          problem = make_problem({{"Learning problem/Neuron", "bump"},
                                              {"Learning problem/Activation", "rectified cosine"},
                                              {"Data/Law", "periodic"},
                                              {"Data/Lower corner", "-pi"},
                                              {"Data/Upper corner", "pi"},
                                              {"Data/Quadrature nodes", "50"},
                                              {"Target/Type", "expression"},
                                              {"Target/Expression", "1/pi"},
                                              {"Initial law/Law", "uniform(-pi, pi)"}});
  const double        pi      = 3.14159265358979323846;
  const unsigned int  n       = 20000;
  std::vector<double> theta(n), weights(n, 1. / n);
  for (unsigned int i = 0; i < n; ++i)
    theta[i] = -pi + 2. * pi * (i + 0.5) / n;
  CHECK(risk(*problem, theta, weights) < 1e-15);
  CHECK(problem->self_kernel(&theta[7]) == Approx(0.25).epsilon(1e-12));
  // All neurons at one place: ½ E (1/π − max(cos, 0))² = ½ (1/4 − 1/π²).
  CHECK(problem->particle_risk(&theta[7], 1) == Approx(0.5 * (0.25 - 1. / (pi * pi))).epsilon(2e-3));
  double x, y, mean = 0.;
  for (unsigned int i = 0; i < n; ++i)
    {
      CounterRandom random(2, RandomPurpose::sgd_samples, 0, i);
      problem->sample(random, &x, y);
      CHECK(std::abs(x) <= pi);
      mean += std::cos(x) / n;
    }
  CHECK(std::abs(mean) < 3.5 * std::sqrt(0.5 / n));
}

TEST_CASE("Equally likely points are a data set")
{
  const auto problem = make_problem({{"Learning problem/Neuron", "linear"},
                                     {"Data/Law", "discrete"},
                                     {"Data/Points", "-2 | 0.5 | 3"},
                                     {"Target/Type", "expression"},
                                     {"Target/Expression", "x^2"},
                                     {"Initial law/Law", "normal(0, 1)"}});
  REQUIRE(problem->data_set_size() == 3);
  double x, y;
  problem->data_set_sample(2, &x, y);
  CHECK(x == 3.);
  CHECK(y == 9.);
  CHECK(problem->curve_inputs() == std::vector<double>{-2., 0.5, 3.});
}

TEST_CASE("Passes through data that have none are refused with the reason")
{
  const auto refused = [](const Settings &more) {
    Settings settings{{"Learning problem/Neuron", "linear"}, {"Data/Law", "discrete"},     {"Data/Points", "-2 | 0.5 | 3"},
                      {"Target/Type", "expression"},         {"Target/Expression", "x^2"}, {"Initial law/Law", "normal(0, 1)"}};
    settings.insert(settings.end(), more.begin(), more.end());
    const auto problem = make_problem(settings);
    CHECK(problem->data_set_size() == 0);
    return refusal([&]() { problem->refuse_passes(); });
  };
  CHECK(refused({{"Data/Points", "0.2: -2 | 0.5 | 3"}}) == Refused{"Particles/Method", Refusal::unsupported}.naming("weigh"));
  CHECK(refused({{"Target/Noise deviation", "0.1"}}) == Refused{"Target/Noise deviation", Refusal::unsupported});
  CHECK(refused({{"Data/Blob deviation", "0.1"}}) == Refused{"Particles/Method", Refusal::unsupported}.naming("continuous"));
}

TEST_CASE("Teachers are reproduced by a network of the same neurons")
{
  const Settings common{{"Learning problem/Neuron", "biased ridge"},
                        {"Learning problem/Activation", "tanh"},
                        {"Target/Type", "teachers"},
                        {"Target/Teachers", "2: 1, 0.5, -1 | -0.5, 1/3, 0"},
                        {"Initial law/Law", "normal(0, 1), normal(0, 1), normal(0, 1)"}};
  const auto     problem = make_problem(common);
  // (1/2) Σ a_j ... with amplitudes doubled.
  const double particles[] = {4., 0.5, -1., -1., 1. / 3., 0.};
  CHECK(problem->particle_risk(particles, 2) < 1e-30);
  CHECK(problem->self_kernel(particles) > 0.);

  Settings random  = common;
  random[2].second = "random teachers";
  random[3].second = "";
  random.emplace_back("Target/Number of teachers", "3");
  random.emplace_back("Target/Teacher law", "uniform(1, 2), uniform(0, 1), point(0.25)");
  const auto first = make_problem(random, {}, {}, 5), again = make_problem(random, {}, {}, 5),
             other = make_problem(random, {}, {}, 6);
  CHECK(first->targets() == again->targets());
  CHECK(first->targets() != other->targets());
  // Odd around −b/w: bounded by the amplitudes.
  for (const double y : first->targets())
    CHECK(std::abs(y) <= 2.);

  // Another activation for the teacher.
  Settings cosine = common;
  cosine.emplace_back("Target/Activation", "cosine");
  CHECK(make_problem(cosine)->particle_risk(particles, 2) > 0.01);
}

TEST_CASE("The motorcycle data: standardised, and the risk of the initial law")
{
  const auto problem = make_problem({{"Learning problem/Neuron", "biased ridge"},
                                     {"Learning problem/Activation", "tanh"},
                                     {"Data/Law", "csv"},
                                     {"Data/CSV file", source_directory() + "/parameter_files/data/mcycle.csv"},
                                     {"Data/Input columns", "times"},
                                     {"Data/Output column", "accel"},
                                     {"Data/Standardise", "true"},
                                     {"Initial law/Law", "normal(0, 1), normal(0, 2), normal(0, 2)"}});
  REQUIRE(problem->n_nodes() == 133);
  REQUIRE(problem->data_set_size() == 133);
  const std::vector<double> x = problem->curve_inputs(), y = problem->targets();
  double                    moments[4] = {};
  for (unsigned int k = 0; k < 133; ++k)
    {
      moments[0] += x[k] / 133.;
      moments[1] += y[k] / 133.;
      moments[2] += x[k] * x[k] / 133.;
      moments[3] += y[k] * y[k] / 133.;
    }
  CHECK(std::abs(moments[0]) < 1e-14);
  CHECK(std::abs(moments[1]) < 1e-14);
  CHECK(moments[2] == Approx(1.).epsilon(1e-13));
  CHECK(moments[3] == Approx(1.).epsilon(1e-13));
  // Back in the units of the file: the first row is 2.4 ms, 0 g; R's summary(mcycle) says means 25.18 and −25.55.
  CHECK(problem->input_scaling()[0].first + problem->input_scaling()[0].second * x[0] == Approx(2.4).epsilon(1e-12));
  CHECK(std::abs(problem->output_scaling().first + problem->output_scaling().second * y[0]) < 1e-12);
  CHECK(problem->input_scaling()[0].first == Approx(25.18).margin(0.005));
  CHECK(problem->output_scaling().first == Approx(-25.55).margin(0.005));
  CHECK(problem->input_names() == std::vector<std::string>{"times"});
  CHECK(problem->output_name() == "accel");

  CHECK(initial_risk(*problem, 8) == Approx(0.5).margin(1e-2));
  // a is centred, so the mean prediction vanishes and R = ½ E y².
  CHECK(initial_risk(*problem, 8) == Approx(0.5).epsilon(1e-12));

  CounterRandom random(1, RandomPurpose::sgd_samples);
  double        drawn_x, drawn_y, row_x, row_y;
  problem->sample(random, &drawn_x, drawn_y);
  bool found = false;
  for (unsigned int i = 0; i < 133; ++i)
    {
      problem->data_set_sample(i, &row_x, row_y);
      found = found || (row_x == drawn_x && row_y == drawn_y);
    }
  CHECK(found);
}

TEST_CASE("Label noise on a data set counts as noise")
{
  const auto problem = make_problem({{"Learning problem/Neuron", "linear"},
                                     {"Data/Law", "discrete"},
                                     {"Data/Points", "1"},
                                     {"Target/Type", "expression"},
                                     {"Target/Expression", "2*x"},
                                     {"Target/Noise deviation", "0.5"},
                                     {"Initial law/Law", "normal(0, 1)"}});
  double     square  = 0.;
  for (unsigned int i = 0; i < 10000; ++i)
    {
      CounterRandom random(1, RandomPurpose::sgd_samples, 0, i);
      double        x, y;
      problem->sample(random, &x, y);
      square += (y - 2.) * (y - 2.) / 10000.;
    }
  CHECK(square == Approx(0.25).epsilon(0.05));
  const double theta = 2.;
  CHECK(problem->particle_risk(&theta, 1) == 0.125);
}

TEST_CASE("Functions over two inputs are drawn on a grid around the data", "[model]")
{
  const Settings settings{{"Learning problem/Neuron", "weighted ridge"},
                          {"Learning problem/Activation", "tanh"},
                          {"Learning problem/Input dimension", "2"},
                          {"Data/Law", "discrete"},
                          {"Data/Points", "-1, 5 | 3, 6 | 1, 7"},
                          {"Target/Type", "expression"},
                          {"Target/Expression", "x1 + x2"},
                          {"Initial law/Law", "normal(0, 1), normal(0, 1), normal(0, 1)"}};
  const auto     problem = make_problem(settings);
  CHECK(problem->curve_inputs() == std::vector<double>{-1., 5., 3., 6., 1., 7.});
  CHECK(problem->input_names() == std::vector<std::string>{"x1", "x2"});
  CHECK(problem->input_scaling() == std::vector<std::pair<double, double>>{{0., 1.}, {0., 1.}});
  const std::vector<double> grid = problem->map_inputs();
  const unsigned int        n    = LearningProblem::map_side;
  REQUIRE(grid.size() == 2 * n * n);
  // A tenth more on every side of [-1, 3] x [5, 7]; the first input runs fastest.
  CHECK(grid[0] == Approx(-1.4));
  CHECK(grid[1] == Approx(4.8));
  CHECK(grid[2] == Approx(-1.4 + 4.8 / (n - 1)));
  CHECK(grid[3] == grid[1]);
  CHECK(grid[2 * n * n - 2] == Approx(3.4));
  CHECK(grid[2 * n * n - 1] == Approx(7.2));

  const double        omega[] = {0.3, -0.2, 1., 0.5};
  std::vector<double> values(2 * n * n);
  problem->features_at(grid, 2, omega, values.data());
  for (const std::size_t k : {0u, 17u, n * n - 1})
    for (const unsigned int i : {0u, 1u})
      CHECK(values[i * n * n + k] ==
            Approx(std::tanh(omega[2 * i] * grid[2 * k] + omega[2 * i + 1] * grid[2 * k + 1])).margin(1e-14));

  // One input has a curve and no map; nodes of hardly any weight do not stretch the map.
  CHECK(make_problem({{"Learning problem/Neuron", "linear"},
                      {"Data/Law", "discrete"},
                      {"Data/Points", "-2 | 0.5 | 3"},
                      {"Target/Type", "expression"},
                      {"Target/Expression", "x^2"},
                      {"Initial law/Law", "normal(0, 1)"}})
          ->map_inputs()
          .empty());
  Settings weighted  = settings;
  weighted[4].second = "-1, 5 | 3, 6 | 1, 7 | 1e-6: 1000, 6";
  CHECK(make_problem(weighted)->map_inputs() == grid);
}

TEST_CASE("Two columns of a file are two inputs, each in its units", "[model]")
{
  const TemporaryDirectory directory;
  const std::string        file    = directory.write("data.csv", "height,width,class\n1,10,1\n3,50,-1\n");
  const auto               problem = make_problem({{"Learning problem/Neuron", "weighted ridge"},
                                                   {"Learning problem/Activation", "tanh"},
                                                   {"Data/Law", "csv"},
                                                   {"Data/CSV file", file},
                                                   {"Data/Input columns", "width, height"},
                                                   {"Data/Output column", "class"},
                                                   {"Data/Standardise", "true"},
                                                   {"Initial law/Law", "normal(0, 1), normal(0, 1), normal(0, 1)"}});
  CHECK(problem->input_names() == std::vector<std::string>{"width", "height"});
  CHECK(problem->input_scaling() == std::vector<std::pair<double, double>>{{30., 20.}, {2., 1.}});
  CHECK(problem->curve_inputs() == std::vector<double>{-1., -1., 1., 1.});
}
