// One step of batch-1 one-pass SGD in double precision for neurons a σ(w·x), σ = erf(·/√2): rhoflow beside a plain fused
// loop on one core, bursts in turns. benchmarks/sgd_peers.sh runs it together with PyTorch and makes a table of both.
//   sgd_peers [M d] [--bursts 15] [--steps 1000] [--export FILE]        (standard: 1000 40)
// Prints "name value [unit]" a line: medians of the bursts' microseconds of processor time a step, and how far the neurons of
// the plain loop are from rhoflow's after `steps` steps with the same samples, largest difference over largest movement since
// the start. rhoflow draws its samples, the plain loop is given them: what drawing one costs has a line, too. FILE is for
// benchmarks/sgd_peers.py: float64 numbers of this machine, M, d, steps, η, then the initial neurons [M][1 + d], the inputs
// [steps][d], the labels [steps] and the final neurons [M][1 + d].
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <string>
#include <vector>

#include <benchmarks/erf_neurons.h>
#include <benchmarks/peer/plain_sgd.h>
#include <solvers/particles/sgd/sgd.h>

namespace
{
using namespace rhoflow;

constexpr double        step_size = 1e-3;
constexpr std::uint64_t seed = 1, replica = 0;

struct Options
{
  std::uint64_t n_neurons = 1000, steps = 1000;
  unsigned int  d = 40, bursts = 15;
  std::string   file;
};

Options parse(int argc, char **argv)
{
  Options      options;
  unsigned int n_sizes = 0;
  for (int i = 1; i < argc; ++i)
    {
      const std::string name = argv[i];
      const bool        last = (i + 1 == argc);
      if (name == "--bursts" && !last)
        options.bursts = static_cast<unsigned int>(std::max(1, std::atoi(argv[++i])));
      else if (name == "--steps" && !last)
        options.steps = std::max<std::uint64_t>(1, std::strtoull(argv[++i], nullptr, 10));
      else if (name == "--export" && !last)
        options.file = argv[++i];
      else if (n_sizes == 0 && std::atoi(argv[i]) > 0)
        {
          options.n_neurons = std::strtoull(argv[i], nullptr, 10);
          n_sizes           = 1;
        }
      else if (n_sizes == 1 && std::atoi(argv[i]) > 0)
        {
          options.d = static_cast<unsigned int>(std::atoi(argv[i]));
          n_sizes   = 2;
        }
      else
        {
          std::fprintf(stderr, "unknown option %s; the first lines of benchmarks/sgd_peers.cc list them\n", argv[i]);
          std::exit(2);
        }
    }
  return options;
}

struct Samples
{
  std::vector<double> x, y;
};

/// What SGD sees at `step`, a function of seed, replica and step.
void draw(const ErfNeurons &problem, std::uint64_t step, double *x, double &y)
{
  CounterRandom random(seed, RandomPurpose::sgd_samples, replica, step, 0);
  problem.sample(random, x, y);
}

/// The samples of the first `n` steps.
Samples draw_samples(const ErfNeurons &problem, unsigned int d, std::uint64_t n)
{
  Samples samples{std::vector<double>(n * d), std::vector<double>(n)};
  for (std::uint64_t k = 0; k < n; ++k)
    draw(problem, k, samples.x.data() + k * d, samples.y[k]);
  return samples;
}

/// max |a − b| / max |b − initial|.
double difference(const std::vector<double> &a, const std::vector<double> &b, const std::vector<double> &initial)
{
  double worst = 0., movement = 0.;
  for (std::size_t i = 0; i < b.size(); ++i)
    {
      worst    = std::max(worst, std::abs(a[i] - b[i]));
      movement = std::max(movement, std::abs(b[i] - initial[i]));
    }
  return worst / movement;
}

/// Of this process [s]: what others do on the core in between does not count.
double processor_time()
{
  timespec time;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Microseconds a step that `work`, which does `steps` steps, takes.
template <typename Work>
double time_of_step(std::uint64_t steps, const Work &work)
{
  const double start = processor_time();
  work();
  return 1e6 * (processor_time() - start) / static_cast<double>(steps);
}

void write(std::ofstream &file, const std::vector<double> &values)
{
  file.write(reinterpret_cast<const char *>(values.data()), static_cast<std::streamsize>(values.size() * sizeof(double)));
}
} // namespace

int main(int argc, char **argv)
{
  MPI_Init(&argc, &argv);
  const Options      options = parse(argc, argv);
  const auto         M       = options.n_neurons;
  const unsigned int d       = options.d;
  const ErfNeurons   problem(d);
  ParticleParameters parameters;
  parameters.n_neurons = M;
  parameters.step_size = step_size;

  Sgd        sgd(problem, parameters, 0., seed, replica);
  const auto initial = sgd.parameters();
  PlainSgd   plain(M, d, step_size, initial), ordered(M, d, step_size, initial, true);

  sgd.advance_to_step(options.steps);
  const auto    trained = sgd.parameters();
  const Samples samples = draw_samples(problem, d, options.steps);
  for (std::uint64_t k = 0; k < options.steps; ++k)
    for (PlainSgd *loop : {&plain, &ordered})
      loop->step(samples.x.data() + k * d, samples.y[k]);
  std::printf("difference_of_plain_loop %.3g\n", difference(plain.parameters(), trained, initial));
  std::printf("difference_of_plain_loop_in_order %.3g\n", difference(ordered.parameters(), trained, initial));
  if (!options.file.empty())
    {
      std::ofstream file(options.file, std::ios::binary);
      write(file, {static_cast<double>(M), static_cast<double>(d), static_cast<double>(options.steps), step_size});
      for (const auto *part : {&initial, &samples.x, &samples.y, &trained})
        write(file, *part);
      file.close();
      if (!file)
        {
          std::fprintf(stderr, "%s could not be written\n", options.file.c_str());
          MPI_Abort(MPI_COMM_WORLD, 1);
        }
    }

  // About ten milliseconds a burst, of whole blocks; the samples that the plain loop is given stay in the caches.
  constexpr std::uint64_t                    n_stored = 64;
  const std::uint64_t                        burst    = n_stored * (1 + 2000000 / (M * d));
  const Samples                              stored   = draw_samples(problem, d, n_stored);
  Samples                                    drawn    = draw_samples(problem, d, 1);
  std::map<std::string, std::vector<double>> times;
  for (unsigned int i = 0; i <= options.bursts; ++i)
    {
      std::map<std::string, double> time;
      time["rhoflow"]             = time_of_step(burst, [&] { sgd.advance_to_step(sgd.steps() + burst); });
      time["plain_loop"]          = time_of_step(burst, [&] {
        for (std::uint64_t k = 0; k < burst; ++k)
          plain.step(stored.x.data() + k % n_stored * d, stored.y[k % n_stored]);
      });
      time["plain_loop_in_order"] = time_of_step(burst, [&] {
        for (std::uint64_t k = 0; k < burst; ++k)
          ordered.step(stored.x.data() + k % n_stored * d, stored.y[k % n_stored]);
      });
      time["drawing_a_sample"]    = time_of_step(burst, [&] {
        for (std::uint64_t k = 0; k < burst; ++k)
          draw(problem, k, drawn.x.data(), drawn.y[0]);
      });
      if (i > 0) // the first round warms up
        for (const auto &[name, value] : time)
          times[name].push_back(value);
    }
  for (auto &[name, values] : times)
    {
      std::sort(values.begin(), values.end());
      std::printf("%s %.3f us\n", name.c_str(), values[values.size() / 2]);
    }
  MPI_Finalize();
}
