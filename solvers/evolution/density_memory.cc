#include <solvers/base/memory_guard.h>
#include <solvers/base/ranks.h>
#include <solvers/discretization/dg/dg_kernel.h>
#include <solvers/evolution/density_memory.h>

#include <meshes/domain.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
const char *const cells_parameter = "Domain/Subdivisions";
const char *const advice          = "choose fewer 'Domain/Subdivisions', less 'Domain/Refinement' or a lower degree";

/// In one dimension every rank has all cells.
double cells_of_rank(const Domain &domain, MPI_Comm communicator)
{
  return domain.n_cells() / (domain.dimension() == 1 ? 1 : number_of_ranks(communicator));
}

/// Of all solutions together, as a multiple of the finest one's.
double all_solutions(const Domain &domain, const unsigned int n_coarser)
{
  double factor = 1.;
  for (unsigned int i = 1; i <= n_coarser; ++i)
    factor += std::ldexp(1., -static_cast<int>(i * domain.dimension()));
  return factor;
}

void add_mesh(const Domain &domain, const bool adaptive, MPI_Comm communicator, MemoryEstimate &memory)
{
  // Bytes of a cell with its faces and lines, and of a coarse cell, which every rank knows.
  const double of_cell = domain.dimension() == 1 ? 400. : (domain.dimension() == 2 ? 600. : 1000.);
  const double coarse  = std::ldexp(domain.n_cells(), -static_cast<int>(domain.dimension() * domain.refinement));
  // Flags are completed on the list of all cells.
  const double bytes = of_cell * (coarse + (domain.refinement > 0 ? 1.2 * cells_of_rank(domain, communicator) : 0.)) +
                       (adaptive ? 100. * domain.n_cells() : 0.);
  memory.add("the mesh", bytes, cells_parameter, advice);
}
} // namespace

void DensityMemory::add_discontinuous(const Domain &domain, MPI_Comm communicator, MemoryEstimate &memory) const
{
  const unsigned int dim = domain.dimension(), n = degree + 1;
  const double cells = cells_of_rank(domain, communicator), all = std::max(1U, n_paths) * all_solutions(domain, n_coarser);
  add_mesh(domain, adaptive, communicator, memory);
  const double unknowns = cells * std::pow(n, dim), traces = cells * 2. * dim * std::pow(n, dim - 1);
  memory.add("the density", all * (56. * unknowns + 16. * traces), cells_parameter, advice);
  if (written)
    memory.add("the density's picture", 170. * unknowns, "Output/Write density", advice);
  if (n_modes > 0)
    {
      const double             features = has_outer_weight ?
                                            domain.n_cells() / std::ldexp(domain.subdivisions[0], static_cast<int>(domain.refinement)) :
                                            cells;
      const VelocityTableShape shape(dim, n, has_outer_weight);
      // Paths have two more families of modes, about as many of each, and second derivatives of the modes at all points.
      const double n_omega = has_outer_weight ? dim - 1. : dim, points = shape.n_nodes + 2. * n_omega * shape.n_side;
      const double rows = n_paths == 0 ? shape.n_rows :
                                         3. * shape.n_rows + (1. + n_omega + .5 * n_omega * (n_omega + 1.)) * points;
      memory.add("the tables of the features", all * 8. * features * rows * n_modes, cells_parameter,
                 std::string(advice) + ", or a larger 'Mean field/Compression tolerance'");
    }
}

void DensityMemory::add_continuous(const Domain &domain, MPI_Comm communicator, MemoryEstimate &memory) const
{
  const unsigned int dim = domain.dimension();
  const double       all = all_solutions(domain, n_coarser);
  add_mesh(domain, adaptive, communicator, memory);
  const double unknowns = cells_of_rank(domain, communicator) * std::pow(degree, dim);
  memory.add("the density and its linear systems", all * (dim == 1 ? 800. : 1500.) * unknowns, cells_parameter, advice);
  if (written)
    memory.add("the density's picture", 300. * unknowns, "Output/Write density", advice);
  if (n_modes > 0)
    memory.add("the features at the nodes", all * 8. * unknowns * n_modes, cells_parameter,
               std::string(advice) + ", or a larger 'Mean field/Compression tolerance'");
}
} // namespace rhoflow
