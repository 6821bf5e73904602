#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>

#include <solvers/base/files/csv.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/mean_field/fitted_curve.h>
#include <solvers/particles/ensemble/prediction_band.h>
#include <solvers/particles/ensemble/replicas.h>

#include "../base/temporary_directory.h"
#include "data_set_problem.h"

using namespace rhoflow;

namespace
{
/// Twelve samples over one input that were standardised: x = 25 + 13 × input, y = −20 + 50 × target.
class CurveProblem : public DataSetProblem
{
public:
  explicit CurveProblem(ParticleNeuron::Type type)
    : DataSetProblem(type, 1, 12, Activation::Kind::tanh)
  {}
  std::vector<double>                    curve_inputs() const override { return inputs; }
  std::vector<std::string>               input_names() const override { return {"times"}; }
  std::string                            output_name() const override { return "accel"; }
  std::vector<std::pair<double, double>> input_scaling() const override { return {{25., 13.}}; }
  std::pair<double, double>              output_scaling() const override { return {-20., 50.}; }
};

ParticleParameters networks(std::uint64_t n_neurons, unsigned int n_replicas)
{
  ParticleParameters parameters;
  parameters.n_neurons           = n_neurons;
  parameters.n_replicas          = n_replicas;
  parameters.method              = ParticleParameters::Method::gradient_descent;
  parameters.step_size           = 0.125;
  parameters.inverse_temperature = 50.;
  return parameters;
}

/// The parameters of replica r where all of them are on one rank.
std::vector<double> neurons_of(const Replicas &replicas, unsigned int r)
{
  const std::vector<double> all    = replicas.local_parameters();
  const std::ptrdiff_t      length = static_cast<std::ptrdiff_t>(all.size() / replicas.parameters().n_replicas);
  return {all.begin() + r * length, all.begin() + (r + 1) * length};
}
} // namespace

TEST_CASE("the predictions of the networks are their outputs at the data", "[particles]")
{
  const auto         type = GENERATE(ParticleNeuron::Type::biased_ridge, ParticleNeuron::Type::ridge);
  const CurveProblem problem(type);
  Replicas           replicas(problem, networks(33, 5), 0.1, 9, MPI_COMM_SELF);
  replicas.advance_to(2.);
  const auto predictions = replicas.predictions();
  REQUIRE(predictions.size() == 5 * 12);
  for (unsigned int r = 0; r < 5; ++r)
    for (unsigned int k = 0; k < 12; ++k)
      CHECK(predictions[r * 12 + k] == Approx(problem.network(&problem.inputs[k], neurons_of(replicas, r))).margin(1e-13));
}

TEST_CASE("curve.csv: mean and quantiles over the networks in the units of the data", "[particles]")
{
  const CurveProblem  problem(ParticleNeuron::Type::biased_ridge);
  Replicas            replicas(problem, networks(33, 5), 0.1, 9, MPI_COMM_SELF);
  TemporaryDirectory  place;
  const RunDirectory  directory(place.path("run"), true, MPI_COMM_SELF), bare(place.path("bare"), true, MPI_COMM_SELF);
  std::vector<double> fit;
  for (unsigned int k = 0; k < 12; ++k)
    fit.push_back(0.1 * k);
  {
    FittedCurve curve(problem, directory, true, "inverse temperature"), without_density(problem, bare, true);
    for (const double time : {0., 2.})
      {
        replicas.advance_to(time);
        curve.add(time, fit, prediction_band(replicas));
        without_density.add(time, {}, prediction_band(replicas));
      }
  }
  const auto table = read_csv(place.path("run/curve.csv"), {}, "");
  CHECK(table.columns == std::vector<std::string>{"inverse temperature", "times", "accel", "fit", "network mean", "network 5 %",
                                                  "network 25 %", "network 75 %", "network 95 %"});
  REQUIRE(table.rows.size() == 24);
  for (unsigned int k = 0; k < 12; ++k)
    {
      std::vector<double> outputs;
      for (unsigned int r = 0; r < 5; ++r)
        outputs.push_back(-20. + 50. * problem.network(&problem.inputs[k], neurons_of(replicas, r)));
      std::sort(outputs.begin(), outputs.end());
      const auto &row = table.rows[12 + k];
      CHECK(row[0] == 2.);
      CHECK(row[1] == Approx(25. + 13. * problem.inputs[k]));
      CHECK(row[2] == Approx(-20. + 50. * problem.targets()[k]));
      CHECK(row[3] == Approx(-20. + 5. * k).margin(1e-12));
      CHECK(row[4] == Approx((outputs[0] + outputs[1] + outputs[2] + outputs[3] + outputs[4]) / 5.));
      // Of five values the quartiles are the second and the fourth; 5 % are a fifth of the way from the first to the second.
      CHECK(row[5] == Approx(outputs[0] + .2 * (outputs[1] - outputs[0])));
      CHECK(row[6] == Approx(outputs[1]));
      CHECK(row[7] == Approx(outputs[3]));
      CHECK(row[8] == Approx(outputs[4] - .2 * (outputs[4] - outputs[3])));
    }
  const auto rest = read_csv(place.path("bare/curve.csv"), {}, "");
  CHECK(rest.columns[0] == "time");
  CHECK(rest.columns[3] == "network mean");
  CHECK(rest.rows[13][4] == table.rows[13][5]);
}

