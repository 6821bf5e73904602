#pragma once

#include <vector>

namespace rhoflow
{
class LearningProblem;
struct ModelChoices;

/// How far the quadratures of two problems are apart that differ in their data nodes alone. For neurons of outer weight one, if
/// they have one, and every law ρ on the points ω [n][Dω]
///   |δR(ρ)| ≤ ½ |δ E y²| + max_i |δV(ω_i)| + ½ max_ij |δU(ω_i, ω_j)|,   V = −E y σ*,   U = E σ* σ*,
/// which is returned: R(ρ) = ½ E y² + ∫ V ρ + ½ ∫∫ U ρ ρ.
double quadrature_difference(const LearningProblem &one, const LearningProblem &other, const std::vector<double> &omega);

/// Data nodes that were chosen by error.
struct DataNodes
{
  unsigned int quadrature = 28, radial = 6, angular = 10; ///< the three numbers of the section "Data"
  bool         trapezoidal = false;                       ///< ModelChoices::trapezoidal
  double       error       = 0.;    ///< of the risk, by quadrature_difference() to twice as many nodes; 0 for a finite law
  bool         limited     = false; ///< it is above the tolerance, since there may be no more nodes

  /// The choices with these numbers.
  ModelChoices in(ModelChoices choices) const;
};

/// Begins with the numbers of `choices` and doubles those that matter most, until the error is below `tolerance` at 200 points
/// of the domain and its corners, where neurons are steepest. Stops before there are more data nodes than a problem may have.
DataNodes choose_data_nodes(const ModelChoices &choices, double tolerance);
} // namespace rhoflow
