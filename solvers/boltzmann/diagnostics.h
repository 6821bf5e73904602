#pragma once

#include <string>
#include <vector>

#include <solvers/evolution/functionals.h>

namespace rhoflow
{
class DualProblem;
class Observables;
class Statistics;
struct BoltzmannSolution;

/// What a Boltzmann density ρ_e tells.
struct BoltzmannDiagnostics
{
  double      risk;          ///< R; of a landscape ∫ L ρ
  double      excess_risk;   ///< R − ½ E Var(y | x)
  double      free_energy;   ///< F(ρ_e), summed up from R, ∫ |θ|² ρ and the entropy
  double      gap;           ///< ½ |D'(e)|² = F(ρ_e) − D(e) ≥ F(ρ_e) − min F
  double      entropy;       ///< ∫ ρ log ρ = −β ∫ Ψ ρ − log Z
  double      confinement;   ///< (λ/2) ∫ |θ|² ρ
  double      certificate;   ///< ∫ Ψ_λ ρ − min Ψ_λ ≥ E(ρ) − inf E, E = R + (λ/2) ∫ |θ|² ρ (without entropy)
  double      boundary_mass; ///< in the cells at the sides of the box
  Functionals functionals;
};

/// Collective.
BoltzmannDiagnostics diagnose(const DualProblem &problem, const BoltzmannSolution &solution, const Observables &observables);

/// Sets the columns of a row. `quadrature_error`: |Δ log Z|/β between this and a finer quadrature. `names`: of the parameters.
void add_to_row(Statistics &table, const BoltzmannSolution &solution, const BoltzmannDiagnostics &diagnostics,
                double quadrature_error, const std::vector<std::string> &names, const Observables &observables);
} // namespace rhoflow
