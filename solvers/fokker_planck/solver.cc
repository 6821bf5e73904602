#include <solvers/fokker_planck/solver.h>

#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
FokkerPlanckSolver::FokkerPlanckSolver()  = default;
FokkerPlanckSolver::~FokkerPlanckSolver() = default;

void FokkerPlanckSolver::prepare(dealii::ParameterHandler &parameters, MPI_Comm)
{
  run_parameters.parse(parameters);
  setup.domain.parse(parameters);
  setup.parameters.parse(parameters);
  setup.refinement.parse(parameters);
  setup.output.parse(parameters);
  setup.end_time = run_parameters.end_time;
  MeanFieldParameters field_parameters;
  field_parameters.parse(parameters);
  setup.beta = field_parameters.inverse_temperature;
  if (!std::isfinite(setup.beta))
    throw InputError("Mean field/Inverse temperature",
                     "the solver 'fokker planck' is for the equation with entropy: give a finite beta, such as 100, or choose "
                     "'Solver = continuity'.");
  if (setup.refinement.adaptive && setup.domain.refinement > setup.refinement.maximum_level)
    throw InputError("Refinement/Maximum level", "the mesh starts with 'Domain/Refinement = " +
                                                   std::to_string(setup.domain.refinement) +
                                                   "', which is above the maximum level. Raise the one or lower the other.");
  problem                = make_learning_problem(parameters, setup.domain.lower, setup.domain.upper, run_parameters.seed);
  const unsigned int dim = setup.domain.dimension();
  if (problem->n_parameters() != dim)
    {
      std::string names;
      for (const std::string &name : problem->parameter_names())
        names += (names.empty() ? "" : ", ") + name;
      throw InputError("Domain/Lower corner", "the box has " + std::to_string(dim) + " coordinates, but the neuron has the " +
                                                std::to_string(problem->n_parameters()) + " parameters " + names +
                                                ". Give one lower and one upper bound for each.");
    }
  if (problem->parameter_names().back() == "r" && setup.domain.lower.back() < 0.)
    throw InputError("Domain/Lower corner", "r is a radius: its lower corner must be at least 0.");
  if (!problem->initial_law().has_density())
    throw InputError("Initial law/Law", "a point mass has no density on a mesh. Use a narrow normal(...) instead of point(...).");
  if (run_parameters.compare_with_sgd)
    {
      twin.parse(parameters);
      twin.check(*problem);
      setup.twin = &twin;
    }
  const unsigned int first = problem->linear_in_first_parameter() ? 1 : 0;
  mean_field               = std::make_unique<MeanField>(
    *problem, std::vector<double>(setup.domain.lower.begin() + first, setup.domain.lower.end()),
    std::vector<double>(setup.domain.upper.begin() + first, setup.domain.upper.end()), field_parameters);
  setup.problem    = problem.get();
  setup.mean_field = mean_field.get();
}

void FokkerPlanckSolver::run(const RunContext &context)
{
  FokkerPlanckEvolution evolution(setup, context);
  run_time_loop(evolution, run_parameters.all_output_times(), context.progress);
  const auto timing = evolution.write_timing();
  context.progress.report("Density with entropy", evolution.report());
  context.progress.report("Time, mean over the ranks", timing);
}

SolverEntry fokker_planck_solver_entry()
{
  return {"fokker planck",
          "The Fokker-Planck equation d rho/dt = div(rho grad Psi) + (1/beta) Laplace rho of an infinitely wide network that is "
          "trained with noise, as a density on a box of parameter space with up to three coordinates: exponentially fitted "
          "continuous elements on adaptive meshes, implicit steps whose nonlinearity is solved in moment space. Mass, sign and "
          "the decay of the free energy are kept for every step size, Boltzmann densities are at rest to round-off, and every "
          "row says between which bounds the distance to equilibrium lies.",
          [] { return std::make_unique<FokkerPlanckSolver>(); },
          {"Learning problem", "Data", "Target", "Initial law", "Mean field", "Domain", "Fokker-Planck", "Refinement", "Output",
           "Particles", "Comparison"}};
}
} // namespace rhoflow
