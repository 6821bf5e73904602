#include <solvers/discretization/nodal/nodal_space.h>

#include <deal.II/base/index_set.h>
#include <deal.II/base/mpi.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/dofs/dof_tools.h>
#include <deal.II/fe/fe_q.h>
#include <deal.II/fe/fe_tools.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/la_parallel_vector.h>

#include <algorithm>
#include <stdexcept>
#include <unordered_map>

#include <solvers/base/error.h>
#include <solvers/base/ranks.h>

namespace rhoflow
{
using dealii::types::global_dof_index;
using GhostedVector = dealii::LinearAlgebra::distributed::Vector<double>;

/// Between ranks, in deal.II's numbering of all nodes.
struct NodalSpace::Exchange
{
  std::vector<global_dof_index> dof; ///< of every local node
  mutable GhostedVector         vector;
};

NodalSpace::NodalSpace(const AdaptiveMesh &mesh, unsigned int degree, bool void_origin)
  : grid(mesh)
  , element(lobatto_line(degree))
  , dim(mesh.dimension())
  , exchange(std::make_unique<Exchange>())
{
  for (unsigned int d = 0; d < dim; ++d)
    n_points *= element.n;
  switch (dim)
    {
      case 1:
        build<1>(void_origin);
        break;
      case 2:
        build<2>(void_origin);
        break;
      default:
        build<3>(void_origin);
    }
}

NodalSpace::~NodalSpace() = default;

namespace
{
template <int dim>
void identify_periodic_sides(const dealii::DoFHandler<dim> &dofs, const Domain &domain,
                             dealii::AffineConstraints<double> &constraints)
{
  if constexpr (dim == 1)
    {
      if (!domain.periodic[0])
        return;
      global_dof_index lower = 0, upper = 0;
      for (const auto &cell : dofs.active_cell_iterators())
        {
          if (cell->at_boundary(0))
            lower = cell->vertex_dof_index(0, 0);
          if (cell->at_boundary(1))
            upper = cell->vertex_dof_index(1, 0);
        }
      constraints.add_line(upper);
      constraints.add_entry(upper, lower, 1.);
    }
  else
    for (unsigned int d = 0; d < dim; ++d)
      if (domain.periodic[d])
        dealii::DoFTools::make_periodicity_constraints(dofs, 2 * d, 2 * d + 1, d, constraints);
}
} // namespace

template <int D>
void NodalSpace::build(bool void_origin)
{
  const unsigned int    degree = element.n - 1;
  const MPI_Comm        comm   = grid.communicator();
  const dealii::FE_Q<D> fe(degree);
  dealii::DoFHandler<D> dofs(grid.triangulation<D>());
  dofs.distribute_dofs(fe);
  dealii::IndexSet relevant;
  dealii::DoFTools::extract_locally_relevant_dofs(dofs, relevant);
  dealii::AffineConstraints<double> constraints(relevant);
  dealii::DoFTools::make_hanging_node_constraints(dofs, constraints);
  identify_periodic_sides<D>(dofs, grid.domain(), constraints);
  constraints.close();

  // Positions and the nodes of cells. Cells are recognised by their centres, as the mesh does.
  std::unordered_map<CellKey, std::size_t, CellKeyHash> cell_number;
  for (std::size_t c = 0; c < grid.cells().size(); ++c)
    cell_number.emplace(grid.cells()[c], c);
  const std::vector<unsigned int> to_lexicographic = dealii::FETools::hierarchic_to_lexicographic_numbering<D>(degree);
  std::unordered_map<global_dof_index, std::vector<double>> place;
  std::unordered_map<global_dof_index, std::uint32_t>       local_number;
  std::vector<global_dof_index>                             indices(n_points);
  cell_nodes.assign(grid.cells().size() * n_points, 0);
  const auto local = [&](global_dof_index dof) {
    const auto [entry, is_new] = local_number.emplace(dof, static_cast<std::uint32_t>(exchange->dof.size()));
    if (is_new)
      exchange->dof.push_back(dof);
    return entry->second;
  };
  for (const auto &cell : dofs.active_cell_iterators())
    {
      if (cell->is_artificial())
        continue;
      cell->get_dof_indices(indices);
      const CellKey key   = key_of(cell, grid.domain());
      const bool    owns  = cell->is_locally_owned();
      const auto    found = owns ? cell_number.find(key) : cell_number.end();
      if (owns && found == cell_number.end())
        throw std::logic_error("a cell of the triangulation is not in the list of the mesh");
      for (unsigned int h = 0; h < n_points; ++h)
        {
          const unsigned int  i = to_lexicographic[h];
          std::vector<double> theta(D);
          for (unsigned int d = 0, rest = i; d < D; ++d, rest /= element.n)
            {
              const double xi = element.nodes[rest % element.n];
              // The ends take the bits that neighbours see.
              theta[d] = rest % element.n == degree ? grid.position(key, d, 1) :
                                                      grid.position(key, d, 0) + xi * grid.extent(key, d);
            }
          place.emplace(indices[h], std::move(theta));
          if (owns)
            cell_nodes[found->second * n_points + i] = local(indices[h]);
        }
    }
  // The nodes that hanging ones depend on.
  dealii::IndexSet needed = relevant;
  for (std::size_t i = 0; i < exchange->dof.size(); ++i)
    if (const auto *const entries = constraints.get_constraint_entries(exchange->dof[i]))
      for (const auto &entry : *entries)
        {
          local(entry.first);
          needed.add_index(entry.first);
        }

  const std::size_t n_nodes = exchange->dof.size();
  positions.resize(n_nodes * D);
  std::vector<bool> holds_nothing(n_nodes, false);
  for (std::size_t i = 0; i < n_nodes; ++i)
    {
      const std::vector<double> &theta = place.at(exchange->dof[i]);
      std::copy(theta.begin(), theta.end(), positions.begin() + static_cast<std::ptrdiff_t>(i * D));
      holds_nothing[i] = void_origin && theta[D - 1] == 0.;
    }

  // Numbers of free nodes: a range for every rank, in the order of deal.II's numbers.
  const dealii::IndexSet &mine = dofs.locally_owned_dofs();
  exchange->vector.reinit(mine, needed, comm);
  std::vector<global_dof_index> free;
  for (const auto dof : mine)
    {
      const auto known = local_number.find(dof);
      // A node that no own cell touches and that others own belongs to them.
      if (!constraints.is_constrained(dof) && !(known != local_number.end() && holds_nothing[known->second]))
        free.push_back(dof);
    }
  std::int64_t n_free = static_cast<std::int64_t>(free.size()), before = 0;
  MPI_Exscan(&n_free, &before, 1, MPI_INT64_T, MPI_SUM, comm);
  first            = rank_of(comm) == 0 ? 0 : before;
  total            = static_cast<std::uint64_t>(dealii::Utilities::MPI::sum(n_free, comm));
  exchange->vector = -1.;
  for (std::size_t i = 0; i < free.size(); ++i)
    {
      exchange->vector(free[i]) = static_cast<double>(first + static_cast<std::int64_t>(i));
      owned.push_back(local(free[i]));
    }
  if (exchange->dof.size() != n_nodes)
    throw std::logic_error("a rank owns a node that none of its cells touches");
  exchange->vector.update_ghost_values();
  global_number.resize(n_nodes);
  for (std::size_t i = 0; i < n_nodes; ++i)
    global_number[i] = constraints.is_constrained(exchange->dof[i]) || holds_nothing[i] ?
                         -1 :
                         static_cast<std::int64_t>(exchange->vector(exchange->dof[i]));
  exchange->vector.zero_out_ghost_values();

  first_term.assign(1, 0);
  for (std::size_t i = 0; i < n_nodes; ++i)
    {
      if (const auto *const entries = constraints.get_constraint_entries(exchange->dof[i]))
        {
          // Void nodes leave their share to the others.
          double sum = 0.;
          for (const auto &entry : *entries)
            if (!holds_nothing[local_number.at(entry.first)])
              sum += entry.second;
          for (const auto &entry : *entries)
            if (const std::uint32_t node = local_number.at(entry.first);
                !holds_nothing[node] && !holds_nothing[i] && sum > 1e-6)
              terms.push_back({node, entry.second / sum});
        }
      else if (!holds_nothing[i])
        terms.push_back({static_cast<std::uint32_t>(i), 1.});
      first_term.push_back(terms.size());
    }

  // Weights.
  exchange->vector = 0.;
  for (std::size_t c = 0; c < n_cells(); ++c)
    for (unsigned int i = 0; i < n_points; ++i)
      {
        double w = 1.;
        for (unsigned int d = 0, rest = i; d < D; ++d, rest /= element.n)
          w *= element.weights[rest % element.n] * grid.extent(grid.cells()[c], d);
        const std::uint32_t node = cell(c)[i];
        for (const Term *t = terms_begin(node); t != terms_end(node); ++t)
          exchange->vector(exchange->dof[t->node]) += w * t->weight;
      }
  exchange->vector.compress(dealii::VectorOperation::add);
  for (const std::uint32_t node : owned)
    {
      lumped.push_back(exchange->vector(exchange->dof[node]));
      if (!(lumped.back() > 0.))
        throw std::logic_error("a node has no positive weight");
    }
  if (grid.communicator() != MPI_COMM_SELF && total > 2000000000ULL)
    throw InputError(Refusal::too_large, "Domain/Subdivisions",
                     "PETSc with 32-bit indices cannot number more than 2 10^9 unknowns.");
}

std::vector<double> NodalSpace::to_local(const std::vector<double> &owned_values) const
{
  std::vector<double> result(n_local(), 0.);
  exchange->vector.zero_out_ghost_values();
  for (std::size_t i = 0; i < owned.size(); ++i)
    exchange->vector(exchange->dof[owned[i]]) = owned_values[i];
  exchange->vector.update_ghost_values();
  for (std::size_t i = 0; i < n_local(); ++i)
    if (global_number[i] >= 0)
      result[i] = exchange->vector(exchange->dof[i]);
  exchange->vector.zero_out_ghost_values();
  return result;
}

std::vector<double> NodalSpace::sum_to_owned(const std::function<double(std::size_t, unsigned int)> &value) const
{
  exchange->vector = 0.;
  for (std::size_t c = 0; c < n_cells(); ++c)
    for (unsigned int i = 0; i < n_points; ++i)
      if (const std::uint32_t node = cell(c)[i]; global_number[node] >= 0)
        exchange->vector(exchange->dof[node]) += value(c, i);
  exchange->vector.compress(dealii::VectorOperation::add);
  std::vector<double> result;
  for (const std::uint32_t node : owned)
    result.push_back(exchange->vector(exchange->dof[node]));
  return result;
}
} // namespace rhoflow
