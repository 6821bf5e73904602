#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_catalogue.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/parameter_line.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/premises.h>

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace rhoflow
{
namespace
{
const std::string set_mark = "set ", file_mark = "file ", equals = " = ";

/// "1e-3" and "0.001" are the same. Whole numbers may have more digits than a double.
bool same_element(const std::string &one, const std::string &other)
{
  const auto is_whole = [](const std::string &text) { return text.find_first_not_of("0123456789") == std::string::npos; };
  const bool is_long  = std::max(one.size(), other.size()) > 15 && is_whole(one) && is_whole(other);
  double     x, y;
  return one == other || (!is_long && parse_number(one, x) && parse_number(other, y) && x == y);
}

/// So are "1,2" and "1, 2".
bool same_value(const std::string &one, const std::string &other)
{
  std::size_t i = 0, j = 0;
  while (true)
    {
      const std::size_t end = std::min(one.find(',', i), one.size()), other_end = std::min(other.find(',', j), other.size());
      if (!same_element(trimmed(one.substr(i, end - i)), trimmed(other.substr(j, other_end - j))) ||
          (end == one.size()) != (other_end == other.size()))
        return false;
      if (end == one.size())
        return true;
      i = end + 1;
      j = other_end + 1;
    }
}
} // namespace

Premises::Premises(const dealii::ParameterHandler &parameters, std::vector<Provenance::InputFile> input_files)
  : values(current_values(parameters))
  , files(std::move(input_files))
{}

Premises::Premises(const CheckpointReader &checkpoint)
{
  if (!checkpoint.has(section))
    throw InputError(Refusal::damaged, "",
                     "the checkpoint '" + checkpoint.file() +
                       "' does not say with which parameters it was made: an older version of rhoflow wrote it. Go on with "
                       "that version, or start the run again.");
  const std::string text = checkpoint.text(section);
  try
    {
      parse(text);
    }
  catch (const std::exception &)
    {
      throw InputError(Refusal::damaged, "",
                       "the checkpoint '" + checkpoint.file() +
                         "' does not fit this run (its parameters cannot be read): another version of rhoflow wrote it, or "
                         "it was damaged before its checksums were taken. Go on with that version, or start the run again.");
    }
}

std::string Premises::text() const
{
  std::string text;
  for (const auto &[path, value] : values)
    text += set_mark + path + equals + text_of_value(value) + '\n';
  for (const Provenance::InputFile &file : files)
    text += file_mark + std::to_string(file.bytes) + ' ' + std::to_string(file.crc32) + ' ' + text_of_value(file.path) + '\n';
  return text;
}

void Premises::parse(const std::string &text)
{
  if (text.empty() || text.back() != '\n')
    throw std::runtime_error("cut off");
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);)
    if (const std::size_t place = line.find(equals); line.rfind(set_mark, 0) == 0 && place != std::string::npos)
      values[line.substr(set_mark.size(), place - set_mark.size())] = value_of_text(
        trimmed(ParameterLine(line.substr(place)).text.substr(1)));
    else
      {
        Provenance::InputFile file;
        std::istringstream    words(line);
        std::string           mark, rest;
        if (!(words >> mark >> file.bytes >> file.crc32) || mark + ' ' != file_mark || !std::getline(words, rest))
          throw std::runtime_error("a line that is none of a state's");
        file.path = value_of_text(ParameterLine(rest).text);
        files.push_back(file);
      }
}

void Premises::take_choices(dealii::ParameterHandler &present) const
{
  for (const auto &[path, value] : current_values(present))
    if (const auto found = values.find(path); value == automatic_text && found != values.end())
      set_parameter_value(present, path, found->second);
}

void Premises::refuse_other_parameters(const dealii::ParameterHandler &present, const ParameterCatalogue &catalogue) const
{
  const auto other_version = [](const std::string &reason) {
    return InputError(Refusal::damaged, "",
                      "another version of rhoflow made the state of this run: " + reason +
                        " Go on with that version, or start the run again.");
  };
  const auto now = current_values(present);
  for (const auto &[path, value] : now)
    if (const auto found = values.find(path);
        !catalogue.may_change(path) && found != values.end() && !same_value(found->second, value))
      throw InputError(Refusal::inconsistent, path,
                       "the run was begun with '" + found->second +
                         "', and its state belongs to that: a run that goes on "
                         "may change the end time, the output and the "
                         "checkpoints only. For '" +
                         value + "' start a new run.");
  // What the other version did without such a parameter is what it does by default, as far as is known here.
  for (const DeclaredParameter &parameter : declared_parameters(present))
    if (const std::string path = parameter.path();
        !catalogue.may_change(path) && values.count(path) == 0 && !same_value(now.at(path), parameter.default_value))
      throw other_version("there is no parameter '" + path + "', which is '" + now.at(path) + "' now.");
  for (const auto &[path, value] : values)
    if (!catalogue.may_change(path) && now.count(path) == 0)
      throw other_version("it has a parameter '" + path + "' = '" + value + "', which there is not any more.");
}

void Premises::refuse_other_files(const std::vector<Provenance::InputFile> &present) const
{
  if (present.size() != files.size())
    throw InputError(Refusal::inconsistent, "",
                     "the run was begun with " + std::to_string(files.size()) + " input files, and there are " +
                       std::to_string(present.size()) + " now: start a new run.");
  for (std::size_t i = 0; i < files.size(); ++i)
    if (!present[i].same_contents(files[i]))
      throw InputError(Refusal::inconsistent, "",
                       "the file '" + present[i].path + "' is not the one with which the run was begun ('" + files[i].path +
                         "', " + files[i].contents() + "; now " + present[i].contents() +
                         "), and the state belongs to that: bring it back, or start a new run.");
}
} // namespace rhoflow
