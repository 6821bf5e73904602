#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/boltzmann/picture.h>

#include <deal.II/base/data_out_base.h>
#include <deal.II/grid/reference_cell.h>

#include <cmath>
#include <fstream>

namespace rhoflow
{
namespace
{
template <int dim>
class Cells : public dealii::DataOutInterface<dim, dim>
{
public:
  Cells(const DualProblem &problem, const DualProblem::State &state, const Domain &domain, unsigned int subdivisions)
  {
    dealii::DataOutBase::VtkFlags flags;
    flags.print_date_and_time = false; // files of equal runs are equal
    this->set_flags(flags);
    std::size_t n_cells = 1, n_points = 1;
    for (unsigned int d = 0; d < dim; ++d)
      {
        n_cells *= static_cast<std::size_t>(domain.subdivisions[d]) << domain.refinement;
        n_points *= subdivisions + 1;
      }
    std::vector<double> theta(n_points * dim), log_density(n_points), potential(n_points);
    patches.resize(n_cells);
    for (std::size_t cell = 0; cell < n_cells; ++cell)
      {
        double      lower[dim], extent[dim];
        std::size_t index = cell;
        for (unsigned int d = 0; d < dim; ++d)
          {
            const std::size_t cells = static_cast<std::size_t>(domain.subdivisions[d]) << domain.refinement;
            extent[d]               = (domain.upper[d] - domain.lower[d]) / static_cast<double>(cells);
            lower[d]                = domain.lower[d] + extent[d] * static_cast<double>(index % cells);
            index /= cells;
          }
        for (std::size_t p = 0; p < n_points; ++p)
          {
            std::size_t rest = p;
            for (unsigned int d = 0; d < dim; ++d, rest /= subdivisions + 1)
              theta[p * dim + d] = lower[d] + extent[d] * static_cast<double>(rest % (subdivisions + 1)) / subdivisions;
          }
        problem.density(state, n_points, theta.data(), log_density.data(), potential.data());

        auto &patch = patches[cell];
        for (unsigned int v = 0; v < (1u << dim); ++v)
          for (unsigned int d = 0; d < dim; ++d)
            patch.vertices[v][d] = lower[d] + ((v >> d) & 1u) * extent[d];
        patch.reference_cell = dealii::ReferenceCells::get_hypercube<dim>();
        patch.n_subdivisions = subdivisions;
        patch.patch_index    = static_cast<unsigned int>(cell);
        patch.data.reinit(2, static_cast<unsigned int>(n_points));
        for (unsigned int p = 0; p < n_points; ++p)
          {
            patch.data(0, p) = static_cast<float>(std::exp(log_density[p]));
            patch.data(1, p) = static_cast<float>(potential[p]);
          }
      }
  }

private:
  const std::vector<dealii::DataOutBase::Patch<dim, dim>> &get_patches() const override { return patches; }
  std::vector<std::string> get_dataset_names() const override { return {"density", "potential"}; }

  std::vector<dealii::DataOutBase::Patch<dim, dim>> patches;
};
} // namespace

void write_picture(const DualProblem &problem, const DualProblem::State &state, const Domain &domain, const std::string &path)
{
  double n_cells = 1.;
  for (unsigned int d = 0; d < domain.dimension(); ++d)
    n_cells *= std::ldexp(domain.subdivisions[d], static_cast<int>(domain.refinement));
  unsigned int subdivisions = 4;
  while (subdivisions > 1 && n_cells * std::pow(subdivisions + 1., domain.dimension()) > 5e5)
    --subdivisions;

  // One rank writes, since MPI does not say that the disk is full.
  int good = 1;
  if (rank_of(problem.communicator()) == 0)
    {
      std::ofstream file(path, std::ios::binary);
      if (domain.dimension() == 1)
        Cells<1>(problem, state, domain, subdivisions).write_vtu(file);
      else if (domain.dimension() == 2)
        Cells<2>(problem, state, domain, subdivisions).write_vtu(file);
      else
        Cells<3>(problem, state, domain, subdivisions).write_vtu(file);
      file.close();
      good = (file ? 1 : 0);
    }
  MPI_Bcast(&good, 1, MPI_INT, 0, problem.communicator());
  if (good == 0)
    throw RunError("Cannot write " + path + ": is the disk full?");
}
} // namespace rhoflow
