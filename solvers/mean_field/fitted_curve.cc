#include <solvers/mean_field/fitted_curve.h>

#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
FittedCurve::FittedCurve(const LearningProblem &p, const RunDirectory &directory, bool write, std::string first_column)
  : problem(p)
  , first_name(std::move(first_column))
  , map_file(directory.file("decision.csv"))
  , writes(write)
  , inputs(p.curve_inputs())
  , grid(p.map_inputs())
{
  if (!inputs.empty())
    table.emplace_back(directory.file("curve.csv"), write);
}

std::string FittedCurve::column(const std::string &kind, const std::string &name) const
{
  return name == first_name || name == "fit" || name.rfind("network ", 0) == 0 ? kind + " " + name : name;
}

void FittedCurve::set_inputs(Statistics &row, double time, const double *x) const
{
  const auto names   = problem.input_names();
  const auto scaling = problem.input_scaling();
  row.set(first_name, time);
  for (std::size_t c = 0; c < names.size(); ++c)
    row.set(column("input", names[c]), scaling[c].first + scaling[c].second * x[c]);
}

void FittedCurve::add(double time, const std::vector<double> &prediction, const Curves &others)
{
  if (table.empty())
    return;
  const auto [output_mean, output_scale] = problem.output_scaling();
  const std::size_t n_inputs             = problem.input_names().size();
  for (std::size_t k = 0; k < inputs.size() / n_inputs; ++k)
    {
      set_inputs(table.front(), time, &inputs[k * n_inputs]);
      table.front().set(column("output", problem.output_name()), output_mean + output_scale * problem.targets()[k]);
      if (!prediction.empty())
        table.front().set("fit", output_mean + output_scale * prediction[k]);
      for (const auto &[name, values] : others)
        table.front().set(name, output_mean + output_scale * values[k]);
      table.front().finish_row();
    }
}

void FittedCurve::add_map(double time, const std::vector<double> &prediction, const Curves &others)
{
  if (grid.empty() || (prediction.empty() && others.empty()))
    return;
  if (map.empty())
    map.emplace_back(map_file, writes);
  const auto [output_mean, output_scale] = problem.output_scaling();
  for (std::size_t k = 0; k < grid.size() / 2; ++k)
    {
      set_inputs(map.front(), time, &grid[2 * k]);
      if (!prediction.empty())
        map.front().set("fit", output_mean + output_scale * prediction[k]);
      for (const auto &[name, values] : others)
        map.front().set(name, output_mean + output_scale * values[k]);
      map.front().finish_row();
    }
}
void FittedCurve::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put("map of the inputs", static_cast<std::uint64_t>(map.size()));
  for (const auto *const tables : {&table, &map})
    for (const Statistics &one : *tables)
      one.save(checkpoint);
}

void FittedCurve::load(const CheckpointReader &checkpoint)
{
  if (checkpoint.integer("map of the inputs") > 0 && map.empty())
    map.emplace_back(map_file, writes);
  for (auto *const tables : {&table, &map})
    for (Statistics &one : *tables)
      one.load(checkpoint);
}
} // namespace rhoflow
