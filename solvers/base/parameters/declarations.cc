#include <solvers/base/json.h>
#include <solvers/base/parameters/declarations.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/parameter_line.h>
#include <solvers/base/utf8.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>
#include <functional>
#include <map>
#include <sstream>
#include <stdexcept>

#include <nlohmann/json.hpp>

namespace rhoflow
{
namespace
{
/// Every byte as the character of that number: JSON is UTF-8, and a value such as the name of a file need not be.
std::string widened(const std::string &bytes)
{
  std::string text;
  for (const char c : bytes)
    text += utf8_character(static_cast<unsigned char>(c));
  return text;
}

/// The bytes of which widened() made the text.
std::string narrowed(const std::string &text)
{
  std::string bytes;
  for (std::size_t i = 0; i < text.size(); ++i)
    {
      const auto byte = static_cast<unsigned char>(text[i]);
      if (byte >= 0x80)
        ++i; // the second byte has the last six bits, and the first one the two before
      bytes += byte < 0x80 ? text[i] : static_cast<char>((byte << 6) | (static_cast<unsigned char>(text.at(i)) & 0x3f));
    }
  return bytes;
}

/// Calls `visit` with the section, the name, and the members "value", "default_value", "documentation" and
/// "pattern_description" of every parameter.
void visit_parameters(const Json &tree, const std::string &section,
                      const std::function<void(const std::string &, const std::string &, const Json &)> &visit)
{
  for (const auto &[name, child] : tree.items())
    if (child.contains("pattern_description"))
      visit(section, name, child);
    else if (child.is_object())
      visit_parameters(child, section.empty() ? name : section + "/" + name, visit);
}

std::string text_at(const Json &entry, const char *const member)
{
  return narrowed(entry.value(member, std::string()));
}

/// ParameterHandler lets nobody see its entries except by printing them.
Json tree_of(const dealii::ParameterHandler &parameters)
{
  std::ostringstream json;
  parameters.print_parameters(json, dealii::ParameterHandler::JSON | dealii::ParameterHandler::KeepDeclarationOrder);
  return parsed_json(widened(json.str()));
}
} // namespace

std::vector<Declaration> declarations_of(const dealii::ParameterHandler &parameters)
{
  std::vector<Declaration> declarations;
  const auto               add = [&](const std::string &section, const std::string &name, const Json &entry) {
    const std::string pattern = text_at(entry, "pattern_description");
    DeclaredParameter parameter{section, name, text_at(entry, "default_value"), "", text_at(entry, "documentation")};
    parameter.range = plain_range(pattern);
    declarations.push_back({parameter, pattern});
  };
  visit_parameters(tree_of(parameters), "", add);
  return declarations;
}

std::map<std::string, std::string> current_values(const dealii::ParameterHandler &parameters)
{
  std::map<std::string, std::string> values;
  const auto                         add = [&](const std::string &section, const std::string &name, const Json &entry) {
    values[section.empty() ? name : section + "/" + name] = text_at(entry, "value");
  };
  visit_parameters(tree_of(parameters), "", add);
  return values;
}

std::string parameter_value(const dealii::ParameterHandler &parameters, const std::string &path)
{
  std::vector<std::string> names = dealii::Utilities::split_string_list(path, '/');
  const std::string        name  = names.back();
  names.pop_back();
  return parameters.get(names, name);
}

void set_parameter_value(dealii::ParameterHandler &parameters, const std::string &path, const std::string &value)
{
  const std::vector<std::string> names = dealii::Utilities::split_string_list(path, '/');
  for (std::size_t i = 0; i + 1 < names.size(); ++i)
    parameters.enter_subsection(names[i]);
  parameters.set(names.back(), value);
  for (std::size_t i = 0; i + 1 < names.size(); ++i)
    parameters.leave_subsection();
}

std::string parameters_text(const dealii::ParameterHandler &parameters)
{
  std::ostringstream printed;
  parameters.print_parameters(printed, dealii::ParameterHandler::PRM | dealii::ParameterHandler::KeepDeclarationOrder);
  const std::string text   = printed.str();
  const auto        values = current_values(parameters);
  std::string       result;
  std::size_t       place = 0;
  for (const Declaration &declaration : declarations_of(parameters))
    {
      // Lines of the documentation begin with #.
      const std::string &value     = values.at(declaration.parameter.path());
      const std::string  beginning = "set " + declaration.parameter.name + " ";
      std::size_t        line      = place;
      while (line < text.size() && text.compare(text.find_first_not_of(' ', line), beginning.size(), beginning) != 0)
        line = std::min(text.find('\n', line), text.size() - 1) + 1;
      const std::size_t begin = line < text.size() ? text.find('=', line) + 2 : 0;
      if (begin == 0 || (!value.empty() && text.compare(begin, value.size(), value) != 0))
        throw std::logic_error("the parameter '" + declaration.parameter.path() + "' is not printed as it is");
      result += value.empty() ? "" : text.substr(place, begin - place) + text_of_value(value);
      place = value.empty() ? place : begin + value.size();
    }
  return result + text.substr(place);
}

std::vector<DeclaredParameter> declared_parameters(const dealii::ParameterHandler &parameters)
{
  std::vector<DeclaredParameter> result;
  for (const Declaration &declaration : declarations_of(parameters))
    result.push_back(declaration.parameter);
  return result;
}
} // namespace rhoflow
