#include <solvers/base/collective.h>
#include <solvers/boltzmann/picture.h>
#include <solvers/discretization/cell_series.h>

#include <cmath>

namespace rhoflow
{
namespace
{
VtuCells cells_of(const DualProblem &problem, const DualProblem::State &state, const Domain &domain, unsigned int subdivisions)
{
  const unsigned int dim     = domain.dimension();
  std::size_t        n_cells = 1, n_points = 1;
  for (unsigned int d = 0; d < dim; ++d)
    {
      n_cells *= static_cast<std::size_t>(domain.subdivisions[d]) << domain.refinement;
      n_points *= subdivisions + 1;
    }
  VtuCells cells(dim, subdivisions, true);
  cells.add_field("density");
  cells.add_field("potential");
  std::vector<double> theta(n_points * dim), density(n_points), potential(n_points);
  for (std::size_t cell = 0; cell < n_cells; ++cell)
    {
      double      lower[3], upper[3];
      std::size_t index = cell;
      for (unsigned int d = 0; d < dim; ++d)
        {
          const std::size_t along  = static_cast<std::size_t>(domain.subdivisions[d]) << domain.refinement;
          const double      extent = (domain.upper[d] - domain.lower[d]) / static_cast<double>(along);
          lower[d]                 = domain.lower[d] + extent * static_cast<double>(index % along);
          upper[d]                 = domain.lower[d] + extent * static_cast<double>(index % along + 1);
          index /= along;
        }
      for (std::size_t p = 0; p < n_points; ++p)
        for (unsigned int d = 0, rest = static_cast<unsigned int>(p); d < dim; ++d, rest /= subdivisions + 1)
          theta[p * dim + d] = lower[d] + (upper[d] - lower[d]) * (rest % (subdivisions + 1)) / subdivisions;
      problem.density(state, n_points, theta.data(), density.data(), potential.data());
      for (double &value : density) // its logarithm so far
        value = std::exp(value);
      cells.add_cell(lower, upper);
      cells.add_values(0, density.data());
      cells.add_values(1, potential.data());
    }
  return cells;
}
} // namespace

void write_picture(const DualProblem &problem, const DualProblem::State &state, const Domain &domain,
                   const RunDirectory &directory, const SnapshotParameters &parameters,
                   const std::vector<std::string> &coordinates, const double time)
{
  double n_cells = 1.;
  for (unsigned int d = 0; d < domain.dimension(); ++d)
    n_cells *= std::ldexp(domain.subdivisions[d], static_cast<int>(domain.refinement));
  unsigned int subdivisions = 4;
  while (subdivisions > 1 && n_cells * std::pow(subdivisions + 1., domain.dimension()) > 5e5)
    --subdivisions;

  // One rank writes, since MPI does not say that the disk is full.
  on_rank_0(problem.communicator(), [&]() {
    write_single_cells(directory, "density", parameters, cells_of(problem, state, domain, subdivisions), time, coordinates);
  });
}
} // namespace rhoflow
