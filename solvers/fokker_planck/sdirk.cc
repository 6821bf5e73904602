#include <solvers/fokker_planck/sdirk.h>

#include <deal.II/base/mpi.h>

#include <petscts.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/fokker_planck/petsc_check.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
constexpr const char *method_name = "rhoflow-sdirk2";

void register_method()
{
  static bool done = false;
  if (done)
    return;
  done                              = true;
  const double    g                 = 1. - std::sqrt(.5);
  const PetscReal implicit_table[4] = {g, 0., 1. - g, g}, explicit_table[4] = {0., 0., 1., 0.};
  const PetscReal weights[2] = {1. - g, g}, embedded[2] = {1., 0.}, interpolation[2] = {1. - g, g};
  petsc_check(TSARKIMEXRegister(method_name, 2, 2, implicit_table, weights, nullptr, explicit_table, weights, nullptr, embedded,
                                embedded, 1, interpolation, interpolation));
}
} // namespace

struct Sdirk::Petsc
{
  FokkerPlanckState       *state = nullptr;
  TS                       ts    = nullptr;
  Vec                      u = nullptr, zero = nullptr, residual = nullptr;
  Mat                      jacobian  = nullptr;
  double                   shift     = 0.;
  double                   tolerance = 0.;
  double                   allowed   = 0.;   ///< negative mass
  bool                     first     = true; ///< of the two stages
  double                   dt        = 0.;   ///< of the step that is tried
  std::vector<double>      start, rate;      ///< e at the beginning of the step, and its rate of change in the last one
  std::vector<double>      e;                ///< of the last stage
  std::vector<StageResult> stages;
  unsigned int             rejections = 0; ///< of all steps so far
  std::exception_ptr       failure;

  ~Petsc()
  {
    TSDestroy(&ts);
    VecDestroy(&u);
    VecDestroy(&zero);
    VecDestroy(&residual);
    MatDestroy(&jacobian);
  }

  static std::vector<double> values(Vec v)
  {
    const PetscScalar *array;
    PetscInt           n;
    petsc_check(VecGetLocalSize(v, &n));
    petsc_check(VecGetArrayRead(v, &array));
    std::vector<double> result(array, array + n);
    petsc_check(VecRestoreArrayRead(v, &array));
    return result;
  }

  static void assign(Vec v, const std::vector<double> &from)
  {
    PetscScalar *array;
    petsc_check(VecGetArray(v, &array));
    std::copy(from.begin(), from.end(), array);
    petsc_check(VecRestoreArray(v, &array));
  }

  /// M u' alone: the stage solver only asks for it at u = 0, where it tells M s Z of u' = s (u − Z).
  static PetscErrorCode function(TS, PetscReal, Vec, Vec derivative, Vec f, void *context)
  {
    const Petsc        &self   = *static_cast<Petsc *>(context);
    std::vector<double> result = values(derivative);
    for (std::size_t i = 0; i < result.size(); ++i)
      result[i] *= self.state->space.weights()[i];
    assign(f, result);
    return 0;
  }

  static PetscErrorCode jacobian_shift(TS, PetscReal, Vec, Vec, PetscReal s, Mat, Mat, void *context)
  {
    static_cast<Petsc *>(context)->shift = s;
    return 0;
  }

  /// SNES's solve of a stage.
  static PetscErrorCode solve(SNES snes, Vec x)
  {
    void *context;
    petsc_check(SNESShellGetContext(snes, &context));
    Petsc &self = *static_cast<Petsc *>(context);
    petsc_check(VecSet(self.zero, 0.));
    petsc_check(SNESComputeFunction(snes, self.zero, self.residual));
    petsc_check(SNESComputeJacobian(snes, self.zero, self.jacobian, self.jacobian));
    std::vector<double> b = values(self.residual), p = self.state->p;
    for (double &value : b)
      value = -value;
    // An exception must not pass through PETSc.
    try
      {
        // The first guess follows e along its last known rate.
        const double gamma = 1. - std::sqrt(.5);
        if (self.first)
          {
            self.e = self.start;
            for (std::size_t j = 0; j < self.rate.size(); ++j)
              self.e[j] += gamma * self.dt * self.rate[j];
          }
        else
          for (std::size_t j = 0; j < self.e.size(); ++j)
            self.e[j] += (1. - gamma) / gamma * (self.e[j] - self.start[j]);
        self.stages.push_back(self.state->stage.solve(self.shift, b, p, self.e, false, self.first));
      }
    catch (...)
      {
        self.failure = std::current_exception();
      }
    const bool good = !self.failure && self.stages.back().converged;
    if (good)
      assign(x, p);
    return SNESSetConvergedReason(snes, good ? SNES_CONVERGED_FNORM_ABS : SNES_DIVERGED_MAX_IT);
  }

  static PetscErrorCode before_stage(TS ts, PetscReal stage_time)
  {
    void *context;
    petsc_check(TSGetApplicationContext(ts, &context));
    Petsc    &self = *static_cast<Petsc *>(context);
    PetscReal time, dt;
    petsc_check(TSGetTime(ts, &time));
    petsc_check(TSGetTimeStep(ts, &dt));
    self.dt    = dt;
    self.first = stage_time < time + .5 * dt;
    return 0;
  }

  /// What is negative must be small beside the error that a step may make: it is set to zero.
  static PetscErrorCode accept(TS ts, PetscReal, Vec x, PetscBool *accepted)
  {
    void *context;
    petsc_check(TSGetApplicationContext(ts, &context));
    const Petsc              &self = *static_cast<Petsc *>(context);
    const std::vector<double> p    = values(x);
    ExactSum                  negative;
    for (std::size_t i = 0; i < p.size(); ++i)
      negative.add(self.state->space.weights()[i] * std::max(-p[i], 0.));
    *accepted = global_sum(negative, self.state->space.mesh().communicator()) <= self.allowed ? PETSC_TRUE : PETSC_FALSE;
    return 0;
  }
};

