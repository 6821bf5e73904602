#pragma once

#include <memory>
#include <vector>

#include <solvers/fokker_planck/fokker_planck_state.h>

namespace rhoflow
{
/// The two-stage, stiffly accurate, L-stable method of second order
///   γ | γ          γ = 1 − 1/√2,
///   1 | 1−γ  γ
/// (R. Alexander, SIAM J. Numer. Anal. 14, 1977) with the embedded first-order weights (1, 0), run by PETSc's TS with its step
/// size control. Both stages are equations of ImplicitStage. The second stage starts from a combination of densities that may
/// be negative where the density falls fast: a step with a negative mass above a hundredth of the tolerance is rejected, what
/// is left is set to zero and the mass restored. The command line's PETSc options with the prefix -time_ apply.
class Sdirk
{
public:
  /// `tolerance`: of the density in one step, relative to its maximum.
  Sdirk(FokkerPlanckState &state, double tolerance);
  ~Sdirk();

  struct Result
  {
    bool                     success = false;
    double                   time = 0., next_step = 0.;
    unsigned int             rejected = 0;
    std::vector<StageResult> stages; ///< solved, rejected ones too
  };
  /// From `time` a step of at most `dt` that does not pass `end`. On success the state holds the new density. Collective.
  Result step(FokkerPlanckState &state, double time, double dt, double end);

  /// The rate of change of e in the last step, from which the next one guesses; empty before the first.
  const std::vector<double> &rate() const;
  void                       set_rate(std::vector<double> rate);

private:
  struct Petsc;
  std::unique_ptr<Petsc> petsc;
};
} // namespace rhoflow
