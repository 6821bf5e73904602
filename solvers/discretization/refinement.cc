#include <solvers/discretization/refinement.h>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>
#include <solvers/mean_field/accuracy.h>

#include <algorithm>
#include <cmath>
#include <string>

#include <meshes/adaptive_mesh.h>
#include <meshes/domain.h>

namespace rhoflow
{
namespace
{
/// Measured with 'single neuron', degree 4, on References A and D: the negative mass is 20 to 50 times a tolerance of 1e-3 to
/// 1e-4, and the error of the risk stays below 3e-6 at 1e-3.
double tolerance_for(const AccuracyParameters &accuracy, const unsigned int dimension)
{
  // Fine meshes cost little where there are few coordinates, and unlike negative mass an error in L1 is seen there. The errors
  // of the risk fall faster than the tolerance: biased tanh neurons, 1.0e-4 with 2e-4 and 1.2e-5 with 6e-5.
  constexpr double of_density[] = {0., 2e-5, 1e-3, 2e-2}, of_functionals[] = {0., 1e-4, 5e-3, 1.5e-2};
  return std::min(of_density[dimension] * accuracy.density, of_functionals[dimension] * std::sqrt(accuracy.functionals));
}
} // namespace

void RefinementParameters::bind(ParameterBinding &p)
{
  p.section("Refinement");
  p.add("Adaptive", given_adaptive,
        Choices<Adaptive>{{"automatic", Adaptive::automatic}, {"true", Adaptive::yes}, {"false", Adaptive::no}},
        "Refine and coarsen the mesh while the density moves; automatic: unless 'Domain/Subdivisions' are given.");
  p.add("Maximum level", given_maximum_level, range(0, CellKey::max_level),
        "Refinements of a coarse cell at most. automatic: 2 beside given 'Domain/Subdivisions', else 8.");
  p.add("Minimum level", minimum_level, range(0, CellKey::max_level), "Refinements of a coarse cell at least.");
  p.add("Tolerance", given_tolerance, range(1e-300, 1.),
        "A cell is refined where the part of its density that its polynomial degree barely resolves (highest Legendre modes "
        "and negative part) holds more than this [mass]. automatic: 1e-6 beside given 'Domain/Subdivisions', else what section "
        "'Accuracy' asks for.");
  p.add(
    "Coarsening", given_coarsening, range(0., 1.),
    "Families of cells are joined where each holds less than this part of the tolerance. automatic: 0.1; never on the automatic "
    "meshes of 'fokker planck', where each joining changes the free energy.");
  p.add(
    "Interval", given_interval, range(1, 100000),
    "Time steps between two looks at the mesh, which is made anew where it is needed. automatic: 4; 30 on the automatic meshes of 'fokker planck'.");
  p.add("Negative mass", given_negative_mass, range(0., 1.),
        "The tolerance is halved whenever the negative mass of the evolved density is above this [mass]; 0: never. automatic: "
        "never beside given 'Domain/Subdivisions', else 'Accuracy/Density'.");
  p.add("Maximum cells", maximum_cells, range(1, Domain::max_cells), "No cell is refined beyond this number of cells.");
}

void RefinementParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<RefinementParameters>(prm);
}

std::vector<Unread> RefinementParameters::unread(dealii::ParameterHandler &prm)
{
  const std::string adaptive = parameter_value(prm, "Refinement/Adaptive");
  if (adaptive == "true" || (adaptive == "automatic" && parameter_value(prm, "Domain/Subdivisions") == "automatic"))
    return {};
  std::vector<Unread> rules{{"Fokker-Planck/Refined Peclet number", "unless 'Refinement/Adaptive = true'"}};
  for (const char *const name :
       {"Maximum level", "Minimum level", "Tolerance", "Coarsening", "Interval", "Negative mass", "Maximum cells"})
    rules.push_back({std::string("Refinement/") + name, "unless 'Adaptive = true'"});
  return rules;
}

void RefinementParameters::parse(const dealii::ParameterHandler &prm, const unsigned int dimension)
{
  read_parameters(*this, prm);
  AccuracyParameters accuracy;
  read_parameters(accuracy, prm);
  const bool given_cells = parameter_value(prm, "Domain/Subdivisions") != automatic_text;
  adaptive               = given_adaptive == Adaptive::yes || (given_adaptive == Adaptive::automatic && !given_cells);
  maximum_level          = given_maximum_level.value_or(given_cells ? 2 : 8);
  tolerance              = given_tolerance.value_or(given_cells ? 1e-6 : tolerance_for(accuracy, dimension));
  negative_mass          = given_negative_mass.value_or(given_cells ? 0. : accuracy.density);
  coarsening             = given_coarsening.value_or(standard_coarsening);
  interval               = given_interval.value_or(standard_interval);
  if (minimum_level > maximum_level)
    throw InputError(Refusal::inconsistent, "Refinement/Minimum level",
                     "the minimum level " + std::to_string(minimum_level) + " is above the maximum level " +
                       std::to_string(maximum_level) + ".");
}

void RefinementParameters::prefer(const double part_of_tolerance, const double other_coarsening,
                                  const unsigned int other_interval)
{
  tolerance  = given_tolerance.value_or(part_of_tolerance * tolerance);
  coarsening = given_coarsening.value_or(other_coarsening);
  interval   = given_interval.value_or(other_interval);
}

void RefinementParameters::record(dealii::ParameterHandler &prm) const
{
  if (!adaptive) // "automatic" says that too, beside subdivisions
    return;
  set_parameter_value(prm, "Refinement/Adaptive", "true");
  set_parameter_value(prm, "Refinement/Maximum level", std::to_string(maximum_level));
  set_parameter_value(prm, "Refinement/Tolerance", shortest_text(tolerance));
  set_parameter_value(prm, "Refinement/Negative mass", shortest_text(negative_mass));
  set_parameter_value(prm, "Refinement/Coarsening", shortest_text(coarsening));
  set_parameter_value(prm, "Refinement/Interval", std::to_string(interval));
}

bool needs_new_mesh(const AdaptiveMesh &mesh, const std::vector<double> &indicator, const RefinementParameters &parameters,
                    const double tolerance)
{
  // Reference A, beside a new mesh for every cell above the tolerance: the same risk to 1.2e-7, negative mass .0037 for .0034.
  constexpr double               many = 0.05, far = 4.;
  const std::vector<signed char> flags     = refinement_flags(mesh, indicator, parameters, tolerance);
  std::uint64_t                  counts[2] = {0, 0};
  for (std::size_t c = 0; c < flags.size(); ++c)
    if (flags[c] > 0)
      {
        ++counts[0];
        counts[1] += indicator[c] > far * tolerance ? 1 : 0;
      }
  MPI_Allreduce(MPI_IN_PLACE, counts, 2, MPI_UINT64_T, MPI_SUM, mesh.communicator());
  return counts[1] > 0 || static_cast<double>(counts[0]) > many * static_cast<double>(mesh.n_global_cells());
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
