#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/model/activation/activation_info.h>

namespace rhoflow
{
/// The scalar function σ of a neuron and its derivative.
class Activation
{
public:
  using Kind = ActivationKind;

  /// `nodes`: (t, σ(t)) with strictly increasing t, for piecewise_linear only.
  explicit Activation(Kind kind, std::vector<std::pair<double, double>> nodes = {});

  /// Throws InputError with the nearest spelling for a name that is not in the table.
  static Kind                     kind_from_name(const std::string &name);
  static std::vector<std::string> names();

  Kind                  kind() const { return row->kind; }
  const ActivationInfo &info() const { return *row; }
  double                value(double t) const;
  double                derivative(double t) const;

  /// σ and, unless `derivatives` is null, σ' at n arguments. Vectorised; every argument goes through the same instructions
  /// whatever its position and n, so that results do not depend on how the work was cut. Relative error of a few units in the
  /// last place against value() and derivative(). In-place use (values == t or derivatives == t) is allowed.
  void evaluate(const double *t, unsigned int n, double *values, double *derivatives) const;
  /// The same in single precision.
  void evaluate(const float *t, unsigned int n, float *values, float *derivatives) const;

  /// σ'' at n arguments t from `values` σ(t) and `derivatives` σ'(t), of which every σ'' of the table is a function. At kinks
  /// it is that of the piece that `derivatives` belong to.
  void second_derivatives(const double *t, unsigned int n, const double *values, const double *derivatives,
                          double *second) const;

  const std::vector<std::pair<double, double>> &nodes() const { return table; }
  /// The arguments at which σ or σ' jumps, those of a wave within ±range.
  std::vector<double> kinks(double range) const;

  /// use(kind, number of nodes, their arguments, their values), for kernels.
  template <typename Use>
  void with_tables(const Use &use) const
  {
    use(kind(), static_cast<unsigned int>(abscissae.size()), abscissae.data(), ordinates.data());
  }

private:
  const ActivationInfo                  *row;
  std::vector<std::pair<double, double>> table;
  std::vector<double>                    abscissae; ///< the table by columns, as the kernel reads it
  std::vector<double>                    ordinates;
};
} // namespace rhoflow
