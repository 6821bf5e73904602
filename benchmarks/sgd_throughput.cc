// Time of one step of batch-1 one-pass SGD for neurons a σ(w·x), σ = erf(·/√2), x ~ N(0, I_d), on one core: without noise
// sample by sample and in blocks, and with noise of a finite temperature.
//   sgd_throughput [M d] ...        (standard: 1000 40 4000 100)
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <vector>

#include <benchmarks/erf_neurons.h>
#include <solvers/particles/sgd/sgd.h>

namespace
{
using namespace rhoflow;
using Clock = std::chrono::steady_clock;

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Median over eleven bursts, in microseconds a step.
double time_of_step(const ErfNeurons &problem, std::uint64_t n_neurons, unsigned int block, double inverse_temperature)
{
  ParticleParameters parameters;
  parameters.n_neurons           = n_neurons;
  parameters.step_size           = 1e-3;
  parameters.inverse_temperature = inverse_temperature;
  Sgd                 sgd(problem, parameters, 0., 1, 0, block);
  const std::uint64_t burst = 32 * (1 + 400000 / (n_neurons * problem.particle_neuron().input_dimension / 4));
  sgd.advance_to_step(burst);
  std::vector<double> times;
  for (unsigned int i = 0; i < 11; ++i)
    {
      const auto start = Clock::now();
      sgd.advance_to_step(sgd.steps() + burst);
      times.push_back(std::chrono::duration<double>(Clock::now() - start).count() / static_cast<double>(burst) * 1e6);
    }
  std::sort(times.begin(), times.end());
  return times[times.size() / 2];
}
} // namespace

int main(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  std::vector<std::uint64_t> sizes;
  for (int i = 1; i + 1 < argc; i += 2)
    {
      sizes.push_back(std::strtoull(argv[i], nullptr, 10));
      sizes.push_back(std::strtoull(argv[i + 1], nullptr, 10));
    }
  if (sizes.empty())
    sizes = {1000, 40, 4000, 100};
  std::printf("%8s %6s %22s %22s %16s %16s %22s\n", "M", "d", "sample by sample [us]", "blocks [us]", "weights [1e9/s]",
              "with noise [us]", "noise [ns a weight]");
  for (std::size_t i = 0; i < sizes.size(); i += 2)
    {
      const ErfNeurons problem(static_cast<unsigned int>(sizes[i + 1]));
      const double     fused   = time_of_step(problem, sizes[i], 1, infinity);
      const double     blocked = time_of_step(problem, sizes[i], 0, infinity);
      const double     noisy   = time_of_step(problem, sizes[i], 1, 1000.);
      const double     count   = static_cast<double>(sizes[i] * (sizes[i + 1] + 1));
      std::printf("%8llu %6llu %22.2f %22.2f %16.2f %16.2f %22.2f\n", static_cast<unsigned long long>(sizes[i]),
                  static_cast<unsigned long long>(sizes[i + 1]), fused, blocked, 1e-3 * count / blocked, noisy,
                  1e3 * (noisy - fused) / count);
    }
  MPI_Finalize();
}
