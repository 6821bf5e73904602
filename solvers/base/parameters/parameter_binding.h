#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <solvers/base/parameters/choices.h>
#include <solvers/base/parameters/parameter_catalogue.h>

namespace dealii
{
class ParameterHandler;
namespace Patterns
{
class PatternBase;
}
} // namespace dealii

namespace rhoflow
{
/// The values that a number may have, ends included.
struct Range
{
  double lower, upper;
};
Range range(double lower, double upper);
Range at_least(double lower);
Range any_number();

/// How many numbers a list may have. `one_for_all`: one number stands for as many equal ones as are needed. `or_automatic`: the
/// word "automatic" stands for an empty list.
struct ListLength
{
  unsigned int least = 0, most = 4294967295;
  bool         one_for_all  = false;
  bool         or_automatic = false;
};

/// How the pattern of such a list, or of a number for which the word may stand, begins its description.
inline const std::string or_automatic_prefix = "[Automatic] ";
/// The word.
inline const std::string automatic_text = "automatic";

/// How a value is written where any text is allowed. Both throw InputError, which names the parameter.
template <class T>
struct Spelling
{
  std::function<std::string(const T &)> text;
  std::function<T(const std::string &)> value;
};

/// Ties the parameters of a file to the variables of a struct. A struct of parameters has a function
///   void bind(ParameterBinding &p)
///   {
///     p.section("Refinement");
///     p.add("Maximum level", maximum_level, range(0, 29), "Refinements of a coarse cell at most.");
///   }
/// that says everything about each parameter in one place. To declare, the binding takes the values of the variables as
/// defaults; to read, it gives the variables the values of the parameters. So a default is what the variable is at first.
/// The texts of the documentation have units in brackets: "[time]".
class ParameterBinding
{
public:
  /// For declarations. What is declared goes into the handler and the catalogue.
  static ParameterBinding declaring(dealii::ParameterHandler &handler, ParameterCatalogue &catalogue);
  /// For reading. The handler stays as it is, also when a value is refused.
  static ParameterBinding reading(const dealii::ParameterHandler &handler);

  /// The section of the parameters that follow. An empty name: outside any section.
  void section(const std::string &name) { current = name; }

  void add(const std::string &name, bool &variable, const std::string &documentation, OnResume rule = OnResume::must_stay);
  void add(const std::string &name, double &variable, const Range &allowed, const std::string &documentation,
           OnResume rule = OnResume::must_stay);
  /// A whole number. The ends of the range fit into an int.
  template <class Integer, std::enable_if_t<std::is_integral_v<Integer> && !std::is_same_v<Integer, bool>, int> = 0>
  void add(const std::string &name, Integer &variable, const Range &allowed, const std::string &documentation,
           const OnResume rule = OnResume::must_stay)
  {
    if (const auto value = whole_number(name, static_cast<long long>(variable), allowed, documentation, rule))
      variable = static_cast<Integer>(*value);
  }
  /// A number, or the word "automatic" for none.
  void add(const std::string &name, std::optional<double> &variable, const Range &allowed, const std::string &documentation,
           OnResume rule = OnResume::must_stay);
  void add(const std::string &name, std::optional<unsigned int> &variable, const Range &allowed,
           const std::string &documentation, OnResume rule = OnResume::must_stay);
  /// A whole number of 64 bits.
  void add(const std::string &name, std::uint64_t &variable, const std::string &documentation,
           OnResume rule = OnResume::must_stay);

  /// Any text.
  void add(const std::string &name, std::string &variable, const std::string &documentation,
           OnResume rule = OnResume::must_stay);
  /// Any text that stands for a value.
  template <class T>
  void add(const std::string &name, T &variable, const Spelling<T> &spelling, const std::string &documentation,
           const OnResume rule = OnResume::must_stay)
  {
    if (const auto value = any_text(name, is_declaring() ? spelling.text(variable) : "", documentation, rule))
      variable = spelling.value(*value);
  }

  /// One of several names.
  template <class Enum>
  void add(const std::string &name, Enum &variable, const Choices<Enum> &choices, const std::string &documentation,
           const OnResume rule = OnResume::must_stay)
  {
    if (const auto value = one_of(name, is_declaring() ? choices.name(variable) : "", choices.pattern(), documentation, rule))
      variable = choices.value(*value);
  }

  /// Numbers separated by commas, each in the range.
  void add(const std::string &name, std::vector<double> &variable, const Range &allowed, const ListLength &length,
           const std::string &documentation, OnResume rule = OnResume::must_stay);
  void add(const std::string &name, std::vector<unsigned int> &variable, const Range &allowed, const ListLength &length,
           const std::string &documentation, OnResume rule = OnResume::must_stay);
  void add(const std::string &name, std::vector<bool> &variable, const ListLength &length, const std::string &documentation,
           OnResume rule = OnResume::must_stay);

  /// Any of several names, separated by commas.
  void add(const std::string &name, std::set<std::string> &variable, const std::vector<std::string> &names,
           const std::string &documentation, OnResume rule = OnResume::must_stay);
  /// The same with a variable for each of them.
  void add(const std::string &name, const std::vector<std::pair<std::string, bool *>> &variables,
           const std::string &documentation, OnResume rule = OnResume::must_stay);

private:
  ParameterBinding() = default;

  bool is_declaring() const { return declared != nullptr; }

  /// Declares the parameter, or returns its value.
  std::optional<std::string> value(const std::string &name, const std::string &standard,
                                   const dealii::Patterns::PatternBase &pattern, const std::string &documentation,
                                   OnResume rule);
  std::optional<long long>   whole_number(const std::string &name, long long standard, const Range &allowed,
                                          const std::string &documentation, OnResume rule);
  std::optional<std::string> any_text(const std::string &name, const std::string &standard, const std::string &documentation,
                                      OnResume rule);
  std::optional<std::string> one_of(const std::string &name, const std::string &standard, const std::string &names,
                                    const std::string &documentation, OnResume rule);

  /// The elements of a list; none for "automatic", where that is allowed.
  std::optional<std::vector<std::string>> list(const std::string &name, const std::string &standard,
                                               const dealii::Patterns::PatternBase &element, const ListLength &length,
                                               const std::string &documentation, OnResume rule);

  dealii::ParameterHandler       *declared  = nullptr;
  ParameterCatalogue             *catalogue = nullptr;
  const dealii::ParameterHandler *read      = nullptr;
  std::string                     current;
};

/// The names of a variable that is a text, for add() with Choices.
Choices<std::string> text_choices(const std::vector<std::string> &names);

/// Declares what the structs bind, with their initial values as defaults.
template <class... Parameters>
ParameterCatalogue declare_parameters(dealii::ParameterHandler &handler)
{
  ParameterCatalogue catalogue;
  ParameterBinding   binding = ParameterBinding::declaring(handler, catalogue);
  (Parameters().bind(binding), ...);
  return catalogue;
}

/// Gives the variables of a struct the values in the handler.
template <class Parameters>
void read_parameters(Parameters &parameters, const dealii::ParameterHandler &handler)
{
  ParameterBinding binding = ParameterBinding::reading(handler);
  parameters.bind(binding);
}
} // namespace rhoflow
