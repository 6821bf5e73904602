#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/single_run.h>
#include <solvers/study/plan.h>
#include <solvers/study/value_list.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>

namespace rhoflow
{
namespace
{
/// Numbers in one spelling, so that 1e-3 and 0.001 are the same run.
std::string normalized(const std::string &value)
{
  std::string result;
  for (const std::string &piece : split(value, ","))
    {
      double     number;
      const bool is_long = piece.size() > 15 && piece.find_first_not_of("0123456789") == std::string::npos; // a seed
      result += (result.empty() ? "" : ", ") + (!is_long && parse_number(piece, number) ? number_text(number) : piece);
    }
  return result;
}

/// All parameters but those that no result depends on, a line for each.
std::string identity_of(dealii::ParameterHandler &parameters, const std::vector<DeclaredParameter> &declared)
{
  std::string identity;
  for (const DeclaredParameter &parameter : declared)
    {
      const std::string path = parameter.path();
      if (path == "Output directory" || path == "Overwrite" || path == "Title" || parameter.section == "Checkpoint")
        continue;
      const auto sections = dealii::Utilities::split_string_list(parameter.section, '/');
      for (const std::string &section : sections)
        parameters.enter_subsection(section);
      identity += path + " = " + normalized(parameters.get(parameter.name)) + "\n";
      for (std::size_t i = 0; i < sections.size(); ++i)
        parameters.leave_subsection();
    }
  return identity;
}
} // namespace

Plan::Plan(const Registry &registry, const StudyFile &study, const ParameterFile &base)
{
  const bool                          referred = !study.reference.empty();
  std::map<unsigned int, std::string> labels; // of the rows' runs
  PlannedRow                          row;
  row.choices.assign(study.axes.size(), 0);
  while (true)
    {
      std::vector<Change> changes = study.fixed;
      std::string         label;
      row.values.clear();
      for (std::size_t a = 0; a < study.axes.size(); ++a)
        for (std::size_t n = 0; n < study.axes[a].names.size(); ++n)
          {
            row.values.push_back(study.axes[a].values[row.choices[a]][n]);
            changes.push_back({study.axes[a].names[n], row.values.back(), study.axes[a].where});
            label += (label.empty() ? "" : ", ") + changes.back().path + " = " + changes.back().value;
          }
      const std::vector<Change> own = changes;
      if (referred)
        {
          changes.insert(changes.end(), study.reference.begin(), study.reference.end());
          row.reference = static_cast<int>(add(registry, changes, "reference of " + label, base));
        }
      row.run = add(registry, own, label, base);
      if (const auto [place, is_new] = labels.emplace(row.run, label); !is_new)
        throw InputError(Refusal::repeated, "",
                         study.axes.back().where + ": '" + place->second + "' and '" + label +
                           "' are the same run, which the table and fits would count twice. Vary parameters that "
                           "results depend on, and list each value once.");
      rows.push_back(row);

      // The last axis runs fastest.
      std::size_t axis = study.axes.size();
      while (axis > 0 && ++row.choices[axis - 1] == study.axes[axis - 1].values.size())
        row.choices[--axis] = 0;
      if (axis == 0)
        return;
    }
}

unsigned int Plan::add(const Registry &registry, const std::vector<Change> &changes, const std::string &label,
                       const ParameterFile &base)
{
  PlannedRun run;
  run.label   = label;
  run.changes = changes;
  SingleRun                 single(registry, parameter_file_of(base, run, ""));
  dealii::ParameterHandler &parameters = single.parameters();
  run.identity                         = identity_of(parameters, declared_parameters(parameters));
  const auto [place, is_new]           = known.emplace(run.identity, static_cast<unsigned int>(runs.size()));
  if (is_new)
    runs.push_back(run);
  return place->second;
}

ParameterFile parameter_file_of(const ParameterFile &base, const PlannedRun &run, const std::string &directory)
{
  ParameterFile file = base;
  // Nobody goes on with the hundreds of runs of a study, and their final states would be most of what is on disk.
  const std::string at_the_end = "Checkpoint/At the end";
  const auto        is_that    = [&](const auto &given) { return given.path() == at_the_end; };
  if (std::none_of(base.given().begin(), base.given().end(), is_that))
    file.set(at_the_end, "false", "the study");
  for (const Change &change : run.changes)
    file.set(change.path, change.value, change.where);
  file.set("Output directory", directory, "the study");
  file.set("Overwrite", "false", "the study");
  return file;
}
} // namespace rhoflow
