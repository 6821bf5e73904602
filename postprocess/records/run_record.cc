#include <postprocess/records/files.h>
#include <postprocess/records/run_record.h>
#include <solvers/base/error.h>
#include <solvers/base/files/renamed_columns.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/time_series_record.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>
#include <solvers/registry/registry.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

const char *const provenance_name = "provenance.json";
const char *const parameters_name = "parameters_used.prm";
const char *const table_names[]   = {"statistics", "comparison", "replicas",   "paths", "curve",
                                     "decision",   "relaxation", "throughput", "timing"};

constexpr std::size_t max_listed = 5; ///< names of files and directories in a message

bool holds_a_run(const fs::path &path)
{
  return file_exists(path / provenance_name) || file_exists(path / parameters_name);
}

/// Names of the entries of a directory.
std::vector<std::string> names_in(const fs::path &path)
{
  std::vector<std::string> names;
  for (const fs::path &entry : entries_of(path))
    names.push_back(entry.filename().string());
  return names;
}

/// Explains why a directory is none of a run.
[[noreturn]] void refuse(const std::string &directory)
{
  const fs::path    path(directory);
  std::error_code   ignored;
  const std::string quoted = "'" + directory + "'";
  if (directory.empty())
    throw InputError(Refusal::missing, "", "the name of the directory of a run is needed.");
  if (file_exists(path))
    throw InputError(Refusal::unreadable, "",
                     quoted + " is a file; the directory of a run is needed" +
                       (holds_a_run(path.parent_path().empty() ? fs::path(".") : path.parent_path()) ?
                          ", such as the one that it is in." :
                          "."));
  if (!directory_exists(path))
    throw InputError(Refusal::missing, "", "the directory " + quoted + " does not exist." + did_you_mean_directory(path));
  const std::vector<std::string> names = names_in(path);
  if (names.empty())
    throw InputError(Refusal::missing, "",
                     "the directory " + quoted + " is empty (or cannot be read); a run of rhoflow leaves " + provenance_name +
                       ", " + parameters_name + " and statistics.csv in its directory.");
  if (file_exists(path / "study.csv") || (directory_exists(path / "states") && directory_exists(path / "runs")))
    {
      std::vector<std::string> runs;
      for (const std::string &name : names_in(path / "runs"))
        if (holds_a_run(path / "runs" / name))
          runs.push_back("runs/" + name);
      throw InputError(Refusal::missing, "",
                       quoted + " is the directory of a study, and not of one run. " +
                         (runs.empty() ? "None of its runs has begun." : "Its runs: " + listed(runs, max_listed) + "."));
    }
  std::vector<std::string> runs;
  for (const std::string &name : names)
    if (holds_a_run(path / name))
      runs.push_back((path / name).string());
  if (!runs.empty())
    throw InputError(Refusal::missing, "",
                     quoted + " is not a run, but a directory that holds runs: " + listed(runs, max_listed) + ".");
  throw InputError(Refusal::missing, "",
                   quoted + " holds no run of rhoflow: neither " + provenance_name + " nor " + parameters_name +
                     " is there, but " + listed(names, max_listed) + ".");
}

/// What to do about a damaged record.
const std::string remedy = " Run the calculation again, or restore the file.";

/// parameters_used.prm as parameters_text() writes it: a comment "# default: STANDARD" stands where the value is another one.
std::vector<UsedParameter> parse_parameters(const std::string &text, const std::string &name)
{
  const std::string          marker = " default:";
  std::vector<UsedParameter> parameters;
  if (!text.empty() && text.back() != '\n')
    throw InputError(Refusal::damaged, "",
                     name + ":" + std::to_string(1 + std::count(text.begin(), text.end(), '\n')) +
                       ": the line has no end. The file was cut off." + remedy);
  try
    {
      const ParameterFile file(name, text);
      for (const ParameterFile::Setting &setting : file.given())
        {
          UsedParameter parameter{setting.path(), setting.value, setting.value, true};
          if (setting.comment.compare(0, marker.size(), marker) == 0)
            {
              parameter.standard    = trimmed(setting.comment.substr(marker.size()));
              parameter.is_standard = false;
            }
          parameters.push_back(parameter);
        }
    }
  catch (const InputError &error)
    {
      throw InputError(Refusal::damaged, "", std::string(error.what()) + " The file is damaged." + remedy);
    }
  return parameters;
}

Provenance read_provenance(const fs::path &path)
{
  const std::string text = contents_of(path);
  try
    {
      return Provenance::parse(text);
    }
  catch (const std::runtime_error &error)
    {
      throw InputError(Refusal::damaged, "", path.string() + " is damaged or was cut off (" + error.what() + ")." + remedy);
    }
}

/// Entries of a ParaView collection. One that was cut off is read up to its last complete entry.
std::vector<TimeStep> read_collection(const fs::path &path, std::vector<std::string> &warnings)
{
  const std::string            name    = path.filename().string();
  bool                         cut_off = false;
  std::vector<TimeSeriesEntry> entries;
  try
    {
      entries = read_time_series(path.string(), cut_off);
    }
  catch (const InputError &error)
    {
      warnings.push_back(name + " cannot be read and was left out: " + error.what());
      return {};
    }
  if (cut_off)
    warnings.push_back(name + " was cut off; its complete entries are used.");

  std::vector<TimeStep>    steps;
  std::vector<std::string> missing;
  for (const TimeSeriesEntry &entry : entries)
    {
      const TimeStep  step{entry.time, (path.parent_path() / entry.file).string()};
      std::error_code ignored;
      if (!file_exists(step.file) || fs::file_size(step.file, ignored) == 0)
        missing.push_back(entry.file);
      else
        steps.push_back(step);
    }
  if (!missing.empty())
    warnings.push_back(name + ": " + std::to_string(missing.size()) + " of " + std::to_string(entries.size()) +
                       " files are missing or empty and were left out: " + listed(missing, 3) + ".");
  std::stable_sort(steps.begin(), steps.end(), [](const TimeStep &a, const TimeStep &b) { return a.time < b.time; });
  return steps;
}

