#pragma once

#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
/// The scalar function σ of a neuron and its derivative.
class Activation
{
public:
  enum class Kind
  {
    erf, ///< erf(t/√2)
    tanh,
    sigmoid,          ///< 1/(1 + e^{−t})
    softplus,         ///< log(1 + e^t)
    relu,             ///< max(t, 0); derivative 0 at 0
    piecewise_linear, ///< through the given nodes, constant outside; derivative from the right at a node
    cosine,           ///< cos(t)
    rectified_cosine  ///< max(cos(t), 0); derivative 0 where cos(t) = 0
  };

  /// `nodes`: (t, σ(t)) with strictly increasing t, for piecewise_linear only.
  explicit Activation(Kind kind, std::vector<std::pair<double, double>> nodes = {});

  static Kind                     kind_from_name(const std::string &name);
  static std::vector<std::string> names();

  Kind kind() const { return type; }
  /// −1 if σ is odd, 1 if it is even, 0 if neither is known.
  int    parity() const;
  double value(double t) const;
  double derivative(double t) const;

  /// σ and, unless `derivatives` is null, σ' at n arguments. Vectorised; every argument goes through the same instructions
  /// whatever its position and n, so that results do not depend on how the work was cut. Relative error of a few units in the
  /// last place against value() and derivative(). In-place use (values == t or derivatives == t) is allowed.
  void evaluate(const double *t, unsigned int n, double *values, double *derivatives) const;
  /// The same in single precision.
  void evaluate(const float *t, unsigned int n, float *values, float *derivatives) const;

  const std::vector<std::pair<double, double>> &nodes() const { return table; }
  /// use(kind, number of nodes, their arguments, their values), for kernels.
  template <typename Use>
  void with_tables(const Use &use) const
  {
    use(type, static_cast<unsigned int>(abscissae.size()), abscissae.data(), ordinates.data());
  }

private:
  Kind                                   type;
  std::vector<std::pair<double, double>> table;
  std::vector<double>                    abscissae; ///< the table by columns, as the kernel reads it
  std::vector<double>                    ordinates;
};
} // namespace rhoflow
