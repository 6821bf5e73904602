#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/ranks.h>

#include <tests/support/refusals.h>

#include "../base/temporary_directory.h"
#include "setup.h"

using namespace rhoflow;

namespace
{
const Settings short_run = four_data() + Settings{{"End time", "1"},
                                                  {"Output times", "0, 0.5, 1"},
                                                  {"Characteristics/Nodes per coordinate", "16"},
                                                  {"Common noise/Equation", "modified flow"},
                                                  {"Common noise/Step size", "0.05"},
                                                  {"Common noise/Paths", "5"}};

void run_into(const std::string &directory, const Settings &settings, MPI_Comm communicator = MPI_COMM_WORLD)
{
  run_solver("characteristics", directory, settings, communicator);
}
} // namespace

TEST_CASE("without noise every path is the deterministic solution", "[common_noise]")
{
  const TemporaryDirectory directory;
  const Settings           plain{{"Mean field/Weight decay", "0.1"}, {"Characteristics/Tolerance", "1e-9"}};
  run_into(directory.path("paths"), short_run + plain + Settings{{"Common noise/Step size", "0"}});
  run_into(directory.path("one"), short_run + plain + Settings{{"Common noise/Equation", "none"}});
  auto paths = columns_of(directory.path("paths/statistics.csv")), one = columns_of(directory.path("one/statistics.csv"));
  REQUIRE(paths["time"] == one["time"]);
  for (std::size_t i = 0; i < 3; ++i)
    {
      for (const char *column : {"risk", "excess risk", "mean w", "covariance w w"})
        CHECK(paths[column][i] == Approx(one[column][i]).margin(1e-8));
      CHECK(paths["standard deviation"][i] < 1e-15);
    }
}

TEST_CASE("paths do not depend on the number of ranks", "[common_noise][mpi]")
{
  const TemporaryDirectory directory;
  // Several paths a rank; ranks that are left over; several ranks a path.
  const auto [paths, nodes] = GENERATE(std::pair<const char *, const char *>{"5", "16"},
                                       std::pair<const char *, const char *>{"2", "40"},
                                       std::pair<const char *, const char *>{"1", "100"});
  CAPTURE(paths, nodes);
  const Settings settings = with(short_run, {{"Common noise/Paths", paths}, {"Characteristics/Nodes per coordinate", nodes}});
  run_into(directory.path("all"), settings);
  if (rank_of(MPI_COMM_WORLD) == 0)
    {
      run_into(directory.path("one"), settings, MPI_COMM_SELF);
      for (const char *file : {"statistics.csv", "paths.csv"})
        {
          const std::string name = file;
          CHECK(contents(directory.path("all/" + name)) == contents(directory.path("one/" + name)));
          CHECK(contents(directory.path("all/" + name)).size() > 80);
        }
    }
}

TEST_CASE("the mean over paths of linear neurons is the closed form to its sampling error", "[common_noise]")
{
  // θ·x in three dimensions with batches of two: e = m − b, c = E |e|², μ = 1 + α/2,
  //   E e = e_0 e^{−μt},   c' = (−2μ + α(D + 1)/B) c + α D s²/B,   R = ½ (c + s²) on the mean.
  const double             alpha = .1, B = 2., D = 3., s = .5, mu = 1. + alpha / 2.;
  const double             decay = 2. * mu - alpha * (D + 1.) / B, limit = alpha * D * s * s / B / decay;
  const TemporaryDirectory directory;
  run_into(directory.path("run"), {{"Learning problem/Neuron", "linear"},
                                   {"Learning problem/Input dimension", "3"},
                                   {"Data/Quadrature nodes", "3"},
                                   {"Target/Type", "expression"},
                                   {"Target/Expression", "x1 - 0.5*x2 + 0.3*x3"},
                                   {"Target/Noise deviation", "0.5"},
                                   {"Initial law/Law", "point(0), point(0), point(0)"},
                                   {"End time", "2"},
                                   {"Output times", "0, 1, 2"},
                                   {"Characteristics/Tolerance", "1e-6"},
                                   {"Common noise/Equation", "modified flow"},
                                   {"Common noise/Step size", "0.1"},
                                   {"Common noise/Batch size", "2"},
                                   {"Common noise/Paths", "1000"}});
  auto         table = columns_of(directory.path("run/statistics.csv"));
  const double c0 = 1. + .25 + .09, n = 1000.;
  for (std::size_t i = 0; i < 3; ++i)
    {
      const double t = table["time"][i], c = limit + (c0 - limit) * std::exp(-decay * t);
      CHECK(std::abs(table["risk"][i] - .5 * (c + s * s)) <= 4. * table["standard error"][i] + 1e-12);
      CHECK(std::abs(table["mean theta1"][i] - (1. - std::exp(-mu * t))) <=
            4. * table["deviation of mean theta1"][i] / std::sqrt(n) + 1e-12);
      CHECK(std::abs(table["mean theta2"][i] + .5 * (1. - std::exp(-mu * t))) <=
            4. * table["deviation of mean theta2"][i] / std::sqrt(n) + 1e-12);
    }
  // What is compared scatters, and its error is small beside the difference to the deterministic solution.
  CHECK(.5 * (limit + (c0 - limit) * std::exp(-decay * 2.)) - .5 * c0 * std::exp(-4.) > 10. * table["standard error"][2]);
}

