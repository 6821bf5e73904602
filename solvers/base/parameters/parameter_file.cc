#include <solvers/base/byte_text.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/declarations.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/parameter_line.h>
#include <solvers/base/spelling.h>
#include <solvers/base/text.h>
#include <solvers/base/utf8.h>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <set>
#include <sstream>
#include <stdexcept>

namespace rhoflow
{
namespace
{
/// All sections that hold parameters, and the sections around them.
std::set<std::string> sections_of(const std::vector<Declaration> &declarations)
{
  std::set<std::string> sections{""};
  for (const Declaration &declaration : declarations)
    for (std::string section = declaration.parameter.section; !section.empty();)
      {
        sections.insert(section);
        const auto slash = section.rfind('/');
        section          = slash == std::string::npos ? "" : section.substr(0, slash);
      }
  return sections;
}

InputError unknown_section(const std::string &where, const std::string &section, const std::set<std::string> &sections)
{
  std::vector<std::string> names(std::next(sections.begin()), sections.end());
  return InputError(Refusal::unknown_name, "",
                    where + ": unknown section '" + section + "'." + did_you_mean(section, names) +
                      " Valid sections: " + listed_in_quotes(names) + ".");
}

InputError unknown_parameter(const std::string &where, const std::string &section, const std::string &name,
                             const std::vector<Declaration> &declarations)
{
  std::vector<std::string> here;
  std::string              elsewhere;
  for (const Declaration &declaration : declarations)
    if (declaration.parameter.section == section)
      here.push_back(declaration.parameter.name);
    else if (declaration.parameter.name == name)
      elsewhere = declaration.parameter.section;

  std::string hint = did_you_mean(name, here);
  if (hint.empty())
    for (const Declaration &declaration : declarations)
      if (declaration.parameter.name == name)
        hint = declaration.parameter.section.empty() ? " '" + name + "' belongs outside any subsection." :
                                                       " '" + name + "' belongs into subsection '" + elsewhere + "'.";
  return InputError(Refusal::unknown_name, "",
                    where + ": unknown parameter '" + (section.empty() ? name : section + "/" + name) + "'." + hint +
                      " Valid names here: " + listed_in_quotes(here) + ".");
}

/// 1e6 and 2.0 are whole numbers too. Every element of a list is looked at.
std::string whole_numbers_spelled_out(const std::string &value)
{
  std::string result;
  std::size_t begin = 0;
  while (begin <= value.size())
    {
      const auto        end     = std::min(value.find_first_of(",;", begin), value.size());
      const std::string element = value.substr(begin, end - begin);
      double            number;
      if (element.find_first_of(".eE") != std::string::npos && parse_number(trimmed(element), number) &&
          std::abs(number) < 0x1p63 && number == std::floor(number))
        result += std::to_string(static_cast<long long>(number));
      else
        result += element;
      if (end < value.size())
        result += value[end];
      begin = end + 1;
    }
  return result;
}

/// Why a value does not match a pattern of deal.II's. A list of numbers has one that is outside its limits, or too few or too
/// many.
Refusal why_unmatched(const std::string &pattern, const std::string &value)
{
  if (trimmed(value).empty())
    return Refusal::missing;
  if (pattern.rfind("[Selection ", 0) == 0 || pattern.rfind("[MultipleSelection ", 0) == 0)
    return Refusal::unknown_name;
  const bool whole = pattern.find("[Integer") != std::string::npos;
  if (!whole && pattern.find("[Double") == std::string::npos)
    return Refusal::malformed;
  for (std::size_t begin = 0, end = 0; begin <= value.size(); begin = end + 1)
    {
      end           = std::min(value.find_first_of(",;", begin), value.size());
      double number = 0.;
      if (!parse_number(trimmed(value.substr(begin, end - begin)), number) || std::isnan(number) ||
          (whole && number != std::floor(number)))
        return Refusal::malformed;
    }
  return Refusal::out_of_range;
}

/// Keywords and names may be separated by any white space.
std::string single_spaced(const std::string &text)
{
  std::istringstream words(text);
  std::string        word, result;
  while (words >> word)
    result += (result.empty() ? "" : " ") + word;
  return result;
}

/// Throws InputError if the value is not one line of text: a file could not hold it as it is.
void refuse_control_characters(const std::string &value, const std::string &where, const std::string &path)
{
  if (std::any_of(value.begin(), value.end(), [](const unsigned char c) { return (c < 0x20 && c != '\t') || c == 0x7f; }))
    throw InputError(Refusal::malformed, "",
                     where + ": " + path +
                       ": the value has a line end or another control character; a value is one line of text. Write a "
                       "blank in its place, or %0A in a name that begins with 'bytes:'.");
}

/// What a text in a file or on the command line sets a parameter to.
ParameterFile::Setting setting_at(const std::string &where, const std::string &section, const std::string &name,
                                  const std::string &text)
{
  try
    {
      const std::string value = value_of_text(text);
      return {section, name, value, where, value != text};
    }
  catch (const std::runtime_error &error)
    {
      throw InputError(Refusal::malformed, "",
                       where + ": " + error.what() +
                         "; 'bytes:' stands before a name in which %HH is the byte with that "
                         "hexadecimal number, and %25 a per cent sign.");
    }
}

/// Old systems end lines by CR alone.
std::string with_line_feeds(std::string text)
{
  if (text.find('\n') == std::string::npos)
    std::replace(text.begin(), text.end(), '\r', '\n');
  return text;
}

bool takes_keyword(std::string &line, const std::string &keyword)
{
  std::string beginning = line.substr(0, keyword.size());
  std::transform(beginning.begin(), beginning.end(), beginning.begin(),
                 [](const unsigned char c) { return static_cast<char>(std::tolower(c)); });
  if (beginning != keyword || (line.size() > keyword.size() && line[keyword.size()] != ' ' && line[keyword.size()] != '\t'))
    return false;
  line = trimmed(line.substr(keyword.size()));
  return true;
}
} // namespace

ParameterFile ParameterFile::read(const std::string &path, const MPI_Comm communicator)
{
  namespace fs                   = std::filesystem;
  constexpr unsigned int largest = 16; // MiB, a thousand times what shipped files have
  std::string            error, text;
  Refusal                why = Refusal::unreadable;
  if (dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
    {
      std::error_code ignored;
      std::ifstream   file;
      if (fs::is_regular_file(path, ignored)) // to open a pipe could take for ever
        file.open(path, std::ios::binary);
      if (!fs::exists(path, ignored))
        {
          why   = Refusal::missing;
          error = "the parameter file '" + path + "' does not exist.";
        }
      else if (fs::is_directory(path, ignored))
        error = "'" + path + "' is a directory; the name of a parameter file is needed.";
      else if (!fs::is_regular_file(path, ignored))
        error = "'" + path + "' is a device or a pipe; the name of a parameter file is needed.";
      else if (fs::file_size(path, ignored) > largest * 0x100000)
        {
          why   = Refusal::too_large;
          error = "the file '" + path + "' has more than " + std::to_string(largest) + " MiB: this is no parameter file.";
        }
      else if (!file.is_open())
        error = "the parameter file '" + path + "' cannot be read.";
      else
        {
          std::ostringstream contents;
          contents << file.rdbuf();
          text = contents.str();
        }
    }
  error = dealii::Utilities::MPI::broadcast(communicator, error);
  if (!error.empty())
    throw InputError(static_cast<Refusal>(dealii::Utilities::MPI::broadcast(communicator, static_cast<int>(why))), "", error);
  return ParameterFile(path, dealii::Utilities::MPI::broadcast(communicator, text));
}

ParameterFile::ParameterFile(std::string name, const std::string &text)
  : file_name(std::move(name))
{
  constexpr unsigned int             max_nested = 100;
  std::vector<Subsection>            open;
  std::map<std::string, std::string> set_at;
  std::istringstream                 lines(with_line_feeds(text.rfind("\xef\xbb\xbf", 0) == 0 ? text.substr(3) : text));
  std::string                        physical;
  unsigned int                       number = 0;
  while (std::getline(lines, physical))
    {
      ++number;
      const std::string where = file_name + ":" + std::to_string(number);
      std::string       line, comment;
      while (true)
        {
          if (first_invalid_byte(physical) != std::string::npos)
            throw InputError(Refusal::malformed, "",
                             file_name + ":" + std::to_string(number) +
                               ": the line has bytes that are not UTF-8 text; save the file as UTF-8.");
          const ParameterLine piece(physical);
          // A comment line does not end what is continued.
          const bool more = piece.is_continued || (piece.text.empty() && !line.empty() && piece.has_comment);
          line += (line.empty() || piece.text.empty() ? "" : " ") + piece.text;
          if (!piece.text.empty())
            comment = piece.comment;
          if (!more || !std::getline(lines, physical))
            break;
          ++number;
        }

      if (line.empty())
        continue;
      std::string rest = line;
      if (takes_keyword(rest, "subsection"))
        {
          if (rest.empty())
            throw InputError(Refusal::malformed, "", where + ": 'subsection' needs a name.");
          // Sections nest two or three deep: a file of nothing but these lines must not fill the memory with paths.
          if (open.size() >= max_nested)
            throw InputError(Refusal::too_large, "",
                             where + ": more than " + std::to_string(max_nested) + " subsections in one another.");
          const std::string path = (open.empty() ? "" : open.back().path + "/") + single_spaced(rest);
          open.push_back({path, where});
          subsections.push_back(open.back());
        }
      else if (takes_keyword(rest, "end") && rest.empty())
        {
          if (open.empty())
            throw InputError(Refusal::malformed, "", where + ": 'end' without a subsection.");
          open.pop_back();
        }
      else if (takes_keyword(rest, "set"))
        {
          const auto equals = rest.find('=');
          if (equals == std::string::npos || single_spaced(rest.substr(0, equals)).empty())
            throw InputError(Refusal::malformed, "", where + ": '" + line + "' must have the form 'set Name = value'.");
          Setting setting = setting_at(where, open.empty() ? "" : open.back().path, single_spaced(rest.substr(0, equals)),
                                       trimmed(rest.substr(equals + 1)));
          const auto [place, is_new] = set_at.emplace(setting.path(), where);
          if (!is_new)
            throw InputError(Refusal::repeated, "",
                             where + ": '" + setting.name + "' was set before, at " + place->second +
                               "; remove one of the two.");
          setting.comment = comment;
          settings.push_back(setting);
        }
      else
        throw InputError(Refusal::malformed, "",
                         where + ": cannot understand '" + line +
                           "'. A line is 'set Name = value', 'subsection Name', 'end', or a comment that begins with #.");
    }
  if (!open.empty())
    throw InputError(Refusal::malformed, "",
                     open.back().where + ": subsection '" + open.back().path + "' is not closed by 'end'.");
}

void ParameterFile::change(const std::string &argument)
{
  const std::string where = "command line";
  if (first_invalid_byte(argument) != std::string::npos)
    {
      const std::string name  = argument.substr(0, argument.find('='));
      const bool        named = name.size() < argument.size() && first_invalid_byte(name) == std::string::npos;
      throw InputError(Refusal::malformed, "",
                       where + ": '" + name + "' has bytes that are not UTF-8 text." +
                         (named ? " For a name that is on the disk like that write '" + name + "=" +
                                    text_of_bytes(trimmed(argument.substr(name.size() + 1))) + "'." :
                                  ""));
    }
  const auto        equals  = argument.find('=');
  const std::string path    = argument.substr(0, equals);
  const auto        slash   = path.rfind('/');
  const std::string section = slash == std::string::npos ? "" : single_spaced(path.substr(0, slash));
  const std::string name    = single_spaced(slash == std::string::npos ? path : path.substr(slash + 1));
  if (equals == std::string::npos || name.empty())
    throw InputError(Refusal::malformed, "",
                     where + ": '" + argument + "' must have the form 'Section/Name=value' or 'Name=value'.");
  for (const Setting &other : settings)
    if (other.where == where && other.section == section && other.name == name)
      throw InputError(Refusal::repeated, "", where + ": '" + path + "' is given twice.");
  settings.push_back(setting_at(where, section, name, trimmed(argument.substr(equals + 1))));
}

void ParameterFile::set(const std::string &path, const std::string &value, const std::string &where)
{
  const auto slash = path.rfind('/');
  settings.push_back({slash == std::string::npos ? "" : single_spaced(path.substr(0, slash)),
                      single_spaced(slash == std::string::npos ? path : path.substr(slash + 1)), value, where});
}

void ParameterFile::apply(dealii::ParameterHandler &parameters) const
{
  const auto declarations = declarations_of(parameters);
  const auto sections     = sections_of(declarations);
  for (const Subsection &subsection : subsections)
    if (sections.count(subsection.path) == 0)
      throw unknown_section(subsection.where, subsection.path, sections);

  for (const Setting &setting : settings)
    {
      if (sections.count(setting.section) == 0)
        throw unknown_section(setting.where, setting.section, sections);
      const auto found = std::find_if(declarations.begin(), declarations.end(), [&](const Declaration &declaration) {
        return declaration.parameter.section == setting.section && declaration.parameter.name == setting.name;
      });
      if (found == declarations.end())
        throw unknown_parameter(setting.where, setting.section, setting.name, declarations);

      if (found->pattern.find("[Double") != std::string::npos)
        if (const std::string tiny = tiny_number(setting.value); !tiny.empty())
          throw InputError(Refusal::out_of_range, "",
                           setting.where + ": " + found->parameter.path() + ": '" + tiny +
                             "' is smaller than numbers can be without losing digits; write 0, or 1e-300.");

      const bool any_text = found->pattern.rfind("[Anything", 0) == 0;
      if (any_text && !setting.in_bytes)
        refuse_control_characters(setting.value, setting.where, found->parameter.path());
      const bool  whole = found->pattern.find("[Integer") != std::string::npos;
      std::string value = whole ? whole_numbers_spelled_out(setting.value) : setting.value;
      // The patterns pass over any white space, but the functions that read the values know only spaces.
      if (!any_text)
        std::replace_if(
          value.begin(), value.end(), [](const unsigned char c) { return std::isspace(c); }, ' ');
      const auto path = dealii::Utilities::split_string_list(setting.section, '/');
      for (const std::string &section : path)
        parameters.enter_subsection(section);
      try
        {
          parameters.set(setting.name, value);
        }
      catch (const dealii::ParameterHandler::ExcValueDoesNotMatchPattern &)
        {
          std::string hint;
          if (found->pattern.rfind("[Selection ", 0) == 0)
            hint = did_you_mean(setting.value, dealii::Utilities::split_string_list(
                                                 found->pattern.substr(11, found->pattern.rfind(']') - 11), '|'));
          throw InputError(why_unmatched(found->pattern, value), "",
                           setting.where + ": " + found->parameter.path() + ": " +
                             (setting.value.empty() ? "no value is given" : "'" + setting.value + "' is not valid") +
                             "; expected: " + found->parameter.range + "." + hint + hidden_limit(found->pattern, value));
        }
      for (std::size_t i = 0; i < path.size(); ++i)
        parameters.leave_subsection();
    }
}

std::string ParameterFile::describe(const InputError &error) const
{
  if (error.parameter.empty())
    return error.what();
  std::string where = "default value of ";
  for (const Setting &setting : settings) // the command line comes last and wins
    if (setting.path() == error.parameter)
      where = setting.where + ": ";
  const bool by_default = where == "default value of ";
  return (by_default ? file_name + ": " : "") + where + error.parameter + ": " + error.what();
}
} // namespace rhoflow
