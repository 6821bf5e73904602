// Throughput of a right-hand side of the continuity equation with its Runge-Kutta update, in million unknowns per second and
// core, beside linear advection by deal.II's MatrixFree on the same mesh with the same (frozen) velocity:
//   [mpirun -np N] transport_throughput [--dofs 1e6] [--degrees 1,2,3,4] [--meshes uniform,adaptive] [--dimensions 2,3]
//                                       [--repetitions 7] [--method "SSP(10,4)"] [--csv FILE]
//                                       [--clock wall|processor] [--peer yes|no]
#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <benchmarks/peer/frozen_velocity.h>
#include <benchmarks/peer/matrix_free_advection.h>
#include <solvers/base/numerics/machine.h>
#include <solvers/continuity/continuity_state.h>
#include <solvers/discretization/dg/initial_density.h>
#include <solvers/discretization/dg/resolution_indicator.h>
#include <solvers/discretization/refinement.h>
#include <solvers/mean_field/mean_field.h>

namespace
{
using namespace rhoflow;

struct Options
{
  double                   dofs    = 1e6;
  std::vector<std::string> degrees = {"1", "2", "3", "4"}, meshes = {"uniform", "adaptive"}, dimensions = {"3"};
  unsigned int             repetitions = 7;
  std::string              method = "SSP(10,4)", csv, clock = "wall";
  bool                     peer = true;
};

std::vector<std::string> split(const std::string &text)
{
  std::vector<std::string> parts;
  std::istringstream       stream(text);
  for (std::string part; std::getline(stream, part, ',');)
    parts.push_back(part);
  return parts;
}

Options parse(int argc, char **argv)
{
  Options options;
  for (int i = 1; i + 1 < argc; i += 2)
    {
      const std::string name = argv[i], value = argv[i + 1];
      if (name == "--dofs")
        options.dofs = std::strtod(value.c_str(), nullptr);
      else if (name == "--degrees")
        options.degrees = split(value);
      else if (name == "--meshes")
        options.meshes = split(value);
      else if (name == "--dimensions")
        options.dimensions = split(value);
      else if (name == "--repetitions")
        options.repetitions = static_cast<unsigned int>(std::max(1, std::atoi(value.c_str())));
      else if (name == "--method")
        options.method = value;
      else if (name == "--clock" && (value == "wall" || value == "processor"))
        options.clock = value;
      else if (name == "--peer")
        options.peer = value == "yes";
      else if (name == "--csv")
        options.csv = value;
      else
        {
          std::fprintf(stderr, "unknown option %s; the first lines of benchmarks/transport_throughput.cc list them\n", argv[i]);
          std::exit(2);
        }
    }
  return options;
}

double median(std::vector<double> values)
{
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

int n_ranks()
{
  return static_cast<int>(dealii::Utilities::MPI::n_mpi_processes(MPI_COMM_WORLD));
}

/// Seconds that `work` takes the slowest rank: by the clock on the wall, or of processor time, which is the one to compare on a
/// machine that others use too.
class Stopwatch
{
public:
  explicit Stopwatch(bool processor_time)
    : processor(processor_time)
  {}

  template <typename Work>
  double operator()(const Work &work) const
  {
    MPI_Barrier(MPI_COMM_WORLD);
    const double start = now();
    work();
    double elapsed = now() - start;
    MPI_Allreduce(MPI_IN_PLACE, &elapsed, 1, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
    return elapsed;
  }

private:
  double now() const
  {
    timespec time;
    clock_gettime(processor ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_MONOTONIC, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  }

  bool processor;
};

/// Triad on all ranks at once: GB/s a core by the convention of 24 bytes an element.
double bandwidth_of_core(const Stopwatch &seconds)
{
  Triad  triad;
  double best = 0.;
  for (unsigned int i = 0; i < 5; ++i)
    best = std::max(best, 1e-9 * triad.bytes() / seconds([&] { triad.sweep(); }));
  return best;
}

std::string line_of(const char *path, const std::string &start)
{
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    if (line.compare(0, start.size(), start) == 0)
      return start.empty() ? line : line.substr(line.find(':') + 2);
  return "unknown";
}

/// Reference A (single neuron, d = 40) in three dimensions; neurons a tanh(w x) in two.
struct Setting
{
  explicit Setting(unsigned int dim)
  {
    ModelParameters::declare(prm);
    if (dim == 3)
      {
        domain.lower = {-6.5, -2.6, 0.};
        domain.upper = {6.5, 2.6, 2.};
        shape        = {6, 8, 5};
      }
    else
      {
        prm.enter_subsection("Learning problem");
        prm.set("Neuron", "weighted ridge");
        prm.set("Activation", "tanh");
        prm.leave_subsection();
        prm.enter_subsection("Target");
        prm.set("Type", "expression");
        prm.set("Expression", "sin(2*x)");
        prm.leave_subsection();
        domain.lower = {-6., -6.};
        domain.upper = {6., 6.};
        shape        = {8, 8};
      }
    domain.periodic.assign(dim, false);
    problem    = make_learning_problem(prm, domain.lower, domain.upper, 1);
    mean_field = std::make_unique<MeanField>(*problem, std::vector<double>(domain.lower.begin() + 1, domain.lower.end()),
                                             std::vector<double>(domain.upper.begin() + 1, domain.upper.end()),
                                             MeanFieldParameters());
  }

  /// The box with `multiple` times the cells of the coarsest mesh along each axis, or a little more.
  Domain divided(unsigned int multiple) const
  {
    constexpr unsigned int most   = 128; // subdivisions of a coarse mesh
    Domain                 result = domain;
    for (; multiple * *std::max_element(shape.begin(), shape.end()) > most; multiple = (multiple + 1) / 2)
      ++result.refinement;
    result.subdivisions = shape;
    for (unsigned int &n : result.subdivisions)
      n *= multiple;
    return result;
  }

  dealii::ParameterHandler         prm;
  Domain                           domain;
  std::vector<unsigned int>        shape;
  std::unique_ptr<LearningProblem> problem;
  std::unique_ptr<MeanField>       mean_field;
};

/// A mesh with a density on it.
struct State
{
  std::unique_ptr<AdaptiveMesh> mesh;
  std::unique_ptr<DGMesh>       space;
  std::vector<double>           values;

  void renew_space(unsigned int degree) { space = std::make_unique<DGMesh>(*mesh, degree, true, 0.); }
};

/// The initial density on equal cells.
State uniform(const Setting &setting, unsigned int degree, unsigned int multiple)
{
  State state;
  state.mesh = std::make_unique<AdaptiveMesh>(setting.divided(multiple), MPI_COMM_WORLD);
  state.renew_space(degree);
  double missing_mass = 0.;
  state.values        = project_initial_density(setting.problem->initial_law(), *state.space, missing_mass);
  return state;
}

double time_step(ContinuityState &solution, const RungeKutta &method, unsigned int degree)
{
  solution.dissipation(); // measures the velocities
  return 0.85 * method.stability_limit[degree - 1] / solution.max_rate();
}

/// The density at t = 3, on cells that were halved where its polynomial is least resolved.
State adaptive(const Setting &setting, const RungeKutta &method, unsigned int degree, double dofs)
{
  State           state = uniform(setting, degree, 2);
  ContinuityState solution(*setting.mean_field, method, false);
  solution.reinit(*state.space, state.values);
  constexpr double end = 3.;
  for (double t = 0., dt = 0.; t < end; t += dt)
    {
      dt = std::min(time_step(solution, method, degree), end - t + 1e-12);
      solution.step(dt);
    }
  state.values = solution.values();
  RefinementParameters parameters;
  parameters.maximum_level = state.mesh->dimension() == 3 ? 3 : 6;
  double tolerance         = 1e-3;
  while (static_cast<double>(state.mesh->n_global_cells() * state.space->points_per_cell()) < dofs && tolerance > 1e-30)
    {
      auto flags = refinement_flags(*state.mesh, resolution_indicator(*state.space, state.values), parameters, tolerance);
      for (auto &flag : flags)
        flag = std::max<signed char>(flag, 0);
      if (state.mesh->adapt(flags, state.space->points_per_cell(), state.values, state.space->cell_transfer()))
        state.renew_space(degree);
      tolerance *= 0.7;
    }
  return state;
}

std::unique_ptr<MatrixFreeAdvection> peer_for(unsigned int degree, const AdaptiveMesh &mesh,
                                              const MatrixFreeAdvection::Velocity &velocity)
{
  switch (degree)
    {
      case 1:
        return make_matrix_free_advection<3, 1>(mesh, velocity);
      case 2:
        return make_matrix_free_advection<3, 2>(mesh, velocity);
      case 3:
        return make_matrix_free_advection<3, 3>(mesh, velocity);
      default:
        return make_matrix_free_advection<3, 4>(mesh, velocity);
    }
}

/// max |a − b| / max |b| over all ranks.
double relative_difference(const std::vector<double> &a, const std::vector<double> &b)
{
  double worst[2] = {0., 0.};
  for (std::size_t i = 0; i < a.size(); ++i)
    {
      worst[0] = std::max(worst[0], std::abs(a[i] - b[i]));
      worst[1] = std::max(worst[1], std::abs(b[i]));
    }
  MPI_Allreduce(MPI_IN_PLACE, worst, 2, MPI_DOUBLE, MPI_MAX, MPI_COMM_WORLD);
  return worst[0] / worst[1];
}

/// Memory traffic [bytes] and arithmetic [flops] of one stage, an unknown. Density read and written, traces written (which also
/// reads the line from memory) and read by the neighbours, column sums likewise, indices; velocities come from a table that
/// stays in the caches.
std::array<double, 2> cost(unsigned int dim, unsigned int degree)
{
  const double n = degree + 1., side = std::pow(n, dim - 1.), points = side * n;
  const double padded = std::ceil(side / 8.) * 8.;
  const double bytes  = 16. + (2. * dim * side * 24. + padded * 24. + 2. * dim * 4. + 8. * (dim + 1.) + 4.) / points;
  // velocity 2, flux 1, two interpolations 4 before and 4 after, lifting 4, derivative 2n; update 2; column sums 2
  return {{bytes, dim * (15. + 2. * n) + 4.}};
}

struct Row
{
  unsigned int dim, degree;
  std::string  mesh;
  double       dofs, cells, hanging, rhoflow, transport_only, peer, ratio, ratio_transport, difference;
  double       share_nonlocal, share_hanging, share_exchange, bytes, flops, roofline;
};

Row measure(const Setting &setting, const Options &options, unsigned int dim, unsigned int degree, const std::string &kind,
            double bandwidth)
{
  const Stopwatch  seconds(options.clock == "processor");
  const RungeKutta method  = RungeKutta::from_name(options.method);
  double           n_shape = std::pow(degree + 1., dim);
  for (const unsigned int n : setting.shape)
    n_shape *= n;
  const auto multiple = static_cast<unsigned int>(std::max(1., std::round(std::pow(options.dofs / n_shape, 1. / dim))));
  State      state = kind == "uniform" ? uniform(setting, degree, multiple) : adaptive(setting, method, degree, options.dofs);

  ContinuityState solution(*setting.mean_field, method, false);
  solution.reinit(*state.space, state.values);

  Row row;
  row.dim     = dim;
  row.degree  = degree;
  row.mesh    = kind;
  row.cells   = static_cast<double>(state.mesh->n_global_cells());
  row.dofs    = row.cells * state.space->points_per_cell();
  row.hanging = static_cast<double>(state.space->hanging_faces().size());
  row.hanging = dealii::Utilities::MPI::sum(row.hanging, MPI_COMM_WORLD);

  std::unique_ptr<MatrixFreeAdvection> peer;
  row.difference = 0.;
  if (dim == 3 && options.peer)
    {
      FrozenVelocity velocity(*setting.mean_field, setting.mean_field->residual(solution.moments()));
      peer = peer_for(degree, *state.mesh, [&](const double *theta, double *v) { velocity(theta, v); });
      peer->set_density(state.values);
      row.difference = relative_difference(solution.rate_of_change(), peer->rate_of_change());
    }

  const double       dt       = 0.1 * time_step(solution, method, degree);
  const auto         n_stages = static_cast<unsigned int>(method.stages.size());
  const unsigned int steps    = std::max(1U, static_cast<unsigned int>(2e7 / (row.dofs * n_stages)));
  solution.step(dt);
  const std::vector<std::string> sections = {"transport", "moments", "potential", "hanging faces", "ghost exchange"};
  std::map<std::string, double>  before;
  for (const std::string &name : sections)
    before[name] = solution.timing().section(name);
  std::vector<double> ours, theirs, ratios;
  // In turns: whatever else the machine does meets both.
  for (unsigned int i = 0; i < options.repetitions; ++i)
    {
      ours.push_back(seconds([&] {
                       for (unsigned int s = 0; s < steps; ++s)
                         solution.step(dt);
                     }) /
                     (steps * n_stages));
      if (peer)
        {
          theirs.push_back(seconds([&] { peer->stages(steps * n_stages, dt / n_stages); }) / (steps * n_stages));
          ratios.push_back(theirs.back() / ours.back());
        }
    }
  std::map<std::string, double> share;
  double                        total = 0.;
  for (const std::string &name : sections)
    {
      share[name] = dealii::Utilities::MPI::sum(solution.timing().section(name) - before[name], MPI_COMM_WORLD);
      total += share[name];
    }
  row.share_nonlocal = (share["moments"] + share["potential"]) / total;
  row.share_hanging  = share["hanging faces"] / total;
  row.share_exchange = share["ghost exchange"] / total;
  row.rhoflow        = 1e-6 * row.dofs / median(ours) / n_ranks();
  // On several ranks the reduction of the moments is where ranks wait for each other: its time says nothing about its cost.
  const double part   = n_ranks() == 1 ? 1. - row.share_nonlocal : std::nan("");
  row.transport_only  = row.rhoflow / part;
  row.peer            = peer ? 1e-6 * row.dofs / median(theirs) / n_ranks() : 0.;
  row.ratio           = peer ? median(ratios) : 0.;
  row.ratio_transport = row.ratio / part;
  const auto c        = cost(dim, degree);
  row.bytes           = c[0];
  row.flops           = c[1];
  row.roofline        = 1e3 * bandwidth / c[0];
  return row;
}
} // namespace

int main(int argc, char **argv)
{
  const Options                            options      = parse(argc, argv);
  int                                      no_arguments = 1;
  dealii::Utilities::MPI::MPI_InitFinalize mpi(no_arguments, argv, 1);
  const bool                               speaks = dealii::Utilities::MPI::this_mpi_process(MPI_COMM_WORLD) == 0;

  const Stopwatch seconds(options.clock == "processor");
  const double    bandwidth = bandwidth_of_core(seconds);
  if (speaks)
    {
      std::printf("%s, %d rank%s, load %s\n", line_of("/proc/cpuinfo", "model name").c_str(), n_ranks(),
                  n_ranks() == 1 ? "" : "s", line_of("/proc/loadavg", "").c_str());
      std::printf("triad %.1f GB/s a core; %s; medians of %u repetitions, %s clock; million unknowns per second and core\n\n",
                  bandwidth, options.method.c_str(), options.repetitions, options.clock.c_str());
      std::printf("D k mesh      unknowns  hanging (batches of 8)  rhoflow (frozen)  MatrixFree  ratio (frozen)  nonlocal  "
                  "hanging  exchange  "
                  "difference  bytes  flops  roofline\n");
    }
  std::ofstream csv;
  if (speaks && !options.csv.empty())
    {
      csv.open(options.csv);
      csv << "dimension,degree,mesh,ranks,unknowns,batches of hanging faces,rhoflow [1e6/s],rhoflow frozen potential [1e6/s],"
             "MatrixFree [1e6/s],ratio,ratio frozen potential,share nonlocal,share hanging faces,share ghost exchange,"
             "relative difference,bytes,flops,roofline [1e6/s],triad [GB/s]\n";
    }
  for (const std::string &dimension : options.dimensions)
    {
      const auto    dim = static_cast<unsigned int>(std::atoi(dimension.c_str()));
      const Setting setting(dim);
      for (const std::string &kind : options.meshes)
        for (const std::string &degree : options.degrees)
          {
            const Row r = measure(setting, options, dim, static_cast<unsigned int>(std::atoi(degree.c_str())), kind, bandwidth);
            if (!speaks)
              continue;
            std::printf(
              "%u %u %-8s %9.0f %23.0f  %7.1f (%6.1f)  %10.1f  %5.2f (%6.2f)  %7.1f%%  %6.1f%%  %7.1f%%  %10.1e  %5.1f  %5.0f  "
              "%8.0f\n",
              r.dim, r.degree, r.mesh.c_str(), r.dofs, r.hanging, r.rhoflow, r.transport_only, r.peer, r.ratio,
              r.ratio_transport, 100. * r.share_nonlocal, 100. * r.share_hanging, 100. * r.share_exchange, r.difference,
              r.bytes, r.flops, r.roofline);
            std::fflush(stdout);
            if (csv.is_open())
              csv << r.dim << ',' << r.degree << ',' << r.mesh << ',' << n_ranks() << ',' << r.dofs << ',' << r.hanging << ','
                  << r.rhoflow << ',' << r.transport_only << ',' << r.peer << ',' << r.ratio << ',' << r.ratio_transport << ','
                  << r.share_nonlocal << ',' << r.share_hanging << ',' << r.share_exchange << ',' << r.difference << ','
                  << r.bytes << ',' << r.flops << ',' << r.roofline << ',' << bandwidth << std::endl;
          }
    }
}
