#include <solvers/discretization/refinement.h>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>

#include <meshes/adaptive_mesh.h>
#include <meshes/domain.h>

namespace rhoflow
{
void RefinementParameters::bind(ParameterBinding &p)
{
  p.section("Refinement");
  p.add("Adaptive", adaptive, "Refine and coarsen the mesh while the density moves.");
  p.add("Maximum level", maximum_level, range(0, CellKey::max_level), "Refinements of a coarse cell at most.");
  p.add("Minimum level", minimum_level, range(0, CellKey::max_level), "Refinements of a coarse cell at least.");
  p.add("Tolerance", tolerance, range(1e-300, 1.),
        "A cell is refined where the part of its density that its polynomial degree barely resolves (highest Legendre modes "
        "and negative part) holds more than this [mass].");
  p.add("Coarsening", coarsening, range(0., 1.),
        "Families of cells are joined where each holds less than this part of the tolerance.");
  p.add("Interval", interval, range(1, 100000), "Time steps between two adaptations.");
  p.add("Negative mass", negative_mass, range(0., 1.),
        "The tolerance is halved whenever the negative mass of the evolved density is above this [mass]; 0: never.");
  p.add("Maximum cells", maximum_cells, range(1, Domain::max_cells), "No cell is refined beyond this number of cells.");
}

void RefinementParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<RefinementParameters>(prm);
}

std::vector<Unread> RefinementParameters::unread(dealii::ParameterHandler &prm)
{
  if (parameter_value(prm, "Refinement/Adaptive") == "true")
    return {};
  return {{"Refinement", "unless 'Adaptive = true'"},
          {"Fokker-Planck/Refined Peclet number", "unless 'Refinement/Adaptive = true'"}};
}

void RefinementParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
  if (minimum_level > maximum_level)
    throw InputError(Refusal::inconsistent, "Refinement/Minimum level",
                     "the minimum level " + std::to_string(minimum_level) + " is above the maximum level " +
                       std::to_string(maximum_level) + ".");
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
