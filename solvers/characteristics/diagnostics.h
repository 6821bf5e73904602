#pragma once

#include <string>
#include <vector>

#include <solvers/characteristics/characteristics_operator.h>
#include <solvers/evolution/functionals.h>

namespace rhoflow
{
class Observables;
class Statistics;

/// What statistics.csv says about ρ at one time.
struct CharacteristicsDiagnostics
{
  double      risk = 0., excess_risk = 0.; ///< ∫ L ρ of a landscape included
  double      energy      = 0.;            ///< E = R + (λ/2) ∫ |θ|² ρ, what decreases
  double      dissipation = 0.;            ///< ∫ |∇Ψ_λ|² ρ = −dE/dt
  double      certificate = 0.;            ///< ∫ Ψ_λ ρ − min Ψ_λ ≥ E(ρ) − inf E
  double      mass        = 0.;
  Functionals functionals;
  double      alignment = 0.; ///< ∫ a s ρ, single neuron only
};

/// Where the Frank-Wolfe gap looks for the minimum of the potential besides the points themselves.
class PotentialSample
{
public:
  /// A grid of ω on the box [lower, upper] of θ, ends included.
  PotentialSample(const std::vector<double> &lower, const std::vector<double> &upper, bool has_outer_weight);

  double minimum(const CharacteristicsOperator &system) const { return system.minimum_potential(omega, lower_a, upper_a); }

private:
  std::vector<double> omega; ///< [n][Dω]
  double              lower_a = 0., upper_a = 0.;
};

/// Everything for this rank's `points` [n][D]; leaves the operator updated there. Collective.
CharacteristicsDiagnostics diagnose(CharacteristicsOperator &system, const double *points, const PotentialSample &sample,
                                    const Observables &observables);

/// Fills the current row. `energy_balance`: E(0) − E(t) − ∫_0^t ∫ |∇Ψ_λ|² ρ dt.
void add_to_row(Statistics &table, double time, const CharacteristicsDiagnostics &diagnostics, double risk_error,
                double energy_balance, const std::vector<std::string> &names, bool with_alignment,
                const Observables &observables);
} // namespace rhoflow
