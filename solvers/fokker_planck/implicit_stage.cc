#include <solvers/fokker_planck/implicit_stage.h>

#include <petscsnes.h>

#include <algorithm>
#include <cmath>
#include <exception>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/text.h>
#include <solvers/discretization/nodal/nodal_potential.h>
#include <solvers/discretization/nodal/nodal_space.h>
#include <solvers/fokker_planck/fitted_operator.h>
#include <solvers/fokker_planck/petsc_check.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
/// Negative mass up to this is the linear solver's error, not the scheme's.
constexpr double       negligible_mass = 1e-12;
constexpr unsigned int max_fallbacks   = 8;

double size_of(const std::vector<double> &x)
{
  double sum = 0.;
  for (const double value : x)
    sum += value * value;
  return std::sqrt(sum);
}

/// Σ over the owned entries of all ranks, the same bits everywhere.
double total(double mine, MPI_Comm comm)
{
  ExactSum sum;
  sum.add(mine);
  return global_sum(sum, comm);
}

/// Without a rounding error of its own, which thousands of steps would add up.
double exact_total(const std::vector<double> &values, MPI_Comm comm)
{
  ExactSum sum;
  for (const double value : values)
    sum.add(value);
  return global_sum(sum, comm);
}
} // namespace

ImplicitStage::ImplicitStage(const NodalPotential &field, FittedOperator &fitted_operator, const StageSettings &stage_settings)
  : potential(field)
  , fitted(fitted_operator)
  , settings(stage_settings)
  , derivative(field.n_modes())
{
  const std::vector<double> c = field.mean_field().residual(std::vector<double>(field.n_modes(), 0.));
  small                       = settings.tolerance * std::max(1., size_of(c));
}

ImplicitStage::~ImplicitStage() = default;

void ImplicitStage::evaluate(const std::vector<double> &e, std::vector<double> &residual)
{
  const NodalSpace &space = fitted.space();
  if (e.empty() || e != operator_e)
    fitted.update(potential.exponents(e));
  operator_e = e;
  // Far from the solution a rough answer does, but for differences that are to be derivatives.
  const double rough        = exact_systems ? 0. : std::min(1e-4 * last_size / std::max(1., small / settings.tolerance), 1e-6);
  last_tolerance            = std::max(settings.linear_tolerance, rough);
  const LinearResult linear = fitted.solve(shift, *right, solution, last_tolerance);
  ++n_evaluations;
  n_linear += linear.iterations;
  linear_failed   = !linear.converged;
  linear_residual = linear.residual;
  std::vector<double> masses(solution.size());
  for (std::size_t i = 0; i < masses.size(); ++i)
    masses[i] = space.weights()[i] * solution[i];
  const std::vector<double> present = potential.mean_field().residual(potential.moments(masses));
  residual.resize(e.size());
  for (std::size_t j = 0; j < e.size(); ++j)
    residual[j] = e[j] - present[j];
  last_size = size_of(residual);
  evaluations.emplace_back(e, residual);
}

/// PETSc's view of the fixed point.
struct ImplicitStage::Snes
{
  ImplicitStage      &stage;
  SNES                snes = nullptr;
  Vec                 x = nullptr, f = nullptr;
  Mat                 jacobian = nullptr;
  std::vector<double> e, residual, scaled; ///< F(e), J⁻¹ F
  bool                newton;
  std::exception_ptr  failure;

  Snes(ImplicitStage &implicit_stage, bool by_newton)
    : stage(implicit_stage)
    , newton(by_newton)
  {
    petsc_check(VecCreateSeq(PETSC_COMM_SELF, static_cast<PetscInt>(stage.potential.n_modes()), &x));
    petsc_check(VecDuplicate(x, &f));
    petsc_check(SNESCreate(PETSC_COMM_SELF, &snes));
    petsc_check(SNESSetOptionsPrefix(snes, newton ? "moments_newton_" : "moments_"));
    petsc_check(SNESSetFunction(snes, f, &Snes::function, this));
    petsc_check(SNESSetType(snes, newton ? SNESNEWTONLS : SNESANDERSON));
    if (newton)
      {
        petsc_check(MatCreateSNESMF(snes, &jacobian));
        petsc_check(SNESSetJacobian(snes, jacobian, jacobian, MatMFFDComputeJacobian, nullptr));
        KSP ksp;
        PC  pc;
        petsc_check(SNESGetKSP(snes, &ksp));
        petsc_check(KSPSetType(ksp, KSPGMRES));
        petsc_check(KSPSetTolerances(ksp, 1e-3, PETSC_DEFAULT, PETSC_DEFAULT, PETSC_DEFAULT));
        petsc_check(KSPGetPC(ksp, &pc));
        petsc_check(PCSetType(pc, PCNONE));
      }
    else
      {
        // More directions than moments, or old ones, spoil the extrapolation.
        const auto memory = std::max(1U, std::min(stage.potential.n_modes(), 4U));
        PetscBool  given;
        petsc_check(PetscOptionsHasName(nullptr, "moments_", "-snes_anderson_m", &given));
        if (!given)
          petsc_check(PetscOptionsSetValue(nullptr, "-moments_snes_anderson_m", std::to_string(memory).c_str()));
      }
    petsc_check(SNESSetTolerances(snes, stage.small, 0., 0., static_cast<PetscInt>(stage.settings.max_iterations), 100000));
    petsc_check(SNESSetConvergenceTest(snes, &Snes::converged, this, nullptr));
    petsc_check(SNESSetFromOptions(snes));
  }

