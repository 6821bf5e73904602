#pragma once

namespace rhoflow
{
class LearningProblem;

/// The Lebesgue measure on the space of the weights in the coordinates that a symmetry left: |S^κ| r^κ dθ where the last
/// coordinate is a radius r, with κ = d − 2 for (a, s, r) and d − 1 for r alone; dθ without a radius. Entropies are taken
/// with respect to it.
struct AmbientMeasure
{
  /// Throws InputError for d = ∞, where the entropy has no meaning.
  explicit AmbientMeasure(const LearningProblem &problem);

  bool         has_radius   = false;
  unsigned int radial_power = 0;  ///< κ
  double       log_sphere   = 0.; ///< log |S^κ|

  /// log of the measure's density at a point with last coordinate `r` (−∞ at r = 0 if κ > 0).
  double log_density(double r) const;
};
} // namespace rhoflow