TEST_CASE("the path stays the same where the interval is halved or output times are added", "[common_noise]")
{
  const TemporaryDirectory directory;
  const Settings           settings = with(short_run, {{"Common noise/Noise interval", "0.03125"}});
  run_into(directory.path("fine"), settings);
  run_into(directory.path("finer"), with(settings, {{"Common noise/Noise interval", "0.015625"}}));
  run_into(directory.path("more"), with(settings, {{"Output times", "0, 0.25, 0.5, 0.75, 1"}}));
  auto fine = columns_of(directory.path("fine/paths.csv")), finer = columns_of(directory.path("finer/paths.csv")),
       more       = columns_of(directory.path("more/paths.csv"));
  auto statistics = columns_of(directory.path("fine/statistics.csv"));
  for (unsigned int path = 0; path < 5; ++path)
    {
      const std::string column = "risk of path " + std::to_string(path);
      // Paths differ much more from each other than with their interval.
      CHECK(std::abs(fine[column][2] - finer[column][2]) < .1 * statistics["standard deviation"][2]);
      CHECK(more[column][2] == fine[column][1]);
      CHECK(more[column][4] == fine[column][2]);
    }
}

TEST_CASE("antithetic paths have the same mean and a smaller error", "[common_noise]")
{
  const TemporaryDirectory directory;
  const Settings           many = with(short_run, {{"Common noise/Paths", "200"}});
  run_into(directory.path("independent"), many);
  run_into(directory.path("pairs"), with(many, {{"Common noise/Antithetic paths", "true"}}));
  auto independent = columns_of(directory.path("independent/statistics.csv")),
       pairs       = columns_of(directory.path("pairs/statistics.csv"));
  for (std::size_t i = 1; i < 3; ++i)
    {
      const double error = std::hypot(independent["standard error"][i], pairs["standard error"][i]);
      CHECK(std::abs(independent["risk"][i] - pairs["risk"][i]) < 4. * error);
      CHECK(pairs["standard error"][i] < .5 * independent["standard error"][i]);
      // The paths themselves scatter as the others.
      CHECK(pairs["standard deviation"][i] == Approx(independent["standard deviation"][i]).epsilon(.3));
    }
  CHECK(refusal("characteristics", with(short_run, {{"Common noise/Antithetic paths", "true"}})) ==
        Refused{"Common noise/Paths", Refusal::inconsistent});
}

TEST_CASE("common noise is refused where there are no paths", "[common_noise]")
{
  const auto refused = [](const Settings &changes) { return refusal("characteristics", with(short_run, changes)); };
  CHECK_FALSE(refused({}));
  CHECK(refused({{"Compare with SGD", "true"}}) == Refused{"Compare with SGD", Refusal::unsupported});
  CHECK(refused({{"Mean field/Inverse temperature", "10"}}) == Refused{"Mean field/Inverse temperature", Refusal::unsupported});
  CHECK(refused({{"Learning problem/Activation", "relu"}}) == Refused{"Learning problem/Activation", Refusal::unsupported});
  CHECK(refused({{"Learning problem/Neuron", "bump"}}) == Refused{"Learning problem/Neuron", Refusal::unsupported});
  CHECK(refused({{"Characteristics/Features", "compressed"}}) == Refused{"Characteristics/Features", Refusal::unsupported});
  CHECK(refused({{"Common noise/Batch size", "5"}}) == Refused{"Common noise/Batch size", Refusal::inconsistent}.naming("4"));
  CHECK(refused({{"Common noise/Noise interval", "0.3"}}) ==
        Refused{"Common noise/Noise interval", Refusal::inconsistent}.naming("0.25"));
  CHECK(refused({{"Output times", "0, 0.123456789, 1"}}) == Refused{"Common noise/Noise interval", Refusal::inconsistent});

  const Settings noise{{"Common noise/Equation", "stochastic mean-field"}};
  for (const char *file : {"characteristics/reference_a", "characteristics/reference_c"})
    CHECK(refusal("characteristics", noise, shipped_file(file)) == Refused{"Learning problem/Neuron", Refusal::unsupported});
  CHECK(refusal("characteristics", noise + Settings{{"Learning problem/Neuron", "landscape"},
                                                    {"Landscape/Coordinates", "x"},
                                                    {"Landscape/Function", "x^2"},
                                                    {"Initial law/Law", "normal(0, 1)"}}) ==
        Refused{"Learning problem/Neuron", Refusal::unsupported});
  CHECK(refused({{"Common noise/Step size", "9"}}) == Refused{"Common noise/Step size", Refusal::out_of_range});
}
