#pragma once

#include <string>
#include <vector>

#include <solvers/model/expression.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class InitialLaw;
class ParameterBinding;

/// Formulas g(θ) whose means ∫ g ρ are wanted at every output time (parameter "Output/Observables"): `x > 0` counts what has
/// crossed a barrier.
class Observables
{
public:
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  /// `parameter_names`: the D variables of the formulas. Throws InputError with the formula that cannot be read.
  void parse(const dealii::ParameterHandler &prm, const std::vector<std::string> &parameter_names);
  /// For solvers that do not measure them: throws InputError if there are any.
  static void refuse(const dealii::ParameterHandler &prm, const std::string &solver);

  /// Throws InputError with the formula and the place where it is not finite: at `points` [n][D], at a thousand draws of the
  /// initial law, or on a grid in the box, whose points avoid its centre, its sides and whole numbers, where a formula may have
  /// a pole that no integral sees.
  void require_finite_at(const std::vector<double> &points) const;
  void require_finite_at(const InitialLaw &law) const;
  void require_finite_in(const std::vector<double> &lower, const std::vector<double> &upper) const;
  /// Says which of the means [size()] is not finite; empty if all are.
  std::string complaint(const double *means) const;

  unsigned int size() const { return static_cast<unsigned int>(formulas.size()); }
  /// The formulas as they were written; the columns of statistics.csv are `mean of ` and the name.
  const std::vector<std::string> &names() const { return texts; }

  /// g_i(θ) for `theta` [D]: `values` [size()]. NaN or infinite where a formula is.
  void evaluate(const double *theta, double *values) const;

private:
  std::string              given; ///< the value of the parameter
  std::vector<std::string> variables;
  std::vector<std::string> texts;
  std::vector<Expression>  formulas;
};
} // namespace rhoflow
