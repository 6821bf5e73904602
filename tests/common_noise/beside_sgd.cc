#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/ranks.h>
#include <solvers/common_noise/sgd_samples.h>

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
                                                  {"Common noise/Noise", "samples of SGD"},
                                                  {"Common noise/Step size", "0.05"},
                                                  {"Common noise/Paths", "5"}};

void run_into(const std::string &directory, const Settings &settings, MPI_Comm communicator = MPI_COMM_WORLD)
{
  run_solver("characteristics", directory, settings, communicator);
}

std::string path_column(const std::string &what, unsigned int path)
{
  return what + " of path " + std::to_string(path);
}
} // namespace

TEST_CASE("the increments of SGD's samples have the moments of Brownian motions and add up", "[common_noise]")
{
  const std::vector<double> p{.1, .2, .7};
  const double              alpha = .3;
  const unsigned int        B = 2, n_steps = 3, n = 40000;
  const SgdSamples          samples(p, B, true);
  std::vector<double>       mean_of(6, 0.), products(36, 0.);
  for (unsigned int path = 0; path < n; ++path)
    {
      const DrawnSamples   drawn     = samples.draw(4, path, 5, n_steps);
      const NoiseIncrement increment = increment_of_samples(drawn, p, alpha, B);
      double               total     = 0.;
      for (const double count : drawn.counts)
        total += count;
      REQUIRE(total == B * n_steps);
      std::vector<double> x = increment.samples;
      x.insert(x.end(), increment.labels.begin(), increment.labels.end());
      for (unsigned int i = 0; i < 6; ++i)
        {
          mean_of[i] += x[i] / n;
          for (unsigned int j = 0; j < 6; ++j)
            products[6 * i + j] += x[i] * x[j] / n;
        }
    }
  const double t = n_steps * alpha;
  for (unsigned int i = 0; i < 6; ++i)
    {
      CHECK(std::abs(mean_of[i]) < 5. * std::sqrt(t / n));
      for (unsigned int j = 0; j < 6; ++j)
        {
          const double expected = (i == j ? 1. : 0.) - (i < 3 && j < 3 ? std::sqrt(p[i] * p[j]) : 0.);
          CAPTURE(i, j);
          // Counts of rare nodes have a kurtosis of up to 3 + 1/(nBp) = 4.7.
          CHECK(std::abs(products[6 * i + j] - t * expected) < 5. * t * std::sqrt(4. / n));
        }
    }

  const DrawnSamples  all = samples.draw(4, 1, 7, 3);
  std::vector<double> counts(3, 0.), labels(3, 0.);
  for (const std::uint64_t step : {7, 8, 9})
    {
      const DrawnSamples one = samples.draw(4, 1, step);
      for (unsigned int l = 0; l < 3; ++l)
        {
          counts[l] += one.counts[l];
          labels[l] += one.labels[l];
        }
    }
  CHECK(all.counts == counts);
  for (unsigned int l = 0; l < 3; ++l)
    CHECK(all.labels[l] == Approx(labels[l]).margin(1e-14));
  CHECK(samples.draw(5, 1, 7, 3).labels != all.labels);
  CHECK(samples.draw(4, 2, 7, 3).labels != all.labels);
}

TEST_CASE("SGD beside the paths is that of the solver 'particles' with the same samples", "[common_noise]")
{
  // One neuron, so that the network is the law.
  const TemporaryDirectory directory;
  const Settings           one_neuron = with(short_run, {{"Initial law/Law", "point(0.9)"}, {"Seed", "11"}});
  const auto               changes    = GENERATE(Settings{}, Settings{{"Target/Noise deviation", "0.3"},
                                                     {"Mean field/Weight decay", "0.2"},
                                                     {"Common noise/Batch size", "3"},
                                                     {"Common noise/Noise interval", "0.1"}});
  const bool               batches    = !changes.empty();
  run_into(directory.path("paths"), one_neuron + changes);
  Settings particles = four_data() + Settings{{"End time", "1"},
                                              {"Output times", "0, 0.5, 1"},
                                              {"Initial law/Law", "point(0.9)"},
                                              {"Seed", "11"},
                                              {"Particles/Number of neurons", "1"},
                                              {"Particles/Replicas", "5"},
                                              {"Particles/Step size", "0.05"}};
  if (batches)
    particles = particles +
                Settings{{"Target/Noise deviation", "0.3"}, {"Mean field/Weight decay", "0.2"}, {"Particles/Batch size", "3"}};
  run_solver("particles", directory.path("networks"), particles, MPI_COMM_WORLD);
  auto paths    = columns_of(directory.path("paths/paths.csv"));
  auto networks = columns_of(directory.path("networks/replicas.csv"));
  for (unsigned int path = 0; path < 5; ++path)
    for (std::size_t i = 0; i < 3; ++i)
      CHECK(paths[path_column("risk of SGD", path)][i] == Approx(networks["replica " + std::to_string(path)][i]).epsilon(1e-6));
}

