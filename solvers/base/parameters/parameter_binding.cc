#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <algorithm>
#include <charconv>
#include <limits>
#include <memory>

namespace rhoflow
{
namespace Patterns = dealii::Patterns;

namespace
{
/// Patterns::Integer ends at 2147483647.
class Unsigned64 : public Patterns::PatternBase
{
public:
  bool match(const std::string &text) const override
  {
    std::uint64_t number;
    const char   *end           = text.data() + text.size();
    const auto [behind, result] = std::from_chars(text.data(), end, number);
    return behind == end && result == std::errc();
  }
  std::string description(OutputStyle) const override { return "[Integer range 0...18446744073709551615 (inclusive)]"; }
  std::unique_ptr<PatternBase> clone() const override { return std::make_unique<Unsigned64>(); }
};

Patterns::Double double_pattern(const Range &allowed)
{
  return {allowed.lower, allowed.upper};
}

Patterns::Integer integer_pattern(const Range &allowed)
{
  const double least = std::numeric_limits<int>::min(), most = std::numeric_limits<int>::max();
  return {static_cast<int>(std::clamp(allowed.lower, least, most)), static_cast<int>(std::clamp(allowed.upper, least, most))};
}

/// What another pattern allows, or the word "automatic".
class OrAutomatic : public Patterns::PatternBase
{
public:
  explicit OrAutomatic(const Patterns::PatternBase &other)
    : pattern(other.clone())
  {}