  ~Snes()
  {
    SNESDestroy(&snes);
    MatDestroy(&jacobian);
    VecDestroy(&x);
    VecDestroy(&f);
  }

  /// F counts, not J⁻¹ F.
  static PetscErrorCode converged(SNES, PetscInt, PetscReal, PetscReal, PetscReal, SNESConvergedReason *reason, void *context)
  {
    const Snes &self = *static_cast<Snes *>(context);
    *reason          = size_of(self.residual) <= self.stage.small ? SNES_CONVERGED_FNORM_ABS : SNES_CONVERGED_ITERATING;
    return 0;
  }

  static PetscErrorCode function(SNES solver, Vec x, Vec f, void *context)
  {
    Snes              &self = *static_cast<Snes *>(context);
    const PetscScalar *in;
    PetscScalar       *out;
    PetscErrorCode     code = VecGetArrayRead(x, &in);
    if (code != 0)
      return code;
    self.e.assign(in, in + self.stage.potential.n_modes());
    code = VecRestoreArrayRead(x, &in);
    if (code != 0)
      return code;
    // An exception must not pass through PETSc.
    try
      {
        self.stage.evaluate(self.e, self.residual);
      }
    catch (...)
      {
        self.failure = std::current_exception();
      }
    const bool finite = std::all_of(self.residual.begin(), self.residual.end(), [](double v) { return std::isfinite(v); });
    if (self.failure || !finite)
      {
        self.residual.assign(self.e.size(), 0.);
        code = SNESSetFunctionDomainError(solver);
        if (code != 0)
          return code;
      }
    code = VecGetArray(f, &out);
    if (code != 0)
      return code;
    self.scaled = self.newton ? self.residual : self.stage.derivative.solve(self.residual);
    std::copy(self.scaled.begin(), self.scaled.end(), out);
    return VecRestoreArray(f, &out);
  }
};

void ImplicitStage::iterate(std::vector<double> &e, bool newton, StageResult &result)
{
  last_size     = 1e300;
  exact_systems = newton;
  Snes         solver(*this, newton);
  PetscScalar *values;
  petsc_check(VecGetArray(solver.x, &values));
  std::copy(e.begin(), e.end(), values);
  petsc_check(VecRestoreArray(solver.x, &values));
  petsc_check(SNESSolve(solver.snes, nullptr, solver.x));
  if (solver.failure)
    std::rethrow_exception(solver.failure);
  SNESConvergedReason reason;
  petsc_check(SNESGetConvergedReason(solver.snes, &reason));
  const PetscScalar *found;
  petsc_check(VecGetArrayRead(solver.x, &found));
  e.assign(found, found + e.size());
  petsc_check(VecRestoreArrayRead(solver.x, &found));
  std::vector<double> residual = solver.residual;
  // Newton's last evaluation may have been a derivative's, and the linear system has been solved roughly.
  if (e != solver.e || last_tolerance > settings.linear_tolerance)
    {
      last_size = 0.;
      evaluate(e, residual);
    }
  // Only the steps of an iteration tell of the derivative; the tiny ones of matrix-free products do not.
  if (!newton)
    for (std::size_t k = 1; k < evaluations.size(); ++k)
      {
        std::vector<double> delta_e(e.size()), delta_f(e.size());
        for (std::size_t j = 0; j < e.size(); ++j)
          {
            delta_e[j] = evaluations[k].first[j] - evaluations[k - 1].first[j];
            delta_f[j] = evaluations[k].second[j] - evaluations[k - 1].second[j];
          }
        derivative.learn(delta_e, delta_f, 1e3 * small);
      }
  evaluations.clear();
  result.converged = reason > 0 && size_of(residual) <= 2. * small && !linear_failed;
  if (!result.converged)
    result.failure = linear_failed ?
                       "the linear solver stopped at the relative residual " + short_number(linear_residual, 2) :
                       std::string(newton ? "Newton's" : "Anderson's") + " iteration in moment space stopped at the residual " +
                         short_number(size_of(residual), 2) + " (wanted: " + short_number(small, 2) + ")";
  for (std::size_t j = 0; j < e.size(); ++j)
    e[j] -= residual[j];
}

