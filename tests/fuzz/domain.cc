// The section "Domain": lines are the lower corner, the upper corner, subdivisions, refinement, sides that are one.
#include <deal.II/base/parameter_handler.h>

#include <tests/fuzz/fuzz.h>

#include <meshes/domain.h>

#include <solvers/base/number.h>

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  using namespace rhoflow;
  std::string text(reinterpret_cast<const char *>(data), size);
  // One handler for all inputs: to declare the section anew takes longer than everything else.
  static dealii::ParameterHandler &prm = []() -> dealii::ParameterHandler & {
    static dealii::ParameterHandler handler;
    Domain::declare(handler);
    return handler;
  }();
  const std::pair<const char *, const char *> names[] = {
    {"Lower corner", "0"}, {"Upper corner", "1"}, {"Subdivisions", "4"}, {"Refinement", "0"}, {"Periodic", "false"}};
  prm.enter_subsection("Domain");
  bool accepted = true;
  for (const auto &[name, standard] : names)
    {
      const std::string value = plain_value(next_part(text, "\n"));
      accepted                = accepted && tiny_number(value).empty(); // as ParameterFile does
      try
        {
          if (accepted)
            prm.set(name, value.empty() ? standard : value);
        }
      catch (const dealii::ParameterHandler::ExcValueDoesNotMatchPattern &)
        {
          prm.set(name, std::string(standard));
          accepted = false;
        }
    }
  prm.leave_subsection();
  if (!accepted)
    return 0;
  bool   parsed = false;
  Domain domain;
  try
    {
      domain.parse(prm);
      // What is left to the program is chosen as a solver in two dimensions does.
      if (domain.lower.empty())
        {
          require(domain.upper.empty(), "one corner of a box");
          domain.set_box({-3., -2.}, {3., 2.});
        }
      if (domain.subdivisions.empty())
        domain.set_subdivisions(8);
      parsed = true;
    }
  catch (const InputError &)
    {
      // Domain leaves no subsection open when it throws: it is used again.
    }
  if (!parsed)
    return 0;
  const unsigned int D = domain.dimension();
  require(D >= 1 && D <= 3 && domain.upper.size() == D && domain.subdivisions.size() == D && domain.periodic.size() == D,
          "a box of several dimensions");
  double volume = 1.;
  for (unsigned int d = 0; d < D; ++d)
    {
      const double cell = (domain.upper[d] - domain.lower[d]) / domain.subdivisions[d] / std::pow(2., domain.refinement);
      require(std::isfinite(cell) && cell > 0., "cells without a size");
      require(domain.lower[d] + cell > domain.lower[d] && domain.upper[d] - cell < domain.upper[d],
              "neighbouring vertices in one place");
      volume *= cell;
    }
  require(std::isfinite(volume) && volume > 0. && std::isfinite(1. / volume), "cells without a volume");
  return 0;
}
