#include <catch2/catch.hpp>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/files/csv.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/comparison/companion_networks.h>
#include <solvers/mean_field/mean_field.h>

#include <tests/support/refusals.h>
#include <tests/support/run.h>

#include "../particles/data_set_problem.h"
#include "../particles/linear_problem.h"

using namespace rhoflow;

namespace
{
int rank_in_world()
{
  int rank;
  MPI_Comm_rank(MPI_COMM_WORLD, &rank);
  return rank;
}

/// The density N(0, 1)² of (a, w) on a grid, on one rank, as the density of `problem` at t = 0.
DensitySnapshot gaussian_snapshot(const DataSetProblem &problem)
{
  DensitySnapshot density;
  density.risk_error = 0.; // exact
  const double h     = 0.1;
  for (int i = -70; i <= 70; ++i)
    for (int j = -70; j <= 70; ++j)
      {
        density.points.push_back(i * h);
        density.points.push_back(j * h);
        density.weights.push_back(h * h / 6.28318530717958647692 * std::exp(-.5 * h * h * (i * i + j * j)));
      }
  density.extents.assign(density.points.size(), h);
  const unsigned int K = problem.n_nodes();
  density.prediction.assign(K, 0.);
  for (std::size_t q = 0; q < density.weights.size(); ++q)
    for (unsigned int k = 0; k < K; ++k)
      density.prediction[k] += density.weights[q] *
                               problem.value(problem.inputs.data() + k, density.points.data() + 2 * q, nullptr);
  for (unsigned int k = 0; k < K; ++k)
    density.risk += .5 * problem.weights()[k] * std::pow(problem.targets()[k] - density.prediction[k], 2);
  return density;
}

/// The Gaussian density of linear neurons at `time`, which only its mean matters for.
DensitySnapshot linear_snapshot(const LinearProblem &problem, double time)
{
  DensitySnapshot density;
  density.risk_error = 0.; // exact
  for (unsigned int i = 0; i < problem.d; ++i)
    {
      const double m = problem.b[i] + (problem.mu[i] - problem.b[i]) * std::exp(-time);
      density.prediction.push_back(std::sqrt(problem.d) * m);
      density.risk += .5 * std::pow(m - problem.b[i], 2);
    }
  // The corners of a cube have the Gaussian's mean and covariance.
  for (unsigned int corner = 0; corner < (1u << problem.d); ++corner)
    {
      for (unsigned int i = 0; i < problem.d; ++i)
        density.points.push_back(density.prediction[i] / std::sqrt(problem.d) +
                                 ((corner >> i & 1) ? 1. : -1.) * problem.deviation);
      density.weights.push_back(1. / (1u << problem.d));
    }
  return density;
}

CompanionSettings settings_with(std::uint64_t n_neurons, unsigned int n_replicas, double step)
{
  CompanionSettings settings;
  settings.particles.n_neurons        = n_neurons;
  settings.particles.n_replicas       = n_replicas;
  settings.particles.step_size        = step;
  settings.particles.writing          = ParticleParameters::Writing::none;
  settings.seed                       = 4;
  settings.comparison.bias_estimation = ComparisonParameters::BiasEstimation::none;
  return settings;
}

double entry(const CsvTable &table, std::size_t row, const std::string &column)
{
  return table.rows.at(row).at(table.column(column, ""));
}
} // namespace