namespace
{
/// Samples over two inputs, the second one standardised.
class TwoInputProblem : public DataSetProblem
{
public:
  TwoInputProblem()
    : DataSetProblem(ParticleNeuron::Type::weighted_ridge, 2, 12, Activation::Kind::tanh)
  {}
  std::vector<double>                    curve_inputs() const override { return inputs; }
  std::vector<std::string>               input_names() const override { return {"x1", "width"}; }
  std::vector<std::pair<double, double>> input_scaling() const override { return {{0., 1.}, {25., 13.}}; }
  std::pair<double, double>              output_scaling() const override { return {1., 2.}; }

  void features_at(const std::vector<double> &x, unsigned int n, const double *omega, double *values) const override
  {
    for (unsigned int j = 0; j < n; ++j)
      for (std::size_t k = 0; k < x.size() / 2; ++k)
        {
          const double theta[]         = {1., omega[2 * j], omega[2 * j + 1]};
          values[j * x.size() / 2 + k] = value(&x[2 * k], theta, nullptr);
        }
  }
};
} // namespace

TEST_CASE("two inputs: curve.csv at the data and decision.csv around them", "[particles]")
{
  const TwoInputProblem problem;
  Replicas              replicas(problem, networks(33, 5), 0.1, 9, MPI_COMM_SELF);
  replicas.advance_to(2.);
  const TemporaryDirectory  place;
  const RunDirectory        directory(place.path("run"), true, MPI_COMM_SELF), bare(place.path("bare"), true, MPI_COMM_SELF);
  const std::vector<double> grid = problem.map_inputs(), fit(12, 0.25), everywhere(grid.size() / 2, 0.75);
  {
    FittedCurve curve(problem, directory, true), without_map(problem, bare, true);
    curve.add(2., fit, prediction_band(replicas));
    curve.add_map(2., everywhere, prediction_map(replicas));
    without_map.add(2., fit);
    without_map.add_map(2., {}, {});
  }
  CHECK_FALSE(std::ifstream(place.path("bare/decision.csv")).good());
  const auto mean_network = [&](const double *x) {
    double sum = 0.;
    for (unsigned int r = 0; r < 5; ++r)
      sum += problem.network(x, neurons_of(replicas, r)) / 5.;
    return sum;
  };
  const auto nodes = read_csv(place.path("run/curve.csv"), {}, ""), map = read_csv(place.path("run/decision.csv"), {}, "");
  REQUIRE(nodes.columns.size() == 10);
  CHECK(std::vector<std::string>(nodes.columns.begin(), nodes.columns.begin() + 6) ==
        std::vector<std::string>{"time", "x1", "width", "y", "fit", "network mean"});
  CHECK(map.columns == std::vector<std::string>{"time", "x1", "width", "fit", "network mean"});
  REQUIRE(nodes.rows.size() == 12);
  REQUIRE(map.rows.size() == grid.size() / 2);
  for (unsigned int k = 0; k < 12; ++k)
    {
      const double *x = &problem.inputs[2 * k];
      CHECK(nodes.rows[k][1] == x[0]);
      CHECK(nodes.rows[k][2] == 25. + 13. * x[1]);
      CHECK(nodes.rows[k][3] == 1. + 2. * problem.targets()[k]);
      CHECK(nodes.rows[k][4] == 1.5);
      CHECK(nodes.rows[k][5] == Approx(1. + 2. * mean_network(x)).margin(1e-13));
    }
  for (const std::size_t k : {std::size_t(0), std::size_t(700), map.rows.size() - 1})
    {
      CHECK(map.rows[k][1] == grid[2 * k]);
      CHECK(map.rows[k][2] == 25. + 13. * grid[2 * k + 1]);
      CHECK(map.rows[k][3] == 2.5);
      CHECK(map.rows[k][4] == Approx(1. + 2. * mean_network(&grid[2 * k])).margin(1e-13));
    }
}

