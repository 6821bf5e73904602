#include <solvers/base/text.h>
#include <solvers/model/observables.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/error.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/model/initial_law.h>

namespace rhoflow
{
namespace
{
const std::string parameter = "Output/Observables";
} // namespace

void Observables::bind(ParameterBinding &p)
{
  p.section("Output");
  p.add("Observables", given,
        "Formulas in the parameters' names, separated by semicolons, such as x > 0; x^2. Each adds a column 'mean of' to "
        "statistics.csv with its mean over the density or over all particles. Jumps such as x > 0 are integrated exactly "
        "where they lie between cells of the mesh. A formula must be finite wherever there is mass.");
}

void Observables::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<Observables>(prm);
}

void Observables::parse(const dealii::ParameterHandler &prm, const std::vector<std::string> &parameter_names)
{
  read_parameters(*this, prm);
  texts     = split_outside_parentheses(given, ';', parameter);
  variables = parameter_names;
  formulas.clear();
  for (auto text = texts.begin(); text != texts.end(); ++text)
    {
      if (text->empty())
        throw InputError(Refusal::malformed, parameter, "a formula is missing between semicolons.");
      if (std::find(texts.begin(), text, *text) != text)
        throw InputError(Refusal::repeated, parameter, "'" + *text + "' is there twice.");
      formulas.emplace_back(*text, parameter_names, parameter);
    }
}

void Observables::require_finite_at(const std::vector<double> &points) const
{
  const std::size_t D = variables.size();
  for (const Expression &formula : formulas)
    for (std::size_t i = 0; i + D <= points.size(); i += D)
      if (!std::isfinite(formula(&points[i])))
        {
          std::string where;
          for (std::size_t d = 0; d < D; ++d)
            where += (d > 0 ? ", " : "") + variables[d] + " = " + short_number(points[i + d]);
          throw InputError(Refusal::out_of_range, parameter,
                           "'" + formula.text() + "' is not finite at " + where +
                             ", where there is mass, so that its mean would not be a number. Change the formula, for "
                             "instance to if(condition, formula, 0).");
        }
}

void Observables::require_finite_at(const InitialLaw &law) const
{
  constexpr unsigned int n_draws = 1000;
  const std::size_t      D       = variables.size();
  std::vector<double>    points(size() > 0 ? n_draws * D : 0);
  for (std::size_t i = 0; i < points.size(); i += D)
    {
      CounterRandom random(1, RandomPurpose::check_points, 0, 0, i);
      law.sample(random, &points[i]);
    }
  require_finite_at(points);
}

void Observables::require_finite_in(const std::vector<double> &lower, const std::vector<double> &upper) const
{
  const std::size_t   D        = variables.size();
  const unsigned int  per_axis = (D == 1 ? 1024 : D == 2 ? 64 : 16);
  std::vector<double> points;
  std::size_t         n_points = (size() > 0 ? 1 : 0);
  for (std::size_t d = 0; d < D; ++d)
    n_points *= per_axis;
  for (std::size_t i = 0; i < n_points; ++i)
    for (std::size_t d = 0, index = i; d < D; ++d, index /= per_axis)
      points.push_back(lower[d] +
                       (upper[d] - lower[d]) * (static_cast<double>(index % per_axis) + .381966011250105) / per_axis);
  require_finite_at(points);
}

std::string Observables::complaint(const double *means) const
{
  for (unsigned int i = 0; i < size(); ++i)
    if (!std::isfinite(means[i]))
      return "the mean of '" + texts[i] +
             "' ('Observables' in section 'Output') is not finite: the formula is not, at some place "
             "that the density or the particles have reached";
  return "";
}

void Observables::refuse(const dealii::ParameterHandler &prm, const std::string &solver)
{
  Observables unwanted;
  read_parameters(unwanted, prm);
  if (!split_outside_parentheses(unwanted.given, ';', parameter).empty())
    throw InputError(Refusal::unsupported, parameter,
                     "the solver '" + solver + "' does not measure observables; remove this parameter.");
}

void Observables::evaluate(const double *theta, double *values) const
{
  for (const Expression &formula : formulas)
    *values++ = formula(theta);
}
} // namespace rhoflow