TEST_CASE("static lemma: the bias of finite width at t = 0", "[comparison]")
{
  const DataSetProblem problem(ParticleNeuron::Type::weighted_ridge, 1, 10, Activation::Kind::tanh);
  auto                 density = gaussian_snapshot(problem);
  density.risk_error           = 1e-5;
  const RunDirectory directory("networks_lemma", true, MPI_COMM_SELF);
  CompanionNetworks  networks(problem, settings_with(5, 4000, 0.125), directory);
  networks.compare(0., density);
  const auto   table = read_csv("networks_lemma/comparison.csv", {}, "");
  const double bias  = entry(table, 0, "expected bias");
  CHECK(bias > 0.01);
  CHECK(entry(table, 0, "risk") == Approx(density.risk));
  CHECK(entry(table, 0, "risk error") == 1e-5);
  CHECK(std::abs(entry(table, 0, "deviation [standard errors]")) < 3.);
  CHECK(networks.largest_deviation() == std::abs(entry(table, 0, "deviation [standard errors]")));
  // Without the bias the networks would be far off.
  CHECK(entry(table, 0, "mean risk of networks") - density.risk > 10. * entry(table, 0, "standard error"));
  // 20,000 neurons drawn from a Gaussian: √(2/(πn)) ∫ √(F(1 − F)), with 1.6147 for the integral.
  const double floor = 1.6147 * std::sqrt(2. / 3.14159265 / 20000.);
  for (const std::string name : {"sliced W1", "W1 theta0", "W1 theta1"})
    {
      CHECK(entry(table, 0, name + " floor") == Approx(floor).epsilon(.03));
      CHECK(entry(table, 0, name) < 2.5 * floor);
    }
  // The density is the law of the neurons: zero is within the bounds of every distance.
  for (const std::string name : {"sliced W1", "sliced W2", "W1 theta0", "W2 theta1", "energy distance", "W1", "W2"})
    {
      CAPTURE(name);
      CHECK(entry(table, 0, name) > .3 * entry(table, 0, name + " floor"));
      CHECK(entry(table, 0, name) < 2.5 * entry(table, 0, name + " floor"));
      CHECK(entry(table, 0, name + " low") == 0.);
      CHECK(entry(table, 0, name + " high") > entry(table, 0, name));
    }
  CHECK(entry(table, 0, "W2 sampling error") > entry(table, 0, "W1 sampling error"));
  // Points on a grid of spacing 0.1 are 0.1/4 away from the density that they stand for.
  DensitySnapshot points = density;
  points.extents.clear();
  networks.compare(0., points);
  const auto with_points = read_csv("networks_lemma/comparison.csv", {}, "");
  CHECK(entry(with_points, 1, "W1 theta0") == Approx(.025).margin(.006));
  CHECK(entry(with_points, 1, "expected bias") == Approx(bias).epsilon(5e-3));
  const auto replicas = read_csv("networks_lemma/replicas.csv", {}, "");
  CHECK(replicas.columns.size() == 4001);
  std::filesystem::remove_all("networks_lemma");
}

TEST_CASE("Richardson extrapolation accounts for the biases of width and step", "[comparison]")
{
  // E R = ½ (|μ − b|² + v d/M) (1 − 2η + (d + 2) η²)^{t/η}: both biases are of first order.
  const LinearProblem problem({0.8, -0.5, 0.3}, {-0.2, 0.4, 0.}, 0.6);
  auto                settings = settings_with(20, 4000, 0.01);
  // It is about risks; distances of 80,000 neurons take their time.
  settings.comparison.n_points = settings.comparison.n_resamples = 0;
  settings.comparison.n_directions                               = 2;
  settings.comparison.n_bins                                     = 64;
  const RunDirectory directory("networks_richardson", true, MPI_COMM_SELF);

  settings.comparison.bias_estimation = ComparisonParameters::BiasEstimation::richardson;
  CompanionNetworks extrapolated(problem, settings, directory);
  for (const double time : {0., .5, 1.})
    extrapolated.compare(time, linear_snapshot(problem, time));
  const auto table = read_csv("networks_richardson/comparison.csv", {}, "");
  for (std::size_t row = 0; row < 3; ++row)
    {
      const double time  = entry(table, row, "time");
      const double start = std::pow(1., 2) + std::pow(0.9, 2) + std::pow(0.3, 2);
      const double steps = std::exp(std::log(1. - .02 + 5e-4) * time / .01);
      const double exact = .5 * ((start + .36 * 3. / 20.) * steps - start * std::exp(-2. * time));
      CAPTURE(time);
      CHECK(std::abs(entry(table, row, "deviation [standard errors]")) < 3.);
      CHECK(entry(table, row, "expected bias") ==
            Approx(exact).margin(3. * entry(table, row, "standard error without bias") + .1 * exact));
      if (time > 0.)
        CHECK(entry(table, row, "mean risk of networks") - entry(table, row, "risk") >
              4. * entry(table, row, "standard error"));
    }

  settings.comparison.bias_estimation = ComparisonParameters::BiasEstimation::none;
  CompanionNetworks plain(problem, settings, directory);
  plain.compare(0., linear_snapshot(problem, 0.));
  CHECK(plain.largest_deviation() < 3.);
  plain.compare(1., linear_snapshot(problem, 1.));
  CHECK(plain.largest_deviation() > 4.);
  CHECK(contents("networks_richardson/comparison.csv").find("nan") != std::string::npos);
  std::filesystem::remove_all("networks_richardson");
}