void read_tables(const fs::path &path, RunRecord &record)
{
  for (const char *const name : table_names)
    {
      const fs::path file = path / (std::string(name) + ".csv");
      if (!file_exists(file))
        continue;
      std::string dropped;
      CsvTable    table = read_growing_csv(contents_of(file), file.string(), "", dropped);
      rename_columns(table.columns);
      if (!dropped.empty())
        record.warnings.push_back(dropped.substr(path.string().size() + 1));
      if (table.columns.empty())
        record.warnings.push_back(file.filename().string() + " is empty.");
      else if (table.rows.empty())
        record.warnings.push_back(file.filename().string() + " has no rows yet.");
      if (!table.rows.empty())
        record.tables.emplace(name, std::move(table));
    }
  if (!file_exists(path / "statistics.csv"))
    record.warnings.push_back("statistics.csv is missing: the run ended before its first row, or the file was removed.");
}

std::vector<std::string> coordinates_of(const RunRecord &record)
{
  std::vector<std::string> names;
  if (record.has("statistics"))
    for (const std::string &column : record.tables.at("statistics").columns)
      if (column.rfind("mean ", 0) == 0)
        {
          const std::string name = column.substr(5);
          if (record.has("statistics", "covariance " + name + " " + name) || record.has("statistics", "deviation " + name))
            names.push_back(name);
        }
  return names;
}
} // namespace

RunRecord RunRecord::open(const std::string &given)
{
  RunRecord record;
  record.directory = given;
  while (record.directory.size() > 1 && record.directory.back() == '/')
    record.directory.pop_back();
  const fs::path path(record.directory);
  if (record.directory.empty() || !directory_exists(path) || !holds_a_run(path))
    refuse(record.directory);
  for (const char *const name : {provenance_name, parameters_name})
    if (!file_exists(path / name))
      throw InputError(Refusal::missing, "",
                       "'" + record.directory + "' is incomplete: " + name +
                         " is missing, which every run of rhoflow writes at its start. Restore it, or run again.");

  // "runs/a/." ends in an empty part.
  fs::path absolute = fs::absolute(path).lexically_normal();
  record.name       = (absolute.has_filename() ? absolute : absolute.parent_path()).filename().string();
  record.provenance = read_provenance(path / provenance_name);
  record.parameters = parse_parameters(contents_of(path / parameters_name), (path / parameters_name).string());
  record.solver     = record.parameter("Solver");
  if (const SolverEntry *const entry = registry().find(record.solver))
    record.traits = entry->traits;
  if (record.solver.empty())
    throw InputError(Refusal::damaged, "",
                     (path / parameters_name).string() + " names no Solver. The file is damaged; restore it, or run again.");
  record.title = record.parameter("Title").empty() ? record.name : record.parameter("Title");
  if (file_exists(path / "log.txt"))
    record.log = contents_of(path / "log.txt");

  read_tables(path, record);
  const auto steps = [&](const char *const name) {
    return file_exists(path / name) ? read_collection(path / name, record.warnings) : std::vector<TimeStep>();
  };
  record.density   = steps("density.pvd");
  record.particles = steps("particles.pvd");
  record.points    = steps("points.pvd");
  std::error_code ignored;
  if (!file_exists(path / "density.pvd") && file_exists(path / "density.vtu") &&
      fs::file_size(path / "density.vtu", ignored) > 0)
    {
      const bool   by_temperature = record.has("statistics", "inverse temperature");
      const double at             = by_temperature ? record.column("statistics", "inverse temperature").back() : 0.;
      record.density.push_back({at, (path / "density.vtu").string()});
    }
  if (record.density.empty() && file_exists(path / "density.xdmf"))
    record.warnings.push_back("The density is in density.xdmf, which ParaView reads and these pictures do not: a run with "
                              "'Output/Format = VTU, XDMF' has it in both formats.");
  record.coordinates = coordinates_of(record);
  return record;
}

bool RunRecord::has(const std::string &table, const std::string &column) const
{
  const auto found = tables.find(table);
  return found != tables.end() &&
         std::find(found->second.columns.begin(), found->second.columns.end(), column) != found->second.columns.end();
}

std::vector<double> RunRecord::column(const std::string &table, const std::string &column) const
{
  const auto found = tables.find(table);
  if (found == tables.end())
    throw InputError(Refusal::missing, "", "'" + directory + "' has no table " + table + ".csv.");
  const unsigned int  index = found->second.column(column, "");
  std::vector<double> values;
  for (const auto &row : found->second.rows)
    values.push_back(row[index]);
  return values;
}

std::string RunRecord::parameter(const std::string &path) const
{
  for (const UsedParameter &parameter : parameters)
    if (parameter.path == path)
      return parameter.value;
  return "";
}
} // namespace rhoflow
