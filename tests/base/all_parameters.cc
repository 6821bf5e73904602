#include <catch2/catch.hpp>

#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/registry/all_parameters.h>

#include <deal.II/base/parameter_handler.h>

#include <map>
#include <set>

using namespace rhoflow;
using dealii::ParameterHandler;

namespace
{
/// The values of all parameters as texts.
std::map<std::string, std::string> texts(AllParameters &parameters)
{
  ParameterHandler   handler;
  ParameterCatalogue catalogue;
  ParameterBinding   binding = ParameterBinding::declaring(handler, catalogue);
  parameters.bind(binding);
  return current_values(handler);
}

/// Whether the handler takes the value.
bool takes(ParameterHandler &handler, const DeclaredParameter &parameter, const std::string &value)
{
  try
    {
      set_parameter_value(handler, parameter.path(), value);
      return true;
    }
  catch (const ParameterHandler::ExcValueDoesNotMatchPattern &)
    {
      if (!parameter.section.empty())
        handler.leave_subsection();
      return false;
    }
}

/// Values to try in place of the default, different ones for every index.
std::vector<std::string> candidates(const DeclaredParameter &parameter, const unsigned int index)
{
  if (parameter.name == "Activation nodes")
    return {"1:2, 3:4.5"};
  std::vector<std::string> values;
  if (parameter.range.find("one of '") == 0 || parameter.range.find("any of '") == 0)
    for (auto begin = parameter.range.find('\''); begin != std::string::npos; begin = parameter.range.find('\'', begin))
      {
        const auto end = parameter.range.find('\'', begin + 1);
        values.push_back(parameter.range.substr(begin + 1, end - begin - 1));
        begin = end + 1;
      }
  for (const std::string &value :
       {std::string("true"), std::string("false"), std::to_string(2 + index), std::to_string(2 + index % 19),
        shortest_text((1000. + index) * 1e-6), std::to_string(2 + index) + ".5, 1000.5", std::string("3")})
    values.push_back(value);
  return values;
}
} // namespace

TEST_CASE("The defaults of all parameters are the initial values of the structs")
{
  ParameterHandler handler;
  declare_parameters<AllParameters>(handler);
  AllParameters initial, read;
  read_parameters(read, handler);
  CHECK(texts(initial) == current_values(handler));
  CHECK(texts(read) == current_values(handler));
}

TEST_CASE("Every parameter reaches a variable of its own")
{
  ParameterHandler handler;
  declare_parameters<AllParameters>(handler);
  unsigned int index = 0;
  for (const DeclaredParameter &parameter : declared_parameters(handler))
    {
      // Of a text any value is one, but some stand for numbers.
      bool changed = false;
      for (const std::string &value : candidates(parameter, index))
        if (const bool any_text = parameter.range == "any text"; !changed && value != parameter.default_value)
          changed = (!any_text || (value != "true" && value != "false")) && takes(handler, parameter, value);
      CAPTURE(parameter.path());
      CHECK(changed);
      ++index;
    }
  AllParameters read;
  read_parameters(read, handler);
  CHECK(texts(read) == current_values(handler));
}

TEST_CASE("A run may go on with other outputs, times and tolerances, and with nothing else")
{
  ParameterHandler            handler;
  const ParameterCatalogue    catalogue = declare_parameters<AllParameters>(handler);
  const std::set<std::string> changeable{"Title",
                                         "Output directory",
                                         "Overwrite",
                                         "End time",
                                         "Output interval",
                                         "Output times",
                                         "Checkpoint/Every n-th step",
                                         "Checkpoint/Time interval",
                                         "Checkpoint/Wall-clock interval",
                                         "Checkpoint/At the end",
                                         "Data/CSV file",
                                         "Domain/Boundary mass warning",
                                         "Domain/Extendable",
                                         "Domain/Boundary mass limit",
                                         "Discontinuous Galerkin/CFL number",
                                         "Discontinuous Galerkin/Maximum time step",
                                         "Discontinuous Galerkin/Largest fall of the risk",
                                         "Fokker-Planck/Time step",
                                         "Fokker-Planck/Error tolerance",
                                         "Particles/Write particles",
                                         "Output/Every n-th output",
                                         "Output/Compression",
                                         "Output/Format",
                                         "Output/Write density",
                                         "Output/Fields",
                                         "Output/Grouped files",
                                         "Output/Leave out below"};
  std::set<std::string>       found;
  for (const DeclaredParameter &parameter : declared_parameters(handler))
    if (catalogue.may_change(parameter.path()))
      found.insert(parameter.path());
  CHECK(found == changeable);
}
