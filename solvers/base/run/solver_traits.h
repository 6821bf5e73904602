#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// What a solver's equations are like and what it can do beside them. The checks of parameters, the resume rules and the report
/// read it, so that they need no solver's name.
struct SolverTraits
{
  enum class Solution
  {
    density,         ///< in time
    density_at_rest, ///< for inverse temperatures in place of times
    networks         ///< finite networks in time, no density
  };
  enum class Entropy
  {
    refused,
    optional,
    required ///< a finite 'Mean field/Inverse temperature'
  };

  Solution solution        = Solution::density;
  Entropy  entropy         = Entropy::optional;
  bool     landscape       = true;  ///< solves 'Neuron = landscape'
  bool     point_masses    = false; ///< begins with laws that have no density
  bool     networks_beside = true;  ///< 'Compare with SGD'
  bool     ambient_measure = false; ///< Laplacian and entropy are those of the weights before a reduction to (a, s, r) or r
  bool     radial_weight   = false; ///< densities with respect to r^κ, κ = 'Single neuron/Radial weight'
  bool     free_energy_decreases = false; ///< from row to row of statistics.csv
  /// Completes "solved by" in the report, HTML.
  std::string method = {};

  bool has_density() const { return solution != Solution::networks; }
  bool has_time() const { return solution != Solution::density_at_rest; }
};
} // namespace rhoflow
