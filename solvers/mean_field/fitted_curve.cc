#include <solvers/mean_field/fitted_curve.h>

#include <solvers/base/run_directory.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
FittedCurve::FittedCurve(const LearningProblem &p, const RunDirectory &directory, bool write, std::string first_column)
  : problem(p)
  , first_name(std::move(first_column))
  , inputs(p.curve_inputs())
{
  if (!inputs.empty())
    table.emplace_back(directory.file("curve.csv"), write);
}

void FittedCurve::add(double time, const std::vector<double> &prediction, const Curves &others)
{
  if (table.empty())
    return;
  const auto [input_mean, input_scale]   = problem.input_scaling();
  const auto [output_mean, output_scale] = problem.output_scaling();
  for (std::size_t k = 0; k < inputs.size(); ++k)
    {
      table.front().set(first_name, time);
      table.front().set(problem.input_name(), input_mean + input_scale * inputs[k]);
      table.front().set(problem.output_name(), output_mean + output_scale * problem.targets()[k]);
      if (!prediction.empty())
        table.front().set("fit", output_mean + output_scale * prediction[k]);
      for (const auto &[name, values] : others)
        table.front().set(name, output_mean + output_scale * values[k]);
      table.front().finish_row();
    }
}
} // namespace rhoflow
