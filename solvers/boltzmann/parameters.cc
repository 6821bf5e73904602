#include <solvers/base/error.h>
#include <solvers/boltzmann/parameters.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <limits>

namespace rhoflow
{
void BoltzmannParameters::declare(dealii::ParameterHandler &prm)
{
  using namespace dealii;
  prm.enter_subsection("Boltzmann");
  prm.declare_entry("Nodes per cell", "4", Patterns::Integer(1, 64),
                    "Gauss points along each axis of a cell of the mesh of section 'Domain': the integrals over the box are "
                    "sums over all of them [points].");
  prm.declare_entry("Tolerance", "1e-12", Patterns::Double(1e-15, 1.),
                    "Newton's method ends when the moments of the density and those that its potential was made from differ by "
                    "less than this (Euclidean norm, relative to the larger of 1 and the norm of the target's moments).");
  prm.declare_entry("Maximum iterations", "100", Patterns::Integer(1, 100000),
                    "Newton steps for one inverse temperature before the run gives up.");
  prm.declare_entry(
    "Path of inverse temperatures", "", Patterns::List(Patterns::Double(0., std::numeric_limits<double>::max())),
    "Increasing inverse temperatures below that of section 'Mean field' to be solved for on the way, each from the "
    "solution before: a study of the temperature in one run. Every one gives a row of statistics.csv. Empty: none.");
  prm.declare_entry("Write density", "true", Patterns::Bool(),
                    "Write the density and its potential at the last inverse temperature to density.vtu (or "
                    "density.xdmf and density.h5, 'Output/Format').");
  prm.leave_subsection();
}

void BoltzmannParameters::parse(dealii::ParameterHandler &prm)
{
  using dealii::Utilities::split_string_list;
  prm.enter_subsection("Boltzmann");
  nodes_per_cell = static_cast<unsigned int>(prm.get_integer("Nodes per cell"));
  tolerance      = prm.get_double("Tolerance");
  most_steps     = static_cast<unsigned int>(prm.get_integer("Maximum iterations"));
  path           = dealii::Utilities::string_to_double(split_string_list(prm.get("Path of inverse temperatures")));
  write_density  = prm.get_bool("Write density");
  prm.leave_subsection();
  snapshots.parse(prm);

  prm.enter_subsection("Domain");
  boundary_warning = prm.get_double("Boundary mass warning");
  boundary_limit   = prm.get_double("Boundary mass limit");
  prm.leave_subsection();
  if (boundary_limit < boundary_warning)
    throw InputError("Domain/Boundary mass limit", "the limit is below the mass that 'Boundary mass warning' warns of.");
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!(path[i] > (i > 0 ? path[i - 1] : 0.)))
      throw InputError("Boltzmann/Path of inverse temperatures", "the inverse temperatures must be above 0 and increase.");
}
} // namespace rhoflow