TEST_CASE("the comparison is bitwise the same on any number of ranks", "[comparison][mpi]")
{
  const DataSetProblem problem(ParticleNeuron::Type::weighted_ridge, 1, 10, Activation::Kind::tanh);
  const auto           whole = gaussian_snapshot(problem);
  int                  size;
  MPI_Comm_size(MPI_COMM_WORLD, &size);
  DensitySnapshot part = whole;
  part.points.clear();
  part.extents.clear();
  part.weights.clear();
  for (std::size_t q = 0; q < whole.weights.size(); ++q)
    if (static_cast<int>(q % static_cast<std::size_t>(size)) == rank_in_world())
      {
        part.points.insert(part.points.end(), {whole.points[2 * q], whole.points[2 * q + 1]});
        part.extents.insert(part.extents.end(), {whole.extents[2 * q], whole.extents[2 * q + 1]});
        part.weights.push_back(whole.weights[q]);
      }
  auto settings                       = settings_with(40, 5, 0.125);
  settings.comparison.bias_estimation = ComparisonParameters::BiasEstimation::richardson;
  settings.particles.writing          = ParticleParameters::Writing::first_replica;
  const std::string  alone_name       = "networks_alone_" + std::to_string(rank_in_world());
  const RunDirectory alone_directory(alone_name, true, MPI_COMM_SELF),
    shared_directory("networks_shared", true, MPI_COMM_WORLD);
  CompanionNetworks alone(problem, settings, alone_directory), shared(problem, settings, shared_directory);
  for (const double time : {0., 1., 2.5})
    {
      alone.compare(time, whole);
      shared.compare(time, part);
    }
  CHECK(alone.largest_deviation() == shared.largest_deviation());
  if (rank_in_world() == 0)
    for (const char *name : {"/comparison.csv", "/replicas.csv", "/particles.pvd", "/particles/particles_0002.vtp"})
      {
        CHECK(contents(alone_name + name).size() > 200);
        CHECK(contents(alone_name + name) == contents(std::string("networks_shared") + name));
      }
  MPI_Barrier(MPI_COMM_WORLD);
  std::filesystem::remove_all(alone_name);
  if (rank_in_world() == 0)
    std::filesystem::remove_all("networks_shared");
}

TEST_CASE("settings of the comparison that do not fit are refused", "[comparison]")
{
  const LinearProblem problem({1.}, {0.}, 1.);
  auto                settings = settings_with(20, 1, 0.125);
  settings.output_times        = {0., 0.125};
  const auto refused           = [&] { return refusal([&] { settings.check(problem); }); };
  CHECK(refused() == Refused{"Particles/Replicas", Refusal::out_of_range});
  settings.particles.n_replicas = 2;
  CHECK_FALSE(refused());
  settings.comparison.bias_estimation = ComparisonParameters::BiasEstimation::richardson;
  CHECK(refused() == Refused{"Particles/Step size", Refusal::inconsistent});
  settings.output_times = {0., 0.25};
  CHECK_FALSE(refused());
  settings.particles.n_neurons = 21;
  CHECK(refused() == Refused{"Particles/Number of neurons", Refusal::inconsistent});
}

TEST_CASE("the networks beside a density train at its temperature and weight decay", "[comparison]")
{
  const auto prm = make_parameters(
    {{"Mean field/Weight decay", "0.25"}, {"Mean field/Inverse temperature", "40"}, {"Seed", "7"}});
  RunParameters run;
  run.parse(*prm);
  MeanFieldParameters mean_field;
  mean_field.parse(*prm);
  CompanionSettings settings;
  settings.parse(*prm, run, mean_field, ComparisonParameters());
  CHECK(settings.seed == 7);
  CHECK(settings.weight_decay == 0.25);
  CHECK(settings.particles.inverse_temperature == 40.);
}