  bool        match(const std::string &text) const override { return text == automatic_text || pattern->match(text); }
  std::string description(const OutputStyle style) const override { return or_automatic_prefix + pattern->description(style); }
  std::unique_ptr<PatternBase> clone() const override { return std::make_unique<OrAutomatic>(*pattern); }

private:
  std::unique_ptr<PatternBase> pattern;
};

Patterns::List list_pattern(const Patterns::PatternBase &element, const ListLength &length)
{
  return {element, length.least, length.most};
}

const Choices<bool> &truth()
{
  static const Choices<bool> names{{"true", true}, {"false", false}};
  return names;
}

/// The elements as a list in a parameter file.
template <class List, class Text>
std::string list_text(const List &elements, const Text &text, const bool one_for_all = false)
{
  std::vector<std::string> texts;
  for (const auto &element : elements)
    texts.push_back(text(element));
  if (one_for_all && !texts.empty() && std::equal(texts.begin() + 1, texts.end(), texts.begin()))
    texts.resize(1);
  std::string result;
  for (const std::string &element : texts)
    result += (result.empty() ? "" : ", ") + element;
  return result;
}
} // namespace

Range range(const double lower, const double upper)
{
  return {lower, upper};
}

Range at_least(const double lower)
{
  return {lower, std::numeric_limits<double>::max()};
}

Range any_number()
{
  return {std::numeric_limits<double>::lowest(), std::numeric_limits<double>::max()};
}

Choices<std::string> text_choices(const std::vector<std::string> &names)
{
  std::vector<Choices<std::string>::Row> rows;
  for (const std::string &name : names)
    rows.emplace_back(name, name);
  return Choices<std::string>(rows);
}

ParameterBinding ParameterBinding::declaring(dealii::ParameterHandler &handler, ParameterCatalogue &known)
{
  ParameterBinding binding;
  binding.declared  = &handler;
  binding.catalogue = &known;
  return binding;
}

ParameterBinding ParameterBinding::reading(const dealii::ParameterHandler &handler)
{
  ParameterBinding binding;
  binding.read = &handler;
  return binding;
}

std::optional<std::string> ParameterBinding::value(const std::string &name, const std::string &standard,
                                                   const Patterns::PatternBase &pattern, const std::string &documentation,
                                                   const OnResume rule)
{
  if (!is_declaring())
    return read->get(current.empty() ? std::vector<std::string>() : std::vector<std::string>{current}, name);
  if (!current.empty())
    declared->enter_subsection(current);
  declared->declare_entry(name, standard, pattern, documentation);
  if (!current.empty())
    declared->leave_subsection();
  catalogue->add(current.empty() ? name : current + "/" + name, rule);
  return std::nullopt;
}

std::optional<long long> ParameterBinding::whole_number(const std::string &name, const long long standard, const Range &allowed,
                                                        const std::string &documentation, const OnResume rule)
{
  const auto text = value(name, std::to_string(standard), integer_pattern(allowed), documentation, rule);
  return text ? std::optional<long long>(dealii::Utilities::string_to_int(*text)) : std::nullopt;
}

std::optional<std::string> ParameterBinding::any_text(const std::string &name, const std::string &standard,
                                                      const std::string &documentation, const OnResume rule)
{
  return value(name, standard, Patterns::Anything(), documentation, rule);
}

std::optional<std::string> ParameterBinding::one_of(const std::string &name, const std::string &standard,
                                                    const std::string &names, const std::string &documentation,
                                                    const OnResume rule)
{
  return value(name, standard, Patterns::Selection(names), documentation, rule);
}

void ParameterBinding::add(const std::string &name, bool &variable, const std::string &documentation, const OnResume rule)
{
  if (const auto text = value(name, truth().name(variable), Patterns::Bool(), documentation, rule))
    variable = truth().value(*text);
}

void ParameterBinding::add(const std::string &name, double &variable, const Range &allowed, const std::string &documentation,
                           const OnResume rule)
{
  if (const auto text = value(name, shortest_text(variable), double_pattern(allowed), documentation, rule))
    variable = dealii::Utilities::string_to_double(*text);
}

void ParameterBinding::add(const std::string &name, std::optional<double> &variable, const Range &allowed,
                           const std::string &documentation, const OnResume rule)
{
  const auto text = value(name, variable ? shortest_text(*variable) : automatic_text, OrAutomatic(double_pattern(allowed)),
                          documentation, rule);
  if (text)
    variable = *text == automatic_text ? std::nullopt : std::optional<double>(dealii::Utilities::string_to_double(*text));
}

void ParameterBinding::add(const std::string &name, std::optional<unsigned int> &variable, const Range &allowed,
                           const std::string &documentation, const OnResume rule)
{
  const auto text = value(name, variable ? std::to_string(*variable) : automatic_text, OrAutomatic(integer_pattern(allowed)),
                          documentation, rule);
  if (text)
    variable = *text == automatic_text ?
                 std::nullopt :
                 std::optional<unsigned int>(static_cast<unsigned int>(dealii::Utilities::string_to_int(*text)));
}

void ParameterBinding::add(const std::string &name, std::uint64_t &variable, const std::string &documentation,
                           const OnResume rule)
{
  if (const auto text = value(name, std::to_string(variable), Unsigned64(), documentation, rule))
    variable = std::stoull(*text);
}

void ParameterBinding::add(const std::string &name, std::string &variable, const std::string &documentation,
                           const OnResume rule)
{
  if (const auto text = any_text(name, variable, documentation, rule))
    variable = *text;
}

std::optional<std::vector<std::string>> ParameterBinding::list(const std::string &name, const std::string &standard,
                                                               const dealii::Patterns::PatternBase &element,
                                                               const ListLength &length, const std::string &documentation,
                                                               const OnResume rule)
{
  const Patterns::List pattern = list_pattern(element, length);
  const auto           text    = length.or_automatic ?
                                   value(name, standard.empty() ? automatic_text : standard, OrAutomatic(pattern), documentation, rule) :
                                   value(name, standard, pattern, documentation, rule);
  if (!text)
    return std::nullopt;
  return length.or_automatic && *text == automatic_text ? std::vector<std::string>() :
                                                          dealii::Utilities::split_string_list(*text);
}

void ParameterBinding::add(const std::string &name, std::vector<double> &variable, const Range &allowed,
                           const ListLength &length, const std::string &documentation, const OnResume rule)
{
  const auto texts = list(name, list_text(variable, shortest_text, length.one_for_all), double_pattern(allowed), length,
                          documentation, rule);
  if (texts)
    variable = dealii::Utilities::string_to_double(*texts);
}

void ParameterBinding::add(const std::string &name, std::vector<unsigned int> &variable, const Range &allowed,
                           const ListLength &length, const std::string &documentation, const OnResume rule)
{
  const auto to_text = [](const unsigned int number) { return std::to_string(number); };
  const auto texts   = list(name, list_text(variable, to_text, length.one_for_all), integer_pattern(allowed), length,
                            documentation, rule);
  if (!texts)
    return;
  variable.clear();
  for (const int number : dealii::Utilities::string_to_int(*texts))
    variable.push_back(static_cast<unsigned int>(number));
}

void ParameterBinding::add(const std::string &name, std::vector<bool> &variable, const ListLength &length,
                           const std::string &documentation, const OnResume rule)
{
  const auto to_text = [](const bool holds) { return truth().name(holds); };
  const auto text    = value(name, list_text(variable, to_text, length.one_for_all), list_pattern(Patterns::Bool(), length),
                             documentation, rule);
  if (!text)
    return;
  variable.clear();
  for (const std::string &element : dealii::Utilities::split_string_list(*text))
    variable.push_back(truth().value(element));
}

void ParameterBinding::add(const std::string &name, std::set<std::string> &variable, const std::vector<std::string> &names,
                           const std::string &documentation, const OnResume rule)
{
  std::vector<std::string> chosen;
  for (const std::string &candidate : names)
    if (variable.count(candidate) > 0)
      chosen.push_back(candidate);
  const auto same = [](const std::string &text) { return text; };
  const auto text = value(name, list_text(chosen, same), Patterns::MultipleSelection(text_choices(names).pattern()),
                          documentation, rule);
  if (!text)
    return;
  const auto given = dealii::Utilities::split_string_list(*text);
  variable         = {given.begin(), given.end()};
}

void ParameterBinding::add(const std::string &name, const std::vector<std::pair<std::string, bool *>> &variables,
                           const std::string &documentation, const OnResume rule)
{
  std::vector<std::string> names;
  std::set<std::string>    chosen;
  for (const auto &[candidate, variable] : variables)
    {
      names.push_back(candidate);
      if (*variable)
        chosen.insert(candidate);
    }
  add(name, chosen, names, documentation, rule);
  for (const auto &[candidate, variable] : variables)
    *variable = chosen.count(candidate) > 0;
}
} // namespace rhoflow
