#pragma once

#include <string>

#include <solvers/model/gaussian/quadrature.h>

namespace rhoflow
{
class CounterRandom;

/// The law of one coordinate in a product.
class LawFactor
{
public:
  enum class Kind
  {
    normal,           ///< mean, standard deviation
    uniform,          ///< lower, upper
    truncated_normal, ///< mean and standard deviation before truncation, lower, upper
    chi,              ///< degrees of freedom k, scale c: c times the length of a standard normal vector in R^k
    point             ///< value
  };

  /// Reads `name(argument, ...)`. Throws InputError of this parameter.
  LawFactor(const std::string &text, const std::string &parameter);

  bool           has_density() const { return kind != Kind::point; }
  double         density(double x) const;
  double         sample(CounterRandom &random) const;
  QuadratureRule quadrature(unsigned int n) const;

private:
  Kind   kind;
  double p[4]              = {0., 0., 0., 0.}; ///< the arguments in the order of Kind
  double log_normalisation = 0.;               ///< of the density
};
} // namespace rhoflow
