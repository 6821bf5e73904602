#include <solvers/base/parameters/declarations.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/parameter_line.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#define BOOST_BIND_GLOBAL_PLACEHOLDERS // Boost complains about its own header otherwise
#include <boost/property_tree/json_parser.hpp>

#include <algorithm>
#include <sstream>
#include <stdexcept>

namespace rhoflow
{
namespace
{
using Tree = boost::property_tree::ptree;

void collect(const Tree &tree, const std::string &section, std::vector<Declaration> &declarations)
{
  for (const auto &[name, child] : tree)
    if (const auto pattern = child.get_optional<std::string>("pattern_description"))
      declarations.push_back({{section, name, child.get<std::string>("default_value", ""), plain_range(*pattern),
                               child.get<std::string>("documentation", "")},
                              *pattern});
    else
      collect(child, section.empty() ? name : section + "/" + name, declarations);
}

/// Every byte as the character of that number: the reader of JSON refuses what is no UTF-8, such as the name of a file may be.
std::string widened(const std::string &bytes)
{
  std::string text;
  for (const char c : bytes)
    if (const auto byte = static_cast<unsigned char>(c); byte < 0x80)
      text += c;
    else
      {
        text += static_cast<char>(0xc0 | (byte >> 6));
        text += static_cast<char>(0x80 | (byte & 0x3f));
      }
  return text;
}

void narrow(Tree &tree)
{
  const std::string text = tree.data();
  tree.data().clear();
  for (std::size_t i = 0; i < text.size(); ++i)
    if (const auto byte = static_cast<unsigned char>(text[i]); byte < 0x80)
      tree.data() += text[i];
    else if (++i < text.size())
      tree.data() += static_cast<char>((byte << 6) | (static_cast<unsigned char>(text[i]) & 0x3f));
  for (auto &[name, child] : tree)
    narrow(child);
}

/// ParameterHandler lets nobody see its entries except by printing them.
Tree tree_of(const dealii::ParameterHandler &parameters)
{
  std::ostringstream json;
  parameters.print_parameters(json, dealii::ParameterHandler::JSON | dealii::ParameterHandler::KeepDeclarationOrder);
  std::istringstream text(widened(json.str()));
  Tree               tree;
  boost::property_tree::read_json(text, tree);
  narrow(tree);
  return tree;
}

void collect(const Tree &tree, const std::string &section, std::map<std::string, std::string> &values)
{
  for (const auto &[name, child] : tree)
    {
      const std::string path = section.empty() ? name : section + "/" + name;
      if (child.get_optional<std::string>("pattern_description"))
        values[path] = child.get<std::string>("value", "");
      else
        collect(child, path, values);
    }
}
} // namespace

std::vector<Declaration> declarations_of(const dealii::ParameterHandler &parameters)
{
  std::vector<Declaration> declarations;
  collect(tree_of(parameters), "", declarations);
  return declarations;
}

std::map<std::string, std::string> current_values(const dealii::ParameterHandler &parameters)
{
  std::map<std::string, std::string> values;
  collect(tree_of(parameters), "", values);
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