Sdirk::Sdirk(FokkerPlanckState &state, double tolerance)
  : petsc(std::make_unique<Petsc>())
{
  register_method();
  petsc->state        = &state;
  petsc->tolerance    = tolerance;
  petsc->allowed      = std::max(1e-2 * tolerance, 1e-12);
  const MPI_Comm comm = state.space.mesh().communicator();
  const auto     n    = static_cast<PetscInt>(state.space.n_owned());
  petsc_check(VecCreateMPI(comm, n, PETSC_DETERMINE, &petsc->u));
  petsc_check(VecDuplicate(petsc->u, &petsc->zero));
  petsc_check(VecDuplicate(petsc->u, &petsc->residual));
  petsc_check(MatCreateShell(comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE, nullptr, &petsc->jacobian));
  petsc_check(TSCreate(comm, &petsc->ts));
  petsc_check(TSSetApplicationContext(petsc->ts, petsc.get()));
  petsc_check(TSSetOptionsPrefix(petsc->ts, "time_"));
  petsc_check(TSSetProblemType(petsc->ts, TS_NONLINEAR));
  petsc_check(TSSetType(petsc->ts, TSARKIMEX));
  petsc_check(TSARKIMEXSetType(petsc->ts, method_name));
  petsc_check(TSARKIMEXSetFullyImplicit(petsc->ts, PETSC_TRUE));
  petsc_check(TSSetIFunction(petsc->ts, nullptr, &Petsc::function, petsc.get()));
  petsc_check(TSSetIJacobian(petsc->ts, petsc->jacobian, petsc->jacobian, &Petsc::jacobian_shift, petsc.get()));
  petsc_check(TSSetFunctionDomainError(petsc->ts, &Petsc::accept));
  petsc_check(TSSetPreStage(petsc->ts, &Petsc::before_stage));
  petsc_check(TSSetExactFinalTime(petsc->ts, TS_EXACTFINALTIME_MATCHSTEP));
  petsc_check(TSSetErrorIfStepFails(petsc->ts, PETSC_FALSE));
  petsc_check(TSSetMaxSNESFailures(petsc->ts, -1));
  petsc_check(TSSetMaxStepRejections(petsc->ts, 12));
  SNES snes;
  petsc_check(TSGetSNES(petsc->ts, &snes));
  petsc_check(SNESSetType(snes, SNESSHELL));
  petsc_check(SNESShellSetContext(snes, petsc.get()));
  petsc_check(SNESShellSetSolve(snes, &Petsc::solve));

  // The largest error of all nodes counts.
  PetscBool given;
  petsc_check(PetscOptionsHasName(nullptr, "time_", "-ts_adapt_wnormtype", &given));
  if (!given)
    petsc_check(PetscOptionsSetValue(nullptr, "-time_ts_adapt_wnormtype", "infinity"));
  petsc_check(TSSetSolution(petsc->ts, petsc->u));
  petsc_check(TSSetFromOptions(petsc->ts));
}

Sdirk::~Sdirk() = default;

Sdirk::Result Sdirk::step(FokkerPlanckState &state, double time, double dt, double end)
{
  petsc->state = &state;
  petsc->start = state.e;
  petsc->stages.clear();
  Petsc::assign(petsc->u, state.p);
  double largest = 0.;
  for (const double value : state.p)
    largest = std::max(largest, value);
  largest = dealii::Utilities::MPI::max(largest, state.space.mesh().communicator());
  petsc_check(TSSetTolerances(petsc->ts, petsc->tolerance * largest, nullptr, 0., nullptr));
  petsc_check(TSSetTime(petsc->ts, time));
  petsc_check(TSSetMaxTime(petsc->ts, end));
  petsc_check(TSSetTimeStep(petsc->ts, dt));
  petsc_check(TSSetConvergedReason(petsc->ts, TS_CONVERGED_ITERATING));
  petsc_check(TSSetUp(petsc->ts));
  petsc_check(TSRestartStep(petsc->ts));
  petsc_check(TSStep(petsc->ts));
  if (petsc->failure)
    std::rethrow_exception(std::exchange(petsc->failure, nullptr));

  Result            result;
  TSConvergedReason reason;
  PetscReal         reached, next;
  petsc_check(TSGetConvergedReason(petsc->ts, &reason));
  petsc_check(TSGetTime(petsc->ts, &reached));
  petsc_check(TSGetTimeStep(petsc->ts, &next));
  result.success   = reason >= 0 && reached > time;
  result.time      = std::abs(reached - end) <= 1e-12 * std::abs(end) ? end : reached;
  result.next_step = next;
  PetscInt rejections;
  petsc_check(TSGetStepRejections(petsc->ts, &rejections));
  result.rejected   = static_cast<unsigned int>(rejections) - petsc->rejections;
  petsc->rejections = static_cast<unsigned int>(rejections);
  result.stages     = petsc->stages;
  if (result.success)
    {
      const double mass = state.mass();
      state.p           = Petsc::values(petsc->u);
      for (double &value : state.p)
        value = std::max(value, 0.);
      const double factor = mass / state.mass();
      for (double &value : state.p)
        value *= factor;
      state.set(std::move(state.p));
      petsc->rate.resize(state.e.size());
      for (std::size_t j = 0; j < state.e.size(); ++j)
        petsc->rate[j] = (state.e[j] - petsc->start[j]) / (result.time - time);
    }
  return result;
}

const std::vector<double> &Sdirk::rate() const
{
  return petsc->rate;
}

void Sdirk::set_rate(std::vector<double> rate)
{
  petsc->rate = std::move(rate);
}
} // namespace rhoflow
