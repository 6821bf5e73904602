#pragma once

#include <string>
#include <vector>

#include <solvers/evolution/functionals.h>

namespace rhoflow
{
class FittedOperator;
class NodalPotential;
class NodalSpace;
class Observables;
class Statistics;
struct Equilibrium;

/// What is written about a density with entropy at an output time.
struct FokkerPlanckDiagnostics
{
  double      risk        = 0.; ///< R, and ∫ L ρ of an external landscape
  double      excess_risk = 0.; ///< R − ½ E Var(y | x)
  double      free_energy = 0.; ///< F = R + (λ/2) ∫ |θ|² ρ + (1/β) ∫ ρ log ρ
  double      entropy     = 0.; ///< ∫ ρ log ρ, with respect to the ambient measure
  double      confinement = 0.; ///< (λ/2) ∫ |θ|² ρ
  double      dissipation = 0.; ///< −dF/dt of the scheme: (1/β) Σ (log p + Φ) K p
  double      upper_bound = 0.; ///< (1/β) KL(ρ ‖ ρ̂), ρ̂ = exp(−Φ)/Z at the present Φ:  ≥ F(ρ) − F*
  double      lower_bound = 0.; ///< (1/β) KL(ρ ‖ ρ*):  ≤ F(ρ) − F*; NaN without ρ*
  double      distance    = 0.; ///< F(ρ) − F*; NaN without ρ*
  double      mass = 0., minimum = 0.;
  double      boundary_mass = 0.; ///< in the cells at the sides of the box, periodic ones and r = 0 excepted
  Functionals functionals;
};

/// Of the density p at the owned nodes; the operator's exponents must be those of p's own residual e. `equilibrium` may be
/// null. Collective.
FokkerPlanckDiagnostics diagnose(FittedOperator &fitted, const NodalPotential &potential, const std::vector<double> &p,
                                 const Equilibrium *equilibrium, const Observables &observables);

/// F(ρ) alone, for e = m(p) − c. Collective.
double free_energy(const FittedOperator &fitted, const NodalPotential &potential, const std::vector<double> &p);

/// Mass in the cells at the sides of the box, periodic ones and r = 0 excepted. Collective.
double mass_at_sides(const FittedOperator &fitted, const NodalPotential &potential, const std::vector<double> &p);
/// Of the values at all local nodes; `has_radius`: the last coordinate is one.
double mass_at_sides(const NodalSpace &space, bool has_radius, const std::vector<double> &local);

/// Sets the columns of a row. `names`: of the parameters.
void add_to_row(Statistics &table, const FokkerPlanckDiagnostics &diagnostics, const std::vector<std::string> &names,
                const Observables &observables);
} // namespace rhoflow
