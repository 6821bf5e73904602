#include <postprocess/records/files.h>
#include <postprocess/records/study_record.h>

#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

const char *const table_name = "study.csv";
const char *const fits_name  = "fits.csv";

/// Explains why a directory is none of a study.
[[noreturn]] void refuse(const std::string &directory)
{
  const fs::path    path(directory);
  const std::string quoted = "'" + directory + "'";
  if (directory.empty())
    throw InputError(Refusal::missing, "", "the name of the directory of a study is needed.");
  if (file_exists(path))
    throw InputError(Refusal::unreadable, "", quoted + " is a file; the directory of a study is needed.");
  if (!directory_exists(path))
    throw InputError(Refusal::missing, "", "the directory " + quoted + " does not exist." + did_you_mean_directory(path));
  if (file_exists(path / "provenance.json") || file_exists(path / "parameters_used.prm"))
    throw InputError(Refusal::missing, "", quoted + " is the directory of one run, and not of a study.");
  if (directory_exists(path / "states"))
    throw InputError(Refusal::missing, "",
                     "the study in " + quoted + " has no table " + table_name +
                       " yet: none of its runs has ended. The same command of rhoflow-study goes on with it.");
  throw InputError(Refusal::missing, "",
                   quoted + " holds no study: rhoflow-study leaves " + table_name + ", runs and states in its directory.");
}

/// Lines without an end are left out with a warning.
TextTable read_table(const fs::path &path, std::vector<std::string> &warnings)
{
  TextTable          table;
  std::istringstream stream(contents_of(path));
  std::string        line;
  for (unsigned int number = 1; std::getline(stream, line); ++number)
    {
      if (stream.eof())
        {
          warnings.push_back(path.filename().string() + ": the last line has no end and was left out; the file was cut off.");
          break;
        }
      const auto error = [&](const std::string &message) {
        return InputError(Refusal::damaged, "",
                          path.string() + ":" + std::to_string(number) + ": " + message +
                            " The file is damaged; the command of the study writes it anew from the stored runs.");
      };
      std::vector<std::string> fields;
      if (line.find('\0') != std::string::npos || !split_csv_line(line, fields))
        throw error("this is no line of a table.");
      if (number == 1)
        table.columns = fields;
      else if (fields.size() != table.columns.size())
        throw error("the line has " + std::to_string(fields.size()) + " fields, but the header names " +
                    std::to_string(table.columns.size()) + " columns.");
      else
        table.rows.push_back(fields);
    }
  if (table.columns.empty())
    throw InputError(Refusal::damaged, "",
                     path.string() + " is empty; the command of the study writes it anew from the stored runs.");
  return table;
}

/// "PARAMETER", "PARAMETER from 160", "PARAMETER from 160 to 1280"; the parameter is one of `varied`.
void parse_against(const std::string &text, const std::vector<std::string> &varied, StudyFit &fit)
{
  for (const std::string &name : varied)
    if (name.size() > fit.against.size() && text.rfind(name, 0) == 0 &&
        (text.size() == name.size() || text[name.size()] == ' '))
      fit.against = name;
  if (fit.against.empty())
    throw InputError(Refusal::damaged, "",
                     std::string(fits_name) + ": '" + text +
                       "' is none of the parameters that vary. The file is damaged; the command of the study writes it anew.");
  std::istringstream words(text.substr(fit.against.size()));
  std::string        word, number;
  while (words >> word >> number)
    parse_number(number, word == "from" ? fit.from : fit.to);
}

std::vector<StudyFit> fits_of(const TextTable &table, const std::vector<std::string> &varied)
{
  std::vector<StudyFit> fits;
  for (std::size_t row = 0; row < table.rows.size(); ++row)
    {
      const auto number = [&](const std::string &column) { return table.number(row, column); };
      const auto fitted = [&](const std::string &column) {
        return FittedNumber{number(column), number(column + " lower"), number(column + " upper")};
      };
      StudyFit fit;
      fit.result = table.text(row, "result");
      parse_against(table.text(row, "against"), varied, fit);
      for (const std::string &name : varied)
        if (!table.text(row, name).empty())
          fit.others.emplace_back(name, table.text(row, name));
      fit.n_points                    = static_cast<unsigned int>(number("points"));
      fit.left_out                    = table.text(row, "left out");
      fit.slope                       = fitted("slope");
      fit.prefactor                   = fitted("prefactor");
      fit.prefactor_at_expected_slope = fitted("prefactor at expected slope");
      fit.chi2_per_dof                = number("chi2 per degree of freedom");
      fit.expected_slope              = number("expected slope");
      fit.expected_prefactor          = number("expected prefactor");
      fit.contains_slope              = table.text(row, "interval contains expected slope");
      fit.contains_prefactor          = table.text(row, "interval contains expected prefactor");
      fits.push_back(fit);
    }
  return fits;
}

/// The parameters of section "Vary" of a study file.
std::vector<std::string> varied_of(const ParameterFile &file)
{
  std::vector<std::string> names;
  for (const auto &setting : file.given())
    if (setting.path().rfind("Vary/", 0) == 0)
      {
        std::istringstream list(setting.path().substr(5));
        for (std::string name; std::getline(list, name, '&');)
          names.push_back(trimmed(name));
      }
  return names;
}