TEST_CASE("problems without a curve have no band and write no file", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::biased_ridge, 1, 12);
  const Replicas       replicas(problem, networks(4, 2), 0., 1, MPI_COMM_SELF);
  CHECK(prediction_band(replicas).empty());
  TemporaryDirectory place;
  const RunDirectory directory(place.path("run"), true, MPI_COMM_SELF);
  FittedCurve(problem, directory, true).add(0., {}, prediction_band(replicas));
  CHECK_FALSE(std::ifstream(place.path("run/curve.csv")).good());
}

TEST_CASE("networks of M independent neurons spread around the density's prediction with variance 1/M", "[particles]")
{
  // Var f_M(x) = (1/M) (E a² σ(wx + b)² − f²) with f = 0 and wx + b ~ N(0, x² + 1).
  const CurveProblem  problem(ParticleNeuron::Type::biased_ridge);
  const unsigned int  M = 25, R = 4000;
  const Replicas      replicas(problem, networks(M, R), 0., 2, MPI_COMM_SELF);
  const auto          predictions = replicas.predictions();
  const std::uint64_t k           = GENERATE(0u, 5u, 11u);
  double              second      = 0.;
  const double        deviation = std::sqrt(1. + problem.inputs[k] * problem.inputs[k]), h = 0.01;
  for (int i = -800; i <= 800; ++i)
    second += h / std::sqrt(2. * M_PI) * std::exp(-.5 * h * h * i * i) * std::pow(std::tanh(deviation * h * i), 2);
  double variance = 0.;
  for (unsigned int r = 0; r < R; ++r)
    variance += predictions[r * 12 + k] * predictions[r * 12 + k] / R;
  // Nearly Gaussian: the relative error of a variance of R values is √(2/R).
  CHECK(std::abs(variance * M / second - 1.) < 3.5 * std::sqrt(2. / R));
}

TEST_CASE("pauses in training change no digit and come often", "[particles]")
{
  const DataSetProblem problem(ParticleNeuron::Type::biased_ridge, 1, 12);
  ParticleParameters   parameters = networks(10, 2);
  parameters.step_size            = 1. / 1024.;
  parameters.method     = GENERATE(ParticleParameters::Method::one_pass_sgd, ParticleParameters::Method::gradient_descent);
  parameters.batch_size = GENERATE(1u, 3u);
  parameters.inverse_temperature = GENERATE(50., std::numeric_limits<double>::infinity());
  Replicas     paused(problem, parameters, 0.1, 4, MPI_COMM_SELF), straight(problem, parameters, 0.1, 4, MPI_COMM_SELF);
  unsigned int n_pauses = 0;
  double       now      = 0.;
  for (const double end : {2.5, 4.})
    {
      straight.advance_to(end);
      while (now < end)
        {
          const double next = paused.advance(end, 4.);
          REQUIRE(next > now);
          REQUIRE(next <= end);
          now = next;
          ++n_pauses;
        }
    }
  CHECK(n_pauses > 50);
  CHECK(n_pauses < 105);
  CHECK(paused.local_parameters() == straight.local_parameters());

  parameters.method              = ParticleParameters::Method::gradient_flow;
  parameters.inverse_temperature = std::numeric_limits<double>::infinity();
  Replicas flow(problem, parameters, 0.1, 4, MPI_COMM_SELF), whole(problem, parameters, 0.1, 4, MPI_COMM_SELF);
  n_pauses = 0;
  for (const double end : {2.5, 4.})
    {
      whole.advance_to(end);
      for (now = flow.advance(end, 4.); now < end; ++n_pauses)
        {
          const double next = flow.advance(end, 4.);
          REQUIRE(next > now);
          REQUIRE(next <= end);
          now = next;
        }
    }
  CHECK(n_pauses > 0);
  CHECK(flow.local_parameters() == whole.local_parameters());
}

TEST_CASE("the band of the predictions does not depend on the ranks", "[particles][mpi]")
{
  const CurveProblem problem(ParticleNeuron::Type::biased_ridge);
  Replicas alone(problem, networks(33, 5), 0.1, 9, MPI_COMM_SELF), shared(problem, networks(33, 5), 0.1, 9, MPI_COMM_WORLD);
  for (const double time : {0., 2.})
    {
      alone.advance_to(time);
      shared.advance_to(time);
      CHECK(shared.predictions() == alone.predictions());
      CHECK(prediction_band(shared) == prediction_band(alone));
      CHECK(prediction_band(shared).size() == 5);
    }
}
