#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <solvers/model/activation/activation.h>
#include <solvers/model/gaussian/gaussian_pairs.h>
#include <solvers/model/gaussian/hermite_expansion.h>

namespace rhoflow
{
/// E φ(x_1) σ(w·x) for x ~ N(0, I) and a target φ: with s = w_1 and r = |w − s e_1| a mean over two normal variables.
class TargetOverlap
{
public:
  TargetOverlap(const Activation &sigma, const Activation &phi);
  /// A formula: accurate where φ is smooth but for jumps of it or its derivatives at whole numbers.
  TargetOverlap(const Activation &sigma, const std::function<double(double)> &phi);

  /// E φ(x_1) σ(s x_1 + r G): in closed form if σ and φ are both erf, (2/π) asin(s/√(2 (1 + s² + r²))) (C. K. I. Williams,
  /// Neural Computation 10, 1998); the pair kernel K(1, q, s/q), q² = s² + r², if they are the same; Mehler's series where it
  /// is short enough; otherwise by Gauss–Legendre rules along x_1 of φ times E_G σ(s x_1 + r G).
  double value(double s, double r) const;

  /// E φ(x_1)².
  double square() const { return mean_square; }

private:
  double along_x1(double s, double r) const;

  Activation                    sigma;
  GaussianPairs                 pairs;
  HermiteExpansion              expansion;
  bool                          same = false; ///< φ = σ
  std::function<double(double)> phi;
  std::vector<double>           kinks; ///< of φ
  double                        mean_square;
  std::vector<double>           coefficients;
};
} // namespace rhoflow