TEST_CASE("the mean risk of SGD beside paths of a linear neuron is the closed form", "[common_noise]")
{
  // x ~ N(0, 1) with the nodes of Gauss's rule, which have unequal weights: e = θ − b, c = E e²,
  //   c ← [(1 − α)² + 2 α²/B] c + α² s²/B,   R = ½ (c + s²).
  const double             alpha = .1, B = 2., s = .5;
  const TemporaryDirectory directory;
  run_into(directory.path("run"), {{"Learning problem/Neuron", "linear"},
                                   {"Data/Quadrature nodes", "3"},
                                   {"Target/Type", "expression"},
                                   {"Target/Expression", "1.1*x"},
                                   {"Target/Noise deviation", "0.5"},
                                   {"Initial law/Law", "point(0)"},
                                   {"End time", "2"},
                                   {"Output times", "0, 1, 2"},
                                   {"Characteristics/Tolerance", "1e-6"},
                                   {"Common noise/Equation", "modified flow"},
                                   {"Common noise/Noise", "samples of SGD"},
                                   {"Common noise/Step size", "0.1"},
                                   {"Common noise/Batch size", "2"},
                                   {"Common noise/Paths", "4000"}});
  auto   table = columns_of(directory.path("run/statistics.csv"));
  double c     = 1.21;
  for (std::size_t i = 0; i < 3; ++i)
    {
      CAPTURE(i, c);
      CHECK(std::abs(table["risk of SGD"][i] - .5 * (c + s * s)) <=
            4. * table["standard deviation of SGD"][i] / std::sqrt(4000.) + 1e-12);
      CHECK(table["difference to SGD"][i] == Approx(table["risk"][i] - table["risk of SGD"][i]).margin(1e-12));
      // The samples are the same: the difference scatters less than both.
      if (i > 0)
        CHECK(table["root mean square difference"][i] < .3 * table["standard deviation of SGD"][i]);
      for (unsigned int step = 0; step < 10; ++step)
        c = (std::pow(1. - alpha, 2) + 2. * alpha * alpha / B) * c + alpha * alpha * s * s / B;
    }
}

TEST_CASE("the gradient flow beside SGD is the deterministic solution on every path", "[common_noise]")
{
  const TemporaryDirectory directory;
  const Settings           plain{{"Characteristics/Tolerance", "1e-9"}};
  run_into(directory.path("paths"), with(short_run, {{"Common noise/Equation", "gradient flow"}}) + plain);
  run_into(directory.path("noisy"), short_run);
  Settings one = plain;
  for (const auto &[name, value] : short_run)
    if (name.rfind("Common noise", 0) != 0)
      one.emplace_back(name, value);
  run_into(directory.path("one"), one);
  auto paths = columns_of(directory.path("paths/paths.csv")), deterministic = columns_of(directory.path("one/statistics.csv")),
       noisy = columns_of(directory.path("noisy/paths.csv"));
  for (unsigned int path = 0; path < 5; ++path)
    for (std::size_t i = 0; i < 3; ++i)
      {
        CHECK(paths[path_column("risk", path)][i] == Approx(deterministic["risk"][i]).margin(1e-8));
        // SGD does not know the equation beside it.
        CHECK(paths[path_column("risk of SGD", path)][i] == noisy[path_column("risk of SGD", path)][i]);
      }
}

TEST_CASE("paths beside SGD do not depend on the number of ranks", "[common_noise][mpi]")
{
  const TemporaryDirectory directory;
  // Several paths a rank; several ranks a path.
  const auto [paths, nodes,
              equation] = GENERATE(std::tuple<const char *, const char *, const char *>{"5", "16", "modified flow"},
                                   std::tuple<const char *, const char *, const char *>{"2", "40", "stochastic mean-field"},
                                   std::tuple<const char *, const char *, const char *>{"1", "100", "gradient flow"},
                                   std::tuple<const char *, const char *, const char *>{"5", "16", "gradient flow"});
  CAPTURE(paths, nodes, equation);
  const Settings settings = with(short_run, {{"Common noise/Paths", paths},
                                             {"Common noise/Equation", equation},
                                             {"Characteristics/Nodes per coordinate", nodes},
                                             {"Common noise/Marked points", "0.2 | -0.4"}});
  run_into(directory.path("all"), settings);
  if (rank_of(MPI_COMM_WORLD) == 0)
    {
      run_into(directory.path("one"), settings, MPI_COMM_SELF);
      for (const char *file : {"statistics.csv", "paths.csv", "marked_points.csv"})
        {
          const std::string name = file;
          CHECK(contents(directory.path("all/" + name)) == contents(directory.path("one/" + name)));
          CHECK(contents(directory.path("all/" + name)).size() > 80);
        }
    }
}

TEST_CASE("what makes no sense beside SGD is refused", "[common_noise]")
{
  const auto refused = [](const Settings &changes) { return refusal("characteristics", with(short_run, changes)); };
  CHECK_FALSE(refused({}));
  CHECK_FALSE(refused({{"Common noise/Equation", "gradient flow"}}));
  CHECK_FALSE(refusal("characteristics", short_run + Settings{{"Common noise/Noise interval", "0.25"}}));
  CHECK(refusal("characteristics", short_run + Settings{{"Common noise/Noise interval", "0.125"}}) ==
        Refused{"Common noise/Noise interval", Refusal::inconsistent}.naming("0.05"));
  CHECK(refusal("characteristics", short_run + Settings{{"Common noise/Noise interval", "0.025"}}) ==
        Refused{"Common noise/Noise interval", Refusal::inconsistent}.naming("0.05"));
  CHECK(refused({{"Common noise/Step size", "0.2"}}) ==
        Refused{"Common noise/Noise interval", Refusal::inconsistent}.naming("0.5"));
  CHECK(refused({{"Common noise/Step size", "0"}}) == Refused{"Common noise/Step size", Refusal::inconsistent});
  CHECK(refusal("characteristics", short_run + Settings{{"Common noise/Antithetic paths", "true"}}) ==
        Refused{"Common noise/Antithetic paths", Refusal::inconsistent});
  CHECK(refused({{"Common noise/Equation", "gradient flow"}, {"Common noise/Noise", "Gaussian"}}) ==
        Refused{"Common noise/Equation", Refusal::inconsistent});
}
