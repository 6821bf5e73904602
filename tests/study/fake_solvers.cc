// A program with one solver whose results are known: risk(t) = A M^s (1 - t/2) at t = 0 and 1, and replicas around it. It fails
// as it is told to. For the tests of this folder, and for a rhoflow-study for tests of the command line
// (`study_of_fakes`).

#include "fake_solvers.h"

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/solver.h>
#include <solvers/base/run/statistics.h>

#include <deal.II/base/parameter_handler.h>

#include <cmath>
#include <csignal>
#include <filesystem>

namespace rhoflow
{
namespace
{
class FakeSolver : public Solver
{
public:
  void prepare(dealii::ParameterHandler &parameters, MPI_Comm, Progress &) override
  {
    parameters.enter_subsection("Fake");
    width      = parameters.get_double("Width");
    amplitude  = parameters.get_double("Amplitude");
    exponent   = parameters.get_double("Exponent");
    n_replicas = static_cast<int>(parameters.get_integer("Replicas"));
    behaviour  = parameters.get("Behaviour");
    parameters.leave_subsection();
    if (width == 13.)
      throw InputError(Refusal::out_of_range, "Fake/Width", "13 brings bad luck.");
  }

  void run(const RunContext &context) override
  {
    const bool leads = rank_of(context.communicator) == 0;
    if (behaviour == "diverges" || (behaviour == "one rank diverges" && rank_of(context.communicator) == 1))
      throw RunError("It diverged,\nas it was told to.");
    if (behaviour == "dies if armed" && leads && std::filesystem::remove("armed"))
      std::raise(SIGKILL);
    MPI_Barrier(context.communicator);

    context.progress.line("This goes into the log alone.");
    Statistics statistics(context.directory.file("statistics.csv"), leads);
    Statistics replicas(context.directory.file("replicas.csv"), leads);
    for (const double time : {0., 1.})
      {
        const double risk = amplitude * std::pow(width, exponent) * (1. - .5 * time);
        statistics.set("time", time);
        statistics.set("risk [1]", risk);
        statistics.finish_row();
        replicas.set("time", time);
        for (int r = 0; r < n_replicas; ++r)
          replicas.set("replica " + std::to_string(r), risk * (1. + .1 * std::cos(1. + width + r)));
        replicas.finish_row();
      }
  }

private:
  double      width = 1., amplitude = 1., exponent = -1.;
  int         n_replicas = 4;
  std::string behaviour;
};

ParameterCatalogue declare_fake_parameters(dealii::ParameterHandler &parameters)
{
  namespace Patterns                 = dealii::Patterns;
  const ParameterCatalogue catalogue = declare_parameters<RunParameters, CheckpointParameters>(parameters);
  parameters.enter_subsection("Fake");
  parameters.declare_entry("Width", "1", Patterns::Double(1.), "M.");
  parameters.declare_entry("Amplitude", "1", Patterns::Double(), "A.");
  parameters.declare_entry("Exponent", "-1", Patterns::Double(), "s.");
  parameters.declare_entry("Replicas", "4", Patterns::Integer(1), "Replicas.");
  parameters.declare_entry("Behaviour", "well", Patterns::Selection("well|diverges|one rank diverges|dies if armed"), "How.");
  parameters.leave_subsection();
  return catalogue;
}

std::vector<std::string> no_input_files(const dealii::ParameterHandler &)
{
  return {};
}
} // namespace

const Registry &fake_registry()
{
  static const Registry fakes = {
    {{"fake", "A formula.", [] { return std::make_unique<FakeSolver>(); }}}, declare_fake_parameters, no_input_files};
  return fakes;
}
} // namespace rhoflow