/// The study file that was copied into the directory last.
fs::path study_file_in(const fs::path &directory)
{
  fs::path           newest;
  fs::file_time_type time{};
  for (const fs::path &path : entries_of(directory))
    {
      std::error_code error;
      const auto      written = fs::last_write_time(path, error);
      if (path.extension() == ".prm" && file_exists(path) && !error && (newest.empty() || written > time))
        {
          newest = path;
          time   = written;
        }
    }
  return newest;
}

void read_states(StudyRecord &record)
{
  for (const fs::path &path : entries_of(fs::path(record.directory) / "states"))
    {
      double        number;
      std::ifstream file(path);
      StudyRun      run{0, ""};
      if (!parse_number(path.filename().string(), number) || !std::getline(file, run.state) || run.state.empty())
        continue;
      run.number = static_cast<unsigned int>(number);
      record.runs.push_back(run);
    }
  if (record.runs.empty())
    record.warnings.emplace_back("states: how far the single runs got is not known.");
}
} // namespace

bool TextTable::has(const std::string &column) const
{
  return std::find(columns.begin(), columns.end(), column) != columns.end();
}

const std::string &TextTable::text(const std::size_t row, const std::string &column) const
{
  const auto found = std::find(columns.begin(), columns.end(), column);
  if (found == columns.end())
    throw InputError(Refusal::damaged, "",
                     "the table has no column '" + column +
                       "'; it is damaged or of another version, and the command of the study writes it anew.");
  return rows.at(row)[static_cast<std::size_t>(found - columns.begin())];
}

double TextTable::number(const std::size_t row, const std::string &column) const
{
  double value;
  return parse_number(text(row, column), value) ? value : std::numeric_limits<double>::quiet_NaN();
}

std::string short_name(const std::string &path)
{
  return path.substr(path.rfind('/') + 1);
}

bool StudyRecord::is_study(const std::string &directory)
{
  const fs::path path(directory);
  return file_exists(path / table_name) || (directory_exists(path / "states") && directory_exists(path / "runs"));
}

StudyRecord StudyRecord::open(const std::string &directory)
{
  if (!file_exists(fs::path(directory) / table_name))
    refuse(directory);

  StudyRecord record;
  record.directory = directory;
  while (record.directory.size() > 1 && record.directory.back() == '/')
    record.directory.pop_back();
  const fs::path root(record.directory);
  record.name  = fs::absolute(root).lexically_normal().filename().string();
  record.title = record.name;
  record.table = read_table(root / table_name, record.warnings);
  for (const char *const column : {"run", "state"})
    if (!record.table.has(column))
      throw InputError(Refusal::damaged, "",
                       (root / table_name).string() + " has no column '" + column + "', so that no study wrote it.");

  const fs::path study_file = study_file_in(root);
  if (study_file.empty())
    record.warnings.emplace_back("The study file is missing.");
  else
    try
      {
        record.file_name = study_file.filename().string();
        record.file_text = contents_of(study_file);
        const ParameterFile file(record.file_name, record.file_text);
        for (const auto &setting : file.given())
          if (setting.path() == "Title" && !setting.value.empty())
            record.title = setting.value;
        record.varied = varied_of(file);
      }
    catch (const InputError &error)
      {
        record.warnings.emplace_back(error.what());
      }

  TextTable fits;
  if (file_exists(root / fits_name))
    {
      fits             = read_table(root / fits_name, record.warnings);
      const auto begin = std::find(fits.columns.begin(), fits.columns.end(), "against");
      const auto end   = std::find(begin, fits.columns.end(), "points");
      if (end == fits.columns.end())
        throw InputError(Refusal::damaged, "",
                         (root / fits_name).string() + " has no columns 'against' and 'points', so that no study wrote it.");
      // The lines of "Vary" may have come from the command line; the table knows.
      record.varied.assign(begin + 1, end);
      record.fits = fits_of(fits, record.varied);
    }
  const auto unknown = [&](const std::string &name) { return !record.table.has(name); };
  record.varied.erase(std::remove_if(record.varied.begin(), record.varied.end(), unknown), record.varied.end());
  if (record.varied.empty())
    record.warnings.emplace_back("Which columns of study.csv are parameters and which are results is not known without the "
                                 "study file or fits.csv.");
  else
    for (const std::string &name : record.table.columns)
      {
        const std::string suffix   = " standard error";
        const bool        is_error = name.size() > suffix.size() &&
                              name.compare(name.size() - suffix.size(), suffix.size(), suffix) == 0 &&
                              record.table.has(name.substr(0, name.size() - suffix.size()));
        if (name != "run" && name != "state" && name != "reference run" && !is_error &&
            std::count(record.varied.begin(), record.varied.end(), name) == 0)
          record.results.push_back(name);
      }
  read_states(record);
  return record;
}

std::vector<double> StudyRecord::column(const std::string &heading) const
{
  std::vector<double> values(table.rows.size());
  for (std::size_t row = 0; row < values.size(); ++row)
    values[row] = table.number(row, heading);
  return values;
}

std::vector<double> StudyRecord::standard_errors(const std::string &result) const
{
  const std::string errors = result + " standard error";
  return table.has(errors) ? column(errors) : std::vector<double>();
}
} // namespace rhoflow
