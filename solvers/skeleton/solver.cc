#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/text.h>
#include <solvers/evolution/functionals.h>
#include <solvers/evolution/running_checks.h>
#include <solvers/evolution/step_control.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/measure.h>
#include <solvers/skeleton/solver.h>

namespace rhoflow
{
namespace
{
/// The points of this rank in time, with their rows of statistics.
class SkeletonEvolution : public Evolution
{
public:
  SkeletonEvolution(const EvolutionInputs &given, const SkeletonParameters &scheme, const RunContext &context)
    : inputs(given)
    , communicator(context.communicator)
    , dim(given.problem->n_parameters())
    , time_step(scheme.time_step)
    , statistics(context.directory.file("statistics.csv"), rank_of(context.communicator) == 0)
    , checks(context.progress)
  {
    std::vector<double> all, masses;
    inputs.problem->initial_law().quadrature(scheme.n_per_coordinate, all, masses);
    for (std::size_t i = static_cast<std::size_t>(rank_of(communicator)); i < masses.size();
         i += static_cast<std::size_t>(number_of_ranks(communicator)))
      {
        places.push_back(i);
        mine.weights.push_back(masses[i]);
        mine.points.insert(mine.points.end(), &all[i * dim], &all[i * dim] + dim);
      }
  }

  double time() const override { return present; }

  void step(const double end) override
  {
    const auto [dt, reaches_end] = StepControl::up_to(end, present, time_step);
    std::vector<double> middle   = mine.points, rate(middle.size());
    velocity(middle, rate);
    for (std::size_t i = 0; i < middle.size(); ++i)
      middle[i] += .5 * dt * rate[i];
    velocity(middle, rate);
    for (std::size_t i = 0; i < middle.size(); ++i)
      mine.points[i] += dt * rate[i];
    present = reaches_end ? end : present + dt;
  }

  void output() override
  {
    const MassIntegrals integrals = integrals_over(mine, dim, communicator);
    const Functionals   f         = functionals(integrals, dim, inputs.observables);
    risk                          = integrals(1, [this](const double *theta, double mass, double *product) {
      *product = mass * inputs.problem->external_potential(theta);
    })[0];
    RunningChecks::require_finite({risk}, present, "Reduce 'Skeleton/Time step'.");
    statistics.set("time", present);
    statistics.set("risk", risk);
    add_to_row(statistics, f, inputs.problem->parameter_names(), inputs.observables);
    statistics.finish_row();
    checks.check_observables(inputs.observables, f.observables.data(), RunningChecks::at_time(present));
  }

  void save(CheckpointWriter &checkpoint) const override
  {
    std::vector<std::uint64_t> begins;
    for (const std::size_t place : places)
      begins.push_back(place * dim);
    checkpoint.put_parts("points", mine.points, begins);
    save_state(checkpoint, "evolution", *this);
    statistics.save(checkpoint);
  }

  void load(const CheckpointReader &checkpoint) override
  {
    mine.points = checkpoint.rows("points", {places.begin(), places.end()}, dim);
    load_state(checkpoint, "evolution", *this);
    statistics.load(checkpoint);
  }

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("time", self.present);
    visit("risk", self.risk);
    RunningChecks::visit(visit, self.checks);
  }

  std::vector<std::pair<std::string, std::string>> progress() const override { return {{"risk", short_number(risk)}}; }

private:
  /// −∇L − λ θ at `theta` [n][D].
  void velocity(const std::vector<double> &theta, std::vector<double> &rate) const
  {
    for (std::size_t i = 0; i < theta.size(); i += dim)
      inputs.problem->external_gradient(&theta[i], &rate[i]);
    for (std::size_t i = 0; i < theta.size(); ++i)
      rate[i] = -rate[i] - inputs.parameters.weight_decay * theta[i];
  }

  const EvolutionInputs   &inputs;
  MPI_Comm                 communicator;
  unsigned int             dim; ///< D
  double                   time_step, present = 0., risk = 0.;
  Measure                  mine;   ///< the points of this rank
  std::vector<std::size_t> places; ///< theirs in the whole law
  Statistics               statistics;
  RunningChecks            checks;
};

SolverTraits skeleton_traits()
{
  SolverTraits traits;
  traits.entropy         = SolverTraits::Entropy::refused;
  traits.point_masses    = true;
  traits.networks_beside = false;
  traits.method          = "points that move by the midpoint rule";
  return traits;
}
} // namespace

void SkeletonParameters::bind(ParameterBinding &p)
{
  p.section("Skeleton");
  p.add("Time step", time_step, range(1e-9, 1.), "Length of a step [time].", may_change);
  p.add("Nodes per coordinate", n_per_coordinate, range(1, 200), "Gauss points of the initial law.");
}

void SkeletonSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm, Progress &)
{
  inputs.parse(parameters, skeleton_traits());
  if (!inputs.problem->has_external_potential())
    throw InputError(Refusal::unsupported, "Learning problem/Neuron",
                     "the solver 'skeleton' moves points in a given field: choose 'landscape'.");
  read_parameters(scheme, parameters);
}

void SkeletonSolver::run(const RunContext &context)
{
  inputs.problem->announce(context.progress);
  SkeletonEvolution evolution(inputs, scheme, context);
  run_time_loop(evolution, inputs.run.all_output_times(), context.progress, context.checkpoints);
}

SolverEntry skeleton_solver_entry()
{
  return {"skeleton",
          "Transport of the initial law in the field of a landscape: a solver to begin a new one with.",
          [] { return std::make_unique<SkeletonSolver>(); },
          skeleton_traits(),
          {"Learning problem", "Landscape", "Initial law", "Mean field", "Accuracy", "Domain", "Skeleton", "Output"}};
}
} // namespace rhoflow
