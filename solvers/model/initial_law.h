#pragma once

#include <memory>
#include <string>
#include <vector>

namespace rhoflow
{
class CounterRandom;

/// The initial law ρ_0 on R^D: a density for meshes, a sampler for particles, a quadrature for characteristics.
class InitialLaw
{
public:
  virtual ~InitialLaw() = default;

  virtual unsigned int dimension() const = 0;
  /// False if a factor is a point mass: then only particles and characteristics can start from it.
  virtual bool has_density() const = 0;
  /// ρ_0(θ) with respect to Lebesgue measure, θ of length D. Normalised to total mass one (an expression by quadrature).
  virtual double density(const double *theta) const = 0;
  /// Mixtures of products say so: ρ_0(θ) = Σ_c weight_c Π_d f_cd(θ_d) with n_products() components, 0 for other laws. Integrals
  /// over cells then factorise.
  virtual unsigned int n_products() const { return 0; }
  virtual double       product_weight(unsigned int component) const;
  virtual double       factor_density(unsigned int component, unsigned int coordinate, double x) const;

  /// One draw.
  virtual void sample(CounterRandom &random, double *theta) const = 0;

  /// Nodes [n][D] and weights (sum one) of a quadrature with `n_per_factor` Gauss points in every coordinate and component
  /// (one for a point mass): exact for polynomials of degree 2 n − 1 in each coordinate of a Gaussian, uniform or χ factor.
  virtual void quadrature(unsigned int n_per_factor, std::vector<double> &nodes, std::vector<double> &weights) const = 0;
};

/// Parses the text of the parameter "Initial law/Law". Grammar (weights of a mixture are normalised):
///   law       := component { "|" component }
///   component := [ weight ":" ] factor { "," factor }        one factor for each coordinate
///   factor    := normal(mean, standard deviation) | uniform(lower, upper)
///              | truncated_normal(mean, standard deviation, lower, upper) | chi(degrees of freedom, scale) | point(value)
/// Arguments are numbers or arithmetic expressions such as 1/sqrt(40).
/// `expression(...)` instead: an unnormalised density in the coordinate names, on the box [lower, upper] of the domain; sampled
/// by rejection. Throws InputError of "Initial law/Law".
std::unique_ptr<InitialLaw> make_initial_law(const std::string &text, const std::vector<std::string> &coordinate_names,
                                             const std::vector<double> &lower, const std::vector<double> &upper);
} // namespace rhoflow
