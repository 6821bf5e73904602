#pragma once

#include <solvers/continuity/solver.h>

namespace rhoflow
{
/// Learning a single neuron σ(⟨w*, x⟩), x ~ N(0, I_d), reduced by symmetry to θ = (a, s, r) with s = ⟨w*, w⟩ and r = |w − s
/// w*|. The unknown is the density q of the law with respect to r^κ da ds dr:
///   ∂_t q = ∂_a(q ∂_aΨ) + ∂_s(q ∂_sΨ) + r^{−κ} ∂_r(r^κ q ∂_rΨ).
class SingleNeuronSolver : public ContinuitySolver
{
public:
  using ContinuitySolver::ContinuitySolver;

protected:
  void adjust(dealii::ParameterHandler &parameters) override;
};

SolverEntry single_neuron_solver_entry();
} // namespace rhoflow
