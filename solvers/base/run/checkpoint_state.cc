#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <limits>
#include <sstream>

#include <solvers/base/error.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>

namespace rhoflow
{
namespace
{
const std::string equals = " = ";

/// Without the bytes that a damaged file may have.
std::string printable(const std::string &text)
{
  std::string result;
  for (const char c : text)
    result += c >= ' ' && c <= '~' ? c : '?';
  return result;
}
}

StateWriter::StateWriter(CheckpointWriter &writer, std::string name)
  : checkpoint(writer)
  , section(std::move(name))
{}

void StateWriter::operator()(const std::string &name, const double value)
{
  char text[64];
  std::snprintf(text, sizeof(text), "%a", value);
  entries[name] = text;
}

void StateWriter::operator()(const std::string &name, const bool value)
{
  entries[name] = value ? "true" : "false";
}

void StateWriter::operator()(const std::string &name, const std::uint64_t value)
{
  entries[name] = std::to_string(value);
}

void StateWriter::operator()(const std::string &name, const std::string &value)
{
  checkpoint.put(section + "/" + name, value);
}

void StateWriter::operator()(const std::string &name, const std::vector<double> &values)
{
  checkpoint.put(section + "/" + name, values);
}

void StateWriter::finish()
{
  std::string text;
  for (const auto &[name, value] : entries)
    text += name + equals + value + "\n";
  checkpoint.put(section, text);
}

StateReader::StateReader(const CheckpointReader &reader, std::string name)
  : checkpoint(reader)
  , section(std::move(name))
{
  std::istringstream lines(checkpoint.text(section));
  for (std::string line; std::getline(lines, line);)
    {
      const std::size_t place = line.find(equals);
      if (place == std::string::npos)
        refuse("has a line that is no entry in '" + section + "'");
      entries[line.substr(0, place)] = line.substr(place + equals.size());
    }
}

void StateReader::refuse(const std::string &what) const
{
  throw InputError(Refusal::damaged, "",
                   "the checkpoint '" + checkpoint.file() + "' " + what +
                     ": it was written by another version of rhoflow or by another kind of run.");
}

std::string StateReader::take(const std::string &name)
{
  const auto found = entries.find(name);
  if (found == entries.end())
    refuse("has no '" + name + "' in '" + section + "'");
  const std::string value = found->second;
  entries.erase(found);
  return value;
}

void StateReader::operator()(const std::string &name, double &value)
{
  const std::string text = take(name);
  char             *end  = nullptr;
  value                  = std::strtod(text.c_str(), &end);
  if (text.empty() || *end != '\0')
    refuse("has no number for '" + name + "' in '" + section + "'");
}

void StateReader::operator()(const std::string &name, bool &value)
{
  const std::string text = take(name);
  if (text != "true" && text != "false")
    refuse("has no truth value for '" + name + "' in '" + section + "'");
  value = text == "true";
}

void StateReader::operator()(const std::string &name, std::uint64_t &value)
{
  const std::string text  = take(name);
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size())
    refuse("has no whole number for '" + name + "' in '" + section + "'");
}

void StateReader::operator()(const std::string &name, unsigned int &value)
{
  std::uint64_t number = 0;
  (*this)(name, number);
  if (number > std::numeric_limits<unsigned int>::max())
    refuse("has too large a number for '" + name + "' in '" + section + "'");
  value = static_cast<unsigned int>(number);
}

void StateReader::operator()(const std::string &name, std::string &value)
{
  value = checkpoint.text(section + "/" + name);
}

void StateReader::operator()(const std::string &name, std::vector<double> &values)
{
  values = checkpoint.numbers(section + "/" + name);
}

void StateReader::finish() const
{
  if (!entries.empty())
    refuse("has an entry '" + printable(entries.begin()->first) + "' in '" + section + "', which nothing reads");
}
} // namespace rhoflow
