#include <solvers/characteristics/parameters.h>

#include <deal.II/base/parameter_handler.h>

namespace rhoflow
{
void CharacteristicsParameters::declare(dealii::ParameterHandler &prm)
{
  using namespace dealii;
  prm.enter_subsection("Characteristics");
  prm.declare_entry("Nodes per coordinate", "16", Patterns::Integer(1, 100000),
                    "Gauss points of the initial law in every coordinate that is not a point mass; all combinations are moved "
                    "[points].");
  prm.declare_entry(
    "Neglected mass", "1e-12", Patterns::Double(0., 1e-2),
    "The lightest Gauss points, with at most this mass together, are left out: they lie far outside, where they "
    "cost small time steps and change nothing.");
  prm.declare_entry("Tolerance", "1e-8", Patterns::Double(1e-13, 1e-1),
                    "Relative and absolute local error of every coordinate of every point in a time step of the adaptive "
                    "Runge-Kutta method [parameters].");
  prm.declare_entry(
    "Features", "automatic", Patterns::Selection("automatic|exact|compressed"),
    "exact: all data nodes, without error and without a box; compressed: as section 'Mean field' says, for points "
    "that stay in the box of section 'Domain'; automatic: exact up to 1000 data nodes.");
  prm.declare_entry(
    "Write points", "true", Patterns::Bool(),
    "Write the points with mass, potential and velocity to points.pvd at the output times; see section 'Output' for how "
    "often and how small.");
  prm.leave_subsection();
  SnapshotParameters::declare(prm);
}

void CharacteristicsParameters::parse(dealii::ParameterHandler &prm)
{
  snapshots.parse(prm);
  prm.enter_subsection("Characteristics");
  n_per_coordinate         = static_cast<unsigned int>(prm.get_integer("Nodes per coordinate"));
  neglected_mass           = prm.get_double("Neglected mass");
  tolerance                = prm.get_double("Tolerance");
  const std::string choice = prm.get("Features");
  features     = (choice == "exact" ? Features::exact : (choice == "compressed" ? Features::compressed : Features::automatic));
  write_points = prm.get_bool("Write points");
  prm.leave_subsection();
}
} // namespace rhoflow
