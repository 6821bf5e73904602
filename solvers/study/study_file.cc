#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>
#include <solvers/study/study_file.h>
#include <solvers/study/value_list.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <map>

namespace rhoflow
{
namespace
{
const std::vector<std::string> top_names     = {"Title", "Base file", "Output directory", "Ranks per run"};
const std::vector<std::string> section_names = {"Fix", "Vary", "Reference", "Results", "Fits"};

InputError error_at(const Refusal why, const Change &setting, const std::string &message)
{
  return InputError(why, "", setting.where + ": " + message);
}

std::string choices(const std::string &word, const std::vector<std::string> &names)
{
  return did_you_mean(word, names) + " Valid:" + (names.empty() ? "" : " ") + listed_in_quotes(names) + ".";
}

/// Messages of the grammar get the line in front.
template <typename Work>
auto located(const Change &setting, const Work &work)
{
  try
    {
      return work();
    }
  catch (const InputError &error)
    {
      throw InputError(error.why, "", setting.where + ": " + error.what());
    }
}

/// The settings with their full paths in the order of the file; of several with one path the last (that of the command line)
/// counts.
std::vector<Change> settings_of(const ParameterFile &file)
{
  std::vector<Change> settings;
  for (const auto &given : file.given())
    {
      if (given.where != "command line" && given.section.find('/') != std::string::npos &&
          given.name.find('&') != std::string::npos)
        throw InputError(Refusal::malformed, "",
                         given.where +
                           ": names that vary together are written with their sections, such as 'Particles/Number of "
                           "neurons & Particles/Step size', and not inside a subsection of 'Vary'.");
      const auto same = std::find_if(settings.begin(), settings.end(),
                                     [&](const Change &other) { return other.path == given.path(); });
      if (same == settings.end())
        settings.push_back({given.path(), given.value, given.where});
      else if (given.where != "command line")
        throw InputError(Refusal::repeated, "",
                         given.where + ": '" + given.path() + "' was set before, at " + same->where +
                           "; remove one of the two.");
      else
        *same = {given.path(), given.value, given.where};
    }
  return settings;
}

/// These belong to the driver.
void refuse_own(const Change &setting, const std::string &name)
{
  if (name == "Output directory" || name == "Overwrite")
    throw error_at(Refusal::unsupported, setting,
                   "'" + name +
                     "' of the runs is chosen by the study; 'Output directory' outside any subsection is that "
                     "of the study.");
}
} // namespace

StudyFile::StudyFile(const ParameterFile &file)
{
  namespace fs                = std::filesystem;
  const std::string directory = fs::path(file.name()).parent_path().string();
  // Fits speak of results and varied parameters, which may stand behind them.
  std::vector<Change> fit_settings;
  for (const Change &setting : settings_of(file))
    {
      const auto   slash   = setting.path.find('/');
      const auto   section = setting.path.substr(0, slash);
      const Change rest{slash == std::string::npos ? "" : setting.path.substr(slash + 1), setting.value, setting.where};
      if (slash == std::string::npos)
        set_top(setting, directory);
      else if (section == "Fix" || section == "Reference")
        {
          refuse_own(rest, rest.path);
          (section == "Fix" ? fixed : reference).push_back(rest);
        }
      else if (section == "Vary")
        add_axis(rest);
      else if (section == "Results")
        add_result(rest);
      else if (section == "Fits")
        fit_settings.push_back(rest);
      else
        throw error_at(Refusal::unknown_name, setting, "unknown section '" + section + "'." + choices(section, section_names));
    }
  for (const Change &setting : fit_settings)
    add_fit(setting);
  if (output_directory.empty())
    output_directory = "runs/" + name_of_parameter_file(file.name());
  check(file.name());
}

std::vector<std::string> StudyFile::varied() const
{
  std::vector<std::string> names;
  for (const Axis &axis : axes)
    names.insert(names.end(), axis.names.begin(), axis.names.end());
  return names;
}

void StudyFile::set_top(const Change &setting, const std::string &directory)
{
  if (setting.path == "Title")
    title = setting.value;
  else if (setting.path == "Base file")
    base_file = setting.value.empty() ? "" : (std::filesystem::path(directory) / setting.value).lexically_normal().string();
  else if (setting.path == "Output directory")
    output_directory = setting.value;
  else if (setting.path == "Ranks per run")
    {
      double     number    = 0.;
      const bool is_number = parse_number(setting.value, number);
      if (!is_number || !(number >= 1. && number <= 1e6) || number != std::floor(number))
        throw error_at(is_number ? Refusal::out_of_range : Refusal::malformed, setting,
                       "Ranks per run: '" + setting.value + "' is not valid; expected: a whole number of at least 1.");
      ranks_per_run = static_cast<unsigned int>(number);
    }
  else
    throw error_at(Refusal::unknown_name, setting,
                   "unknown parameter '" + setting.path + "' of a study." + choices(setting.path, top_names) +
                     " Parameters of the runs belong into the subsections 'Fix', 'Vary' and 'Reference'.");
}

void StudyFile::add_axis(const Change &setting)
{
  Axis axis;
  axis.where = setting.where;
  axis.names = split(setting.path, "&");
  for (const std::string &name : axis.names)
    {
      if (name.empty())
        throw error_at(Refusal::malformed, setting, "a name is missing in '" + setting.path + "'.");
      refuse_own(setting, name);
      if (std::count(axis.names.begin(), axis.names.end(), name) > 1)
        throw error_at(Refusal::repeated, setting, "'" + name + "' is named twice.");
      for (const Axis &other : axes)
        if (std::count(other.names.begin(), other.names.end(), name) > 0)
          throw error_at(Refusal::repeated, setting,
                         "'" + name + "' is varied already, at " + other.where +
                           "; a value replaces that one if it has all its names in the same order.");
    }
  axis.values = located(setting,
                        [&]() { return parse_joint_list(setting.value, static_cast<unsigned int>(axis.names.size())); });
  std::map<std::vector<std::string>, std::string> listed;
  for (const auto &values : axis.values)
    {
      std::vector<std::string> meaning;
      std::string              text;
      for (std::size_t n = 0; n < values.size(); ++n)
        {
          const std::string &name    = axis.names[n];
          const bool         is_text = name == "Title" || name == "Data/CSV file";
          meaning.push_back(is_text ? values[n] : canonical_value(values[n]));
          text += (n == 0 ? "" : " & ") + values[n];
        }
      const auto [place, is_new] = listed.emplace(meaning, text);
      if (!is_new)
        throw error_at(Refusal::repeated, setting,
                       "'" + text + "' is listed twice" +
                         (place->second == text ? "" : ", before as '" + place->second + "', which is the same value") +
                         ". Fits would count it as two points; remove one of the two.");
    }
  axes.push_back(axis);
}

void StudyFile::add_result(const Change &setting)
{
  for (const char *ending : {" standard error", " against "})
    if (setting.path.find(ending) != std::string::npos)
      throw error_at(Refusal::malformed, setting,
                     "the name of a result must not contain '" + trimmed(ending) + "', which has a meaning in the tables.");
  results.push_back({setting.path, located(setting, [&]() { return Pipeline::parse(setting.value); }), setting.where});
}

void StudyFile::add_fit(const Change &setting)
{
  auto names = split(setting.path, " against ");
  if (names.size() != 2)
    throw error_at(Refusal::malformed, setting, "'" + setting.path + "' must have the form 'RESULT against PARAMETER'.");
  FitLine fit;
  if (const auto from = names[1].find(" from "); from != std::string::npos)
    {
      const auto range = split(names[1].substr(from + 6), " to ");
      if (range.size() > 2 || !parse_number(range[0], fit.from) || (range.size() == 2 && !parse_number(range[1], fit.to)) ||
          !(fit.from < fit.to))
        throw error_at(Refusal::malformed, setting,
                       "'" + setting.path +
                         "' must have the form 'RESULT against PARAMETER from NUMBER' or '... from "
                         "NUMBER to NUMBER'.");
      names[1] = trimmed(names[1].substr(0, from));
    }
  std::vector<std::string> known;
  for (const ResultLine &result : results)
    known.push_back(result.name);
  const auto found = std::find(known.begin(), known.end(), names[0]);
  if (found == known.end())
    throw error_at(Refusal::unknown_name, setting, "there is no result '" + names[0] + "'." + choices(names[0], known));
  fit.name     = setting.path;
  fit.result   = static_cast<unsigned int>(found - known.begin());
  fit.abscissa = names[1];
  fit.axis     = static_cast<unsigned int>(axes.size());
  for (unsigned int a = 0; a < axes.size(); ++a)
    if (std::count(axes[a].names.begin(), axes[a].names.end(), fit.abscissa) > 0)
      fit.axis = a;
  if (fit.axis == axes.size())
    throw error_at(Refusal::unknown_name, setting, "'" + names[1] + "' is not varied." + choices(names[1], varied()));

  const auto column = static_cast<std::size_t>(
    std::find(axes[fit.axis].names.begin(), axes[fit.axis].names.end(), fit.abscissa) - axes[fit.axis].names.begin());
  for (const auto &values : axes[fit.axis].values)
    if (double x; !parse_number(values[column], x) || !(x > 0.) || !std::isfinite(x))
      throw error_at(Refusal::out_of_range, setting,
                     "'" + values[column] + "' of '" + fit.abscissa +
                       "' has no logarithm: a fit needs positive numbers to go along.");

  const auto numbers = setting.value.empty() ? std::vector<std::string>() : split(setting.value, ",");
  double     slope = 0., prefactor = 1.;
  if (numbers.size() > 2 || (!numbers.empty() && (!parse_number(numbers[0], slope) || !std::isfinite(slope))) ||
      (numbers.size() == 2 && (!parse_number(numbers[1], prefactor) || !(prefactor > 0.) || !std::isfinite(prefactor))))
    throw error_at(Refusal::malformed, setting,
                   "'" + setting.value +
                     "' is not valid; expected: the slope, or the slope, a comma and the expected (positive) "
                     "prefactor, or nothing.");
  if (!numbers.empty())
    fit.slope = slope;
  if (numbers.size() == 2)
    fit.prefactor = prefactor;
  fits.push_back(fit);
}

void StudyFile::check(const std::string &file_name) const
{
  if (base_file.empty())
    throw InputError(Refusal::missing, "",
                     file_name + ": 'Base file' is missing: the parameter file that all runs begin with.");
  if (axes.empty())
    throw InputError(Refusal::missing, "", file_name + ": section 'Vary' is missing or empty: there is nothing to study.");
  double combinations = 1.;
  for (const Axis &axis : axes)
    combinations *= static_cast<double>(axis.values.size());
  if (combinations > 1e5)
    throw InputError(Refusal::too_large, "", file_name + ": there would be more than 100000 runs.");
  const auto names = varied();
  for (const Change &change : fixed)
    if (std::count(names.begin(), names.end(), change.path) > 0)
      throw error_at(Refusal::repeated, change, "'" + change.path + "' is in section 'Vary' as well; remove one of the two.");
  const bool used = std::any_of(results.begin(), results.end(),
                                [](const ResultLine &result) { return result.pipeline.uses_reference(); });
  if (used && reference.empty())
    for (const ResultLine &result : results)
      if (result.pipeline.uses_reference())
        throw InputError(Refusal::missing, "",
                         result.where + ": '" + result.name +
                           "' speaks of a reference, but there is no section 'Reference' that says what it is.");
  if (!used && !reference.empty())
    throw error_at(Refusal::no_effect, reference.front(),
                   "section 'Reference' is given, but no result has a 'reference' in it.");
}
} // namespace rhoflow
