#include <solvers/discretization/refinement.h>

#include <deal.II/base/parameter_handler.h>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>

#include <meshes/adaptive_mesh.h>
#include <meshes/domain.h>

namespace rhoflow
{
void RefinementParameters::declare(dealii::ParameterHandler &prm)
{
  using namespace dealii::Patterns;
  prm.enter_subsection("Refinement");
  prm.declare_entry("Adaptive", "false", Bool(), "Refine and coarsen the mesh while the density moves.");
  prm.declare_entry("Maximum level", "2", Integer(0, CellKey::max_level), "Refinements of a coarse cell at most.");
  prm.declare_entry("Minimum level", "0", Integer(0, CellKey::max_level), "Refinements of a coarse cell at least.");
  prm.declare_entry("Tolerance", "1e-6", Double(1e-300, 1.),
                    "A cell is refined where the part of its density that its polynomial degree barely resolves (highest "
                    "Legendre modes and negative part) holds more than this [mass].");
  prm.declare_entry("Coarsening", "0.1", Double(0., 1.),
                    "Families of cells are joined where each holds less than this part of the tolerance.");
  prm.declare_entry("Interval", "4", Integer(1, 100000), "Time steps between two adaptations.");
  prm.declare_entry(
    "Negative mass", "0", Double(0., 1.),
    "The tolerance is halved whenever the negative mass of the evolved density is above this [mass]; 0: never.");
  prm.declare_entry("Maximum cells", "1000000", Integer(1, Domain::most_cells),
                    "No cell is refined beyond this number of cells.");
  prm.leave_subsection();
}

std::vector<Unread> RefinementParameters::unread(dealii::ParameterHandler &prm)
{
  if (parameter_value(prm, "Refinement/Adaptive") == "true")
    return {};
  return {{"Refinement", "unless 'Adaptive = true'"},
          {"Fokker-Planck/Refined Peclet number", "unless 'Refinement/Adaptive = true'"}};
}

void RefinementParameters::parse(dealii::ParameterHandler &prm)
{
  prm.enter_subsection("Refinement");
  adaptive      = prm.get_bool("Adaptive");
  maximum_level = static_cast<unsigned int>(prm.get_integer("Maximum level"));
  minimum_level = static_cast<unsigned int>(prm.get_integer("Minimum level"));
  tolerance     = prm.get_double("Tolerance");
  coarsening    = prm.get_double("Coarsening");
  interval      = static_cast<unsigned int>(prm.get_integer("Interval"));
  negative_mass = prm.get_double("Negative mass");
  maximum_cells = static_cast<std::uint64_t>(prm.get_integer("Maximum cells"));
  prm.leave_subsection();
  if (minimum_level > maximum_level)
    throw InputError("Refinement/Minimum level", "the minimum level " + std::to_string(minimum_level) +
                                                   " is above the maximum level " + std::to_string(maximum_level) + ".");
}

std::vector<signed char> refinement_flags(const AdaptiveMesh &mesh, const std::vector<double> &indicator,
                                          const RefinementParameters &parameters, double tolerance)
{
  std::vector<signed char> flags(mesh.cells().size(), 0);
  const bool               full = mesh.n_global_cells() >= parameters.maximum_cells;
  for (std::size_t c = 0; c < mesh.cells().size(); ++c)
    {
      const unsigned int level = mesh.cells()[c].level;
      if ((indicator[c] > tolerance && level < parameters.maximum_level && !full) || level < parameters.minimum_level)
        flags[c] = 1;
      else if (indicator[c] < parameters.coarsening * tolerance && level > parameters.minimum_level)
        flags[c] = -1;
    }
  return flags;
}
} // namespace rhoflow