bool ImplicitStage::mark_negative(const std::vector<double> &p) const
{
  const NodalSpace &space    = fitted.space();
  double            negative = 0., mass = 0.;
  for (std::size_t i = 0; i < p.size(); ++i)
    {
      negative += space.weights()[i] * std::max(-p[i], 0.);
      mass += space.weights()[i] * std::abs(p[i]);
    }
  negative = total(negative, space.mesh().communicator());
  mass     = total(mass, space.mesh().communicator());
  if (negative <= negligible_mass * mass)
    return false;
  const std::vector<double> local = space.to_local(p);
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    for (unsigned int i = 0; i < space.points_per_cell(); ++i)
      {
        const std::uint32_t node = space.cell(c)[i];
        for (auto t = space.terms_begin(node); t != space.terms_end(node); ++t)
          if (local[t->node] < 0.)
            fitted.fallback()[c] = 1;
      }
  return true;
}

void ImplicitStage::restore_mass(double mass, std::vector<double> &p) const
{
  const NodalSpace   &space = fitted.space();
  std::vector<double> masses(p.size());
  for (std::size_t i = 0; i < p.size(); ++i)
    masses[i] = space.weights()[i] * p[i];
  const double factor = mass / exact_total(masses, space.mesh().communicator());
  for (double &value : p)
    value *= factor;
}

StageResult ImplicitStage::solve(double s, const std::vector<double> &b, std::vector<double> &p, std::vector<double> &e,
                                 bool frozen, bool keep_sign)
{
  shift         = s;
  right         = &b;
  solution      = p;
  n_evaluations = n_linear = 0;
  last_size                = 0.;
  operator_e.clear();
  evaluations.clear();
  const double mass = exact_total(b, fitted.space().mesh().communicator()) / s;

  std::vector<double> guess = e;
  StageResult         result;
  bool                without_fits = false;
  for (;;)
    {
      if (frozen || guess.empty())
        {
          std::vector<double> residual;
          evaluate(guess, residual);
          for (std::size_t j = 0; j < e.size(); ++j)
            e[j] = guess[j] - residual[j];
          result.converged = !linear_failed;
          if (linear_failed)
            result.failure = "the linear solver stopped at the relative residual " + short_number(linear_residual, 2);
        }
      else
        {
          e = guess;
          iterate(e, settings.newton, result);
          if (!result.converged && !settings.newton && !linear_failed)
            {
              // The learned derivative may be the cause.
              derivative.forget();
              solution = p;
              e        = guess;
              iterate(e, false, result);
            }
          if (!result.converged && !settings.newton && !linear_failed)
            {
              solution = p;
              e        = guess;
              iterate(e, true, result);
            }
          if (result.converged)
            guess = e;
        }
      if (linear_failed && !without_fits)
        {
          // The preconditioner is made for monotone fluxes.
          without_fits = true;
          ++result.fallbacks;
          std::fill(fitted.fallback().begin(), fitted.fallback().end(), 1);
          operator_e.clear();
          solution = p;
          continue;
        }
      if (!result.converged || !keep_sign || !mark_negative(solution))
        break;
      operator_e.clear();
      if (++result.fallbacks > max_fallbacks / 2)
        std::fill(fitted.fallback().begin(), fitted.fallback().end(), 1);
      if (result.fallbacks > max_fallbacks)
        {
          result.converged = false;
          result.failure   = "the density stays negative although all cells have monotone fluxes";
          break;
        }
    }
  result.iterations = n_evaluations;
  result.linear     = n_linear;
  if (!result.converged)
    return result;
  p = solution;
  if (keep_sign)
    for (double &value : p)
      value = std::max(value, 0.);
  restore_mass(mass, p);
  return result;
}
} // namespace rhoflow
