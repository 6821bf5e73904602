#pragma once

#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <tests/fuzz/fuzz.h>

#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/run/solver.h>

extern "C" std::size_t LLVMFuzzerMutate(std::uint8_t *data, std::size_t size, std::size_t most);

namespace rhoflow
{
/// One handler with all declared parameters for all inputs, since to declare them takes a thousand times longer than to parse
/// them. An input is text of lines "Section/Name = value".
class ParameterValues
{
public:
  /// `declare`: the sections whose parameters are varied.
  explicit ParameterValues(const std::function<void(dealii::ParameterHandler &)> &declare)
    : prm(std::make_unique<dealii::ParameterHandler>())
  {
    declare(*prm);
    parameters = declared_parameters(*prm);
    for (std::size_t i = 0; i < parameters.size(); ++i)
      place[parameters[i].path()] = i;
  }

  dealii::ParameterHandler &handler() { return *prm; }

  /// Sets what the lines say; false if a value is refused. Lines that name no parameter are passed over.
  bool set(std::string text)
  {
    bool accepted = true;
    while (!text.empty() && accepted)
      {
        std::string value = next_part(text, "\n");
        allow_refusal([&]() {
          accepted = false;
          ParameterFile("", "").change(value);
          accepted = true;
        });
        if (!accepted)
          return false;
        const auto found = place.find(trimmed(next_part(value, "=")));
        if (found == place.end() || value.find('\0') != std::string::npos)
          continue;
        changed.insert(found->second);
        accepted = set_one(parameters[found->second], plain_value(value));
      }
    return accepted;
  }

  /// Gives back the defaults.
  void restore()
  {
    for (const std::size_t index : changed)
      require(set_one(parameters[index], parameters[index].default_value), "a default that is refused");
    changed.clear();
  }

  /// Parsers that throw may leave the handler in a subsection.
  void leave_all_subsections()
  {
    for (unsigned int depth = 0; depth < 4; ++depth) // without effect at the top
      prm->leave_subsection();
  }

  /// Sets a parameter to another value, takes a line away, or lets libFuzzer change bytes.
  std::size_t mutate(std::uint8_t *data, const std::size_t size, const std::size_t most, const unsigned int seed) const
  {
    std::minstd_rand random(seed);
    const auto       below = [&](const std::size_t n) { return random() % n; };
    if (below(3) == 0)
      return LLVMFuzzerMutate(data, size, most);
    std::vector<std::string> lines;
    for (std::string text(reinterpret_cast<char *>(data), size); !text.empty();)
      lines.push_back(next_part(text, "\n"));
    if (!lines.empty() && below(5) == 0)
      lines.erase(lines.begin() + static_cast<std::ptrdiff_t>(below(lines.size())));
    else
      {
        const DeclaredParameter &parameter = parameters[below(parameters.size())];
        lines.push_back(parameter.path() + "=" + new_value(parameter, random));
      }
    std::string text;
    for (const std::string &line : lines)
      text += line + "\n";
    if (text.size() > most)
      return LLVMFuzzerMutate(data, size, most);
    std::copy(text.begin(), text.end(), data);
    return text.size();
  }

private:
  bool set_one(const DeclaredParameter &parameter, const std::string &value)
  {
    if (!parameter.section.empty())
      prm->enter_subsection(parameter.section);
    bool accepted = tiny_number(value).empty(); // as ParameterFile does
    try
      {
        if (accepted)
          prm->set(parameter.name, value);
      }
    catch (const dealii::ParameterHandler::ExcValueDoesNotMatchPattern &)
      {
        accepted = false;
      }
    if (!parameter.section.empty())
      prm->leave_subsection();
    return accepted;
  }

  std::string new_value(const DeclaredParameter &parameter, std::minstd_rand &random) const
  {
    static const std::vector<std::string> interesting = {"0",
                                                         "1",
                                                         "2",
                                                         "3",
                                                         "7",
                                                         "28",
                                                         "-1",
                                                         "0.5",
                                                         "1e-300",
                                                         "1e300",
                                                         "1e-12",
                                                         "1e12",
                                                         "1e-5",
                                                         "40",
                                                         "100",
                                                         "1000000",
                                                         "2147483647",
                                                         "-2147483648",
                                                         "inf",
                                                         "nan",
                                                         "true",
                                                         "false",
                                                         "-1, 1",
                                                         "0, 0",
                                                         "1,1,1",
                                                         "1:2",
                                                         "normal(0,1)",
                                                         "x^2",
                                                         "x, y",
                                                         "1e-320",
                                                         "1.7976931348623157e308"};
    // The words of a choice stand in its range in quotes.
    std::vector<std::string> words;
    for (std::string range = parameter.range; range.find('\'') != std::string::npos;)
      {
        next_part(range, "'");
        words.push_back(next_part(range, "'"));
      }
    switch (random() % 4)
      {
        case 0:
          return parameter.default_value;
        case 1:
        case 2:
          if (!words.empty())
            return words[random() % words.size()];
          [[fallthrough]];
        default:
          return interesting[random() % interesting.size()];
      }
  }

  std::unique_ptr<dealii::ParameterHandler> prm;
  std::vector<DeclaredParameter>            parameters;
  std::map<std::string, std::size_t>        place; ///< of a path among the parameters
  std::set<std::size_t>                     changed;
};
} // namespace rhoflow
