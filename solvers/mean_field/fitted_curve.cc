#include <solvers/mean_field/fitted_curve.h>

#include <solvers/base/run_directory.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
FittedCurve::FittedCurve(const LearningProblem &p, const RunDirectory &directory, bool write)
  : problem(p)
  , inputs(p.curve_inputs())
{
  if (!inputs.empty())
    table.emplace_back(directory.file("curve.csv"), write);
}

void FittedCurve::add(double time, const std::vector<double> &prediction)
{
  if (table.empty())
    return;
  const auto [input_mean, input_scale]   = problem.input_scaling();
  const auto [output_mean, output_scale] = problem.output_scaling();
  for (std::size_t k = 0; k < inputs.size(); ++k)
    {
      table.front().set("time", time);
      table.front().set(problem.input_name(), input_mean + input_scale * inputs[k]);
      table.front().set(problem.output_name(), output_mean + output_scale * problem.targets()[k]);
      table.front().set("fit", output_mean + output_scale * prediction[k]);
      table.front().finish_row();
    }
}
} // namespace rhoflow
