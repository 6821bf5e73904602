#pragma once

#include <limits>
#include <string>
#include <vector>

#include <solvers/model/measure.h>

namespace rhoflow
{
class LearningProblem;

/// Where a density is.
struct DensityPlaces
{
  std::vector<double>  lower, upper;                                      ///< of all points at all times, [D]
  std::vector<Measure> snapshots;                                         ///< the density at some times
  double               reached = std::numeric_limits<double>::infinity(); ///< the last time that was looked at
};

/// A coarse solution of the continuity equation by characteristics, before anything is known of the box and the accuracy of the
/// data nodes: the points of a Gauss quadrature of the initial law with all but 1e-9 of its mass, moved along −∇Ψ_λ with the
/// local error 1e-3. It tells where the density goes.
struct PilotFlow : DensityPlaces
{
  /// Moves the points of `problem` until `end`. Of more than 2000 data nodes evenly many are taken. `weight_decay`: λ. Every
  /// rank does the same.
  /// DensityPlaces::reached is below `end` if that needs more steps than a pilot may take, or has no solution.
  PilotFlow(const LearningProblem &problem, double weight_decay, double end);
};

/// By how much a box [lower, upper] falls short of the places and a quarter of their extent on every side, [D]; zero where at
/// least a tenth is left, and below a coordinate named r that begins at zero.
struct MissingRoom
{
  MissingRoom(const DensityPlaces &places, const std::vector<std::string> &names, const std::vector<double> &lower,
              const std::vector<double> &upper);
  /// Whether there is any.
  bool exists() const;

  std::vector<double> below, above;
};

/// The corners of a box with round numbers that is larger than [lower, upper] by a quarter on every side, so that the outermost
/// cells of a coarse mesh are empty; a coordinate named r stays non-negative. [D].
void enlarge_to_round_numbers(const std::vector<std::string> &names, std::vector<double> &lower, std::vector<double> &upper);
} // namespace rhoflow
