// Values of all declared parameters: lines "Section/Name = value". Every section is parsed as --validate does, except those of
// what is learned (see learning_problem.cc). Mutations exchange whole values, since few bytes lead from one valid file to
// another.
#include <deal.II/base/parameter_handler.h>

#include <tests/fuzz/parameter_values.h>

#include <meshes/domain.h>

#include <solvers/base/run/run_parameters.h>
#include <solvers/boltzmann/parameters.h>
#include <solvers/characteristics/parameters.h>
#include <solvers/comparison/parameters.h>
#include <solvers/continuity/parameters.h>
#include <solvers/discretization/output_parameters.h>
#include <solvers/discretization/refinement.h>
#include <solvers/fokker_planck/parameters.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/particles/parameters.h>
#include <solvers/registry/registry.h>

namespace
{
using namespace rhoflow;

ParameterValues &values()
{
  static ParameterValues all(registry().declare);
  return all;
}

void parse_sections(dealii::ParameterHandler &prm)
{
  RunParameters run;
  allow_refusal([&]() { Domain().parse(prm); });
  values().leave_all_subsections();
  allow_refusal([&]() {
    run.parse(prm);
    const std::vector<double> times = run.all_output_times();
    require(times.size() <= 2000000 && times.front() == 0. && times.back() == run.end_time, "output times out of order");
    for (std::size_t i = 1; i < times.size(); ++i)
      require(times[i] > times[i - 1], "output times that do not increase");
  });
  allow_refusal([&]() { MeanFieldParameters().parse(prm); });
  allow_refusal([&]() { ContinuityParameters().parse(prm); });
  allow_refusal([&]() { RefinementParameters().parse(prm, 3); });
  allow_refusal([&]() { CharacteristicsParameters().parse(prm); });
  allow_refusal([&]() { FokkerPlanckParameters().parse(prm, 3); });
  allow_refusal([&]() { BoltzmannParameters().parse(prm); });
  allow_refusal([&]() { OutputParameters().parse(prm); });
  allow_refusal([&]() { ComparisonParameters().parse(prm); });
  allow_refusal([&]() {
    ParticleParameters particles;
    particles.parse(prm);
    require(particles.n_neurons >= 1 && particles.n_replicas >= 1 && particles.step_size > 0., "no networks");
    particles.check_output_times({0., 0.5 * run.end_time, run.end_time});
  });
  values().leave_all_subsections();
}
} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  if (values().set(std::string(reinterpret_cast<const char *>(data), size)))
    parse_sections(values().handler());
  values().restore();
  return 0;
}

extern "C" std::size_t LLVMFuzzerCustomMutator(std::uint8_t *data, const std::size_t size, const std::size_t most,
                                               const unsigned int seed)
{
  return values().mutate(data, size, most, seed);
}
