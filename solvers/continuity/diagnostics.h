#pragma once

#include <string>
#include <vector>

#include <solvers/continuity/continuity_state.h>
#include <solvers/evolution/functionals.h>

namespace rhoflow
{
class Observables;

/// What is written about a density at an output time; every number is bitwise the same for every partition of the mesh.
struct Diagnostics
{
  double      risk, excess_risk;
  double      dissipation;   ///< ∫ |∇Ψ_λ|² ρ
  double      certificate;   ///< ∫ Ψ_λ ρ − min Ψ_λ over the nodes: an upper bound on R_λ(ρ) − inf R_λ
  double      mass, minimum; ///< of the evolved polynomial, minimum over the nodes
  double      negative_mass; ///< ∫ ρ⁻ by the nodes
  double      boundary_mass; ///< in the cells at the sides of the box, natural boundaries excepted
  double      confinement;   ///< (λ/2) ∫ |θ|² ρ
  Functionals functionals;
  double      alignment; ///< ∫ θ_0 θ_1 ρ
};

/// `natural_lower_sides` [D]: lower sides at which a density may sit (r = 0). Collective.
Diagnostics diagnose(ContinuityState &solution, const std::vector<bool> &natural_lower_sides, const Observables &observables);

/// The boundary mass alone, of a density [cells][points]. Collective.
double mass_at_sides(const DGMesh &mesh, const std::vector<double> &values, const std::vector<bool> &natural_lower_sides);

/// ∫ f dt over the samples (t_i, f_i), increasing times, fourth order for smooth f: each interval takes the mean of the
/// parabolas through its ends and the next sample on either side.
double integrate_samples(const std::vector<double> &times, const std::vector<double> &values);
} // namespace rhoflow
