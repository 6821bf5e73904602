#pragma once

#include <vector>

#include <solvers/model/measure.h>

namespace rhoflow
{
class LearningProblem;
struct ModelChoices;

/// Data nodes that were chosen by error.
struct DataNodes
{
  unsigned int quadrature = 28, radial = 6, angular = 10; ///< the three numbers of the section "Data"
  bool         trapezoidal = false;                       ///< ModelChoices::trapezoidal
  double       error       = 0.;    ///< quadrature_difference() to twice as many nodes; 0 for a finite law
  bool         limited     = false; ///< it is above the tolerance, since there may be no more nodes

  /// The choices with these numbers.
  ModelChoices in(ModelChoices choices) const;
};

/// Whether the data are a quadrature of a law, so that the nodes matter: not for data sets and landscapes.
bool has_quadrature(const ModelChoices &choices);

/// How far the quadratures of two problems are apart that differ in their data nodes alone. For a density ρ, given as points,
///   |δR(ρ)|/R(ρ) + ‖δΨ(·; ρ)‖/‖Ψ(·; ρ)‖,   ‖Ψ‖² = ∫ Ψ² ρ,
/// where R counts as a thousandth of its largest value at least and ‖Ψ‖ as a hundredth. The largest of the densities is
/// returned. R has no noise variance in it.
double quadrature_difference(const LearningProblem &one, const LearningProblem &other, const std::vector<Measure> &densities);

/// Begins with the numbers of `choices` and doubles those that matter most, except those that the user gave, until the
/// difference to twice as many of all nodes is below `tolerance` for the densities. Stops before there are more data nodes than
/// a problem may have.
DataNodes choose_data_nodes(const ModelChoices &choices, const std::vector<Measure> &densities, double tolerance);
} // namespace rhoflow
