#include <solvers/model/observables.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>

#include <solvers/base/error.h>

namespace rhoflow
{
namespace
{
const std::string parameter = "Output/Observables";

std::vector<std::string> read(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Output");
  const std::string text = prm.get("Observables");
  prm.leave_subsection();
  return split_outside_parentheses(text, ';', parameter);
}
} // namespace

void Observables::declare(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Output");
  prm.declare_entry("Observables", "", dealii::Patterns::Anything(),
                    "Formulas in the parameters' names, separated by semicolons, such as x > 0; x^2. Each adds a column 'mean "
                    "of' to statistics.csv with its mean over the density or over all particles. Jumps such as x > 0 are "
                    "integrated exactly where they lie between cells of the mesh.");
  prm.leave_subsection();
}

void Observables::parse(dealii::ParameterHandler &prm, const std::vector<std::string> &parameter_names)
{
  texts = read(prm);
  formulas.clear();
  for (auto text = texts.begin(); text != texts.end(); ++text)
    {
      if (text->empty())
        throw InputError(parameter, "a formula is missing between semicolons.");
      if (std::find(texts.begin(), text, *text) != text)
        throw InputError(parameter, "'" + *text + "' is there twice.");
      formulas.emplace_back(*text, parameter_names, parameter);
    }
}

void Observables::refuse(dealii::ParameterHandler &prm, const std::string &solver)
{
  if (!read(prm).empty())
    throw InputError(parameter, "the solver '" + solver + "' does not measure observables; remove this parameter.");
}

void Observables::evaluate(const double *theta, double *values) const
{
  for (const Expression &formula : formulas)
    *values++ = formula(theta);
}
} // namespace rhoflow
