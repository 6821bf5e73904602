#include <meshes/adaptive_mesh.h>

#include <deal.II/base/mpi.h>
#include <deal.II/distributed/tria.h>
#include <deal.II/grid/grid_generator.h>
#include <deal.II/grid/grid_tools.h>
#include <deal.II/grid/tria.h>

#include <algorithm>
#include <cmath>
#include <numeric>
#include <stdexcept>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/ranks.h>

namespace rhoflow
{
namespace
{
template <int dim>
using Tria = std::conditional_t<dim == 1, dealii::Triangulation<dim>, dealii::parallel::distributed::Triangulation<dim>>;
} // namespace

struct AdaptiveMesh::Base
{
  virtual ~Base() = default;

  virtual void list(std::vector<CellKey> &local, std::vector<CellKey> &ghost, std::vector<unsigned> &owner) = 0;
  virtual void refine_globally(unsigned int times)                                                          = 0;
  /// `flags` of all cells of all ranks.
  virtual void adapt(const std::unordered_map<CellKey, signed char, CellKeyHash> &flags, unsigned int n_values,
                     const std::vector<double> &values, const CellTransfer &transfer) = 0;

  std::unordered_map<CellKey, std::vector<double>, CellKeyHash> moved;
};

template <int dim>
struct AdaptiveMesh::Implementation : AdaptiveMesh::Base
{
  using CellIterator = typename dealii::Triangulation<dim>::cell_iterator;

  Implementation(const Domain &d, MPI_Comm communicator)
    : domain(d)
    , tria(make(communicator))
  {
    dealii::Point<dim> lower, upper;
    for (unsigned int i = 0; i < dim; ++i)
      lower[i] = domain.lower[i], upper[i] = domain.upper[i];
    dealii::GridGenerator::subdivided_hyper_rectangle(*tria, domain.subdivisions, lower, upper, true);
    std::vector<dealii::GridTools::PeriodicFacePair<CellIterator>> pairs;
    for (unsigned int i = 0; i < dim; ++i)
      if (domain.periodic[i])
        dealii::GridTools::collect_periodic_faces(*tria, 2 * i, 2 * i + 1, static_cast<int>(i), pairs);
    if (!pairs.empty())
      tria->add_periodicity(pairs);
  }

  static std::unique_ptr<Tria<dim>> make(MPI_Comm communicator)
  {
    if constexpr (dim == 1)
      {
        (void)communicator;
        return std::make_unique<Tria<dim>>();
      }
    else
      return std::make_unique<Tria<dim>>(communicator);
  }

  void list(std::vector<CellKey> &local, std::vector<CellKey> &ghost, std::vector<unsigned> &owner) override
  {
    std::vector<std::pair<std::uint64_t, CellIterator>> order;
    ghost.clear();
    owner.clear();
    for (const auto &cell : tria->active_cell_iterators())
      if (cell->is_locally_owned())
        order.emplace_back(key_of(cell, domain).morton(dim), cell);
      else if (cell->is_ghost())
        {
          ghost.push_back(key_of(cell, domain));
          owner.push_back(cell->subdomain_id());
        }
    std::sort(order.begin(), order.end(), [](const auto &a, const auto &b) { return a.first < b.first; });
    iterators.clear();
    local.clear();
    for (const auto &entry : order)
      {
        iterators.push_back(entry.second);
        local.push_back(key_of(entry.second, domain));
      }
  }

  void refine_globally(unsigned int times) override { tria->refine_global(times); }

  void adapt(const std::unordered_map<CellKey, signed char, CellKeyHash> &flags, unsigned int n_values,
             const std::vector<double> &values, const CellTransfer &transfer) override
  {
    std::unordered_map<CellKey, std::size_t, CellKeyHash> position;
    for (std::size_t i = 0; i < iterators.size(); ++i)
      position.emplace(key_of(iterators[i], domain), i);
    // Cells of other ranks too: deal.II would keep a family that is to be coarsened beside cells of which it does not know that
    // they will be coarsened as well. What it makes of artificial cells need not be a cell of the mesh.
    for (const auto &cell : tria->active_cell_iterators())
      {
        const auto flag = flags.find(key_of(cell, domain));
        if (flag == flags.end())
          continue;
        if (flag->second > 0)
          cell->set_refine_flag();
        else if (flag->second < 0)
          cell->set_coarsen_flag();
      }
    const auto old_values = [&](const CellKey &key) { return values.data() + position.at(key) * n_values; };
    const auto coarsened  = [&](const CellKey &parent, double *result) {
      std::vector<double> children((1U << dim) * n_values);
      for (unsigned int c = 0; c < (1U << dim); ++c)
        std::copy_n(old_values(parent.child(c)), n_values, children.data() + c * n_values);
      transfer.coarsen(parent, children.data(), result);
    };
    moved.clear();

    if constexpr (dim == 1)
      {
        tria->execute_coarsening_and_refinement();
        for (const auto &cell : tria->active_cell_iterators())
          {
            const CellKey       key = key_of(cell, domain);
            std::vector<double> result(n_values);
            if (position.count(key) > 0)
              std::copy_n(old_values(key), n_values, result.data());
            else if (key.level > 0 && position.count(key.parent()) > 0)
              transfer.refine(key, old_values(key.parent()), result.data());
            else
              coarsened(key, result.data());
            moved.emplace(key, std::move(result));
          }
      }
    else
      {
#if DEAL_II_VERSION_GTE(9, 6, 0)
        using Status          = dealii::CellStatus;
        constexpr auto refine = Status::cell_will_be_refined, coarsen = Status::children_will_be_coarsened;
#else
        using Status          = typename Tria<dim>::CellStatus;
        constexpr auto refine = Tria<dim>::CELL_REFINE, coarsen = Tria<dim>::CELL_COARSEN;
#endif
        const auto handle = tria->register_data_attach(
          [&](const CellIterator &cell, const Status status) {
            std::vector<double> packed(n_values);
            const CellKey       key = key_of(cell, domain);
            if (status == coarsen)
              coarsened(key, packed.data());
            else
              std::copy_n(old_values(key), n_values, packed.data());
            const char *const bytes = reinterpret_cast<const char *>(packed.data());
            return std::vector<char>(bytes, bytes + n_values * sizeof(double));
          },
          false);
        tria->execute_coarsening_and_refinement();
        tria->notify_ready_to_unpack(handle, [&](const CellIterator &cell, const Status status, const auto &bytes) {
          std::vector<double> unpacked(n_values);
          std::copy(bytes.begin(), bytes.end(), reinterpret_cast<char *>(unpacked.data()));
          const CellKey key = key_of(cell, domain);
          if (status == refine)
            for (unsigned int c = 0; c < (1U << dim); ++c)
              {
                std::vector<double> result(n_values);
                transfer.refine(key.child(c), unpacked.data(), result.data());
                moved.emplace(key.child(c), std::move(result));
              }
          else
            moved.emplace(key, std::move(unpacked));
        });
      }
  }

  Domain                     domain;
  std::unique_ptr<Tria<dim>> tria;
  std::vector<CellIterator>  iterators;
};

AdaptiveMesh::AdaptiveMesh(const Domain &domain, MPI_Comm communicator)
  : box(domain)
  , comm(domain.dimension() == 1 ? MPI_COMM_SELF : communicator)
  , speaking(domain.dimension() > 1 || rank_of(communicator) == 0)
{
  box.check_mesh();
  Domain::check_number(box.n_cells(), box.refinement > 0 ? "Domain/Refinement" : "Domain/Subdivisions");
  switch (box.dimension())
    {
      case 1:
        implementation = std::make_unique<Implementation<1>>(box, comm);
        break;
      case 2:
        implementation = std::make_unique<Implementation<2>>(box, comm);
        break;
      default:
        implementation = std::make_unique<Implementation<3>>(box, comm);
    }
  implementation->refine_globally(box.refinement);
  update_lists();
}

AdaptiveMesh::~AdaptiveMesh() = default;

void AdaptiveMesh::update_lists()
{
  implementation->list(local, ghost, owner);
  n_global           = dealii::Utilities::MPI::sum(std::uint64_t{local.size()}, comm);
  unsigned int level = 0;
  for (const CellKey &key : local)
    level = std::max(level, key.level);
  finest = dealii::Utilities::MPI::max(level, comm);
}

double AdaptiveMesh::extent(const CellKey &key, unsigned int d) const
{
  return (box.upper[d] - box.lower[d]) / std::ldexp(static_cast<double>(box.subdivisions[d]), static_cast<int>(key.level));
}

double AdaptiveMesh::position(const CellKey &key, unsigned int d, unsigned int side) const
{
  const double fraction = static_cast<double>(key.index[d] + side) /
                          std::ldexp(static_cast<double>(box.subdivisions[d]), static_cast<int>(key.level));
  return box.lower[d] + (box.upper[d] - box.lower[d]) * fraction;
}

bool AdaptiveMesh::neighbor(const CellKey &key, unsigned int d, unsigned int side, CellKey &result) const
{
  const std::uint32_t n = box.subdivisions[d] << key.level;
  result                = key;
  if (side == 0)
    {
      if (key.index[d] == 0 && !box.periodic[d])
        return false;
      result.index[d] = key.index[d] == 0 ? n - 1 : key.index[d] - 1;
    }
  else
    {
      if (key.index[d] + 1 == n && !box.periodic[d])
        return false;
      result.index[d] = key.index[d] + 1 == n ? 0 : key.index[d] + 1;
    }
  return true;
}

bool AdaptiveMesh::adapt(const std::vector<signed char> &flags, unsigned int n_values, std::vector<double> &values,
                         const CellTransfer &transfer)
{
  // The whole mesh in one list on every rank: 20 bytes a cell, once per adaptation.
  const int                  n_ranks = number_of_ranks(comm);
  std::vector<std::uint32_t> mine;
  mine.reserve(5 * local.size());
  for (std::size_t i = 0; i < local.size(); ++i)
    mine.insert(mine.end(), {local[i].index[0], local[i].index[1], local[i].index[2], local[i].level,
                             static_cast<std::uint32_t>(flags[i] + 1)});
  std::vector<int> counts(static_cast<std::size_t>(n_ranks)), offsets(static_cast<std::size_t>(n_ranks));
  const int        n_mine = static_cast<int>(mine.size());
  MPI_Allgather(&n_mine, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
  std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
  std::vector<std::uint32_t> everybody(static_cast<std::size_t>(offsets.back() + counts.back()));
  MPI_Allgatherv(mine.data(), n_mine, MPI_UINT32_T, everybody.data(), counts.data(), offsets.data(), MPI_UINT32_T, comm);

  std::vector<CellKey>     all_cells(everybody.size() / 5);
  std::vector<signed char> all_flags(everybody.size() / 5);
  for (std::size_t i = 0; i < all_cells.size(); ++i)
    {
      all_cells[i].index = {{everybody[5 * i], everybody[5 * i + 1], everybody[5 * i + 2]}};
      all_cells[i].level = everybody[5 * i + 3];
      all_flags[i]       = static_cast<signed char>(static_cast<int>(everybody[5 * i + 4]) - 1);
    }
  const std::vector<signed char> completed = complete_flags(all_cells, all_flags, box);
  if (std::all_of(completed.begin(), completed.end(), [](const signed char flag) { return flag == 0; }))
    return false;
  std::uint64_t n_new = 0, n_joined = 0;
  for (const signed char flag : completed)
    {
      n_new += flag > 0 ? 1U << dimension() : (flag == 0 ? 1U : 0U);
      n_joined += flag < 0 ? 1U : 0U;
    }
  n_new += n_joined >> dimension();
  Domain::check_number(static_cast<double>(n_new), "Refinement/Maximum cells");

  std::unordered_map<CellKey, signed char, CellKeyHash> flag_of(2 * all_cells.size());
  for (std::size_t i = 0; i < all_cells.size(); ++i)
    flag_of.emplace(all_cells[i], completed[i]);
  implementation->adapt(flag_of, n_values, values, transfer);
  update_lists();
  if (n_global != n_new)
    throw std::logic_error("the mesh did not follow its completed flags");
  values.resize(local.size() * n_values);
  for (std::size_t i = 0; i < local.size(); ++i)
    std::copy_n(implementation->moved.at(local[i]).data(), n_values, values.data() + i * n_values);
  implementation->moved.clear();
  return true;
}

std::vector<std::uint64_t> AdaptiveMesh::listed_cells() const
{
  std::vector<std::uint64_t> mine;
  mine.reserve(4 * local.size());
  for (const CellKey &cell : local)
    mine.insert(mine.end(), {cell.index[0], cell.index[1], cell.index[2], cell.level});
  return mine;
}

std::vector<std::uint64_t> AdaptiveMesh::all_cells() const
{
  const std::vector<std::uint64_t> mine    = listed_cells();
  const int                        n_ranks = number_of_ranks(comm);
  std::vector<int>                 counts(static_cast<std::size_t>(n_ranks)), offsets(static_cast<std::size_t>(n_ranks));
  const int                        n_mine = static_cast<int>(mine.size());
  MPI_Allgather(&n_mine, 1, MPI_INT, counts.data(), 1, MPI_INT, comm);
  std::exclusive_scan(counts.begin(), counts.end(), offsets.begin(), 0);
  std::vector<std::uint64_t> all(static_cast<std::size_t>(offsets.back() + counts.back()));
  MPI_Allgatherv(mine.data(), n_mine, MPI_UINT64_T, all.data(), counts.data(), offsets.data(), MPI_UINT64_T, comm);
  return all;
}

std::vector<std::uint64_t> AdaptiveMesh::recreate(const std::vector<std::uint64_t> &cells)
{
  return recreate(cells, true);
}

std::vector<std::uint64_t> AdaptiveMesh::recreate_part(const std::vector<std::uint64_t> &cells)
{
  return recreate(cells, false);
}

std::vector<std::uint64_t> AdaptiveMesh::recreate(const std::vector<std::uint64_t> &cells, const bool covers_the_box)
{
  std::unordered_map<CellKey, std::uint64_t, CellKeyHash> wanted;
  std::unordered_set<CellKey, CellKeyHash>                above;
  // Said on every rank alike, since all have the list.
  const auto refuse_unless = [](const bool good) {
    if (!good)
      throw std::logic_error("the list of cells is not that of a mesh of this box");
  };
  refuse_unless(cells.size() % 4 == 0);
  for (std::size_t i = 0; i < cells.size(); i += 4)
    {
      refuse_unless(cells[i + 3] <= CellKey::max_level);
      CellKey cell;
      cell.level = static_cast<std::uint32_t>(cells[i + 3]);
      for (unsigned int d = 0; d < 3; ++d)
        {
          refuse_unless(cells[i + d] < (d < dimension() ? std::uint64_t{box.subdivisions[d]} << cell.level : 1U));
          cell.index[d] = static_cast<std::uint32_t>(cells[i + d]);
        }
      refuse_unless(wanted.emplace(cell, i / 4).second);
      while (cell.level > 0 && above.insert(cell.parent()).second)
        cell = cell.parent();
    }
  // A balanced mesh is reached by refining what is above its cells; nothing else is refined for the balance on the way. Where
  // the box begins with refined cells, those below its cells are joined.
  const auto covers = [&](CellKey cell) {
    while (cell.level > 0)
      {
        cell = cell.parent();
        if (wanted.count(cell) > 0)
          return true;
      }
    return false;
  };
  const CellTransfer       nothing{[](const CellKey &, const double *, double *) {},
                             [](const CellKey &, const double *, double *) {}};
  std::vector<double>      values;
  std::vector<signed char> flags;
  do
    {
      flags.clear();
      for (const CellKey &cell : local)
        flags.push_back(above.count(cell) > 0 ? 1 : (covers(cell) ? -1 : 0));
  } while (adapt(flags, 0, values, nothing));
  std::vector<std::uint64_t> places;
  std::uint64_t              n_listed = 0;
  for (const CellKey &cell : local)
    {
      const auto found = wanted.find(cell);
      places.push_back(found == wanted.end() ? no_place : found->second);
      n_listed += found == wanted.end() ? 0 : 1;
    }
  n_listed = dealii::Utilities::MPI::sum(n_listed, comm);
  refuse_unless(n_listed == wanted.size() && (!covers_the_box || n_global == n_listed));
  return places;
}

std::vector<std::uint64_t> cells_in_larger_box(std::vector<std::uint64_t> cells, const Domain &from, const Domain &to)
{
  std::array<std::uint64_t, 3> before{};
  for (unsigned int d = 0; d < to.dimension(); ++d)
    {
      const double cell = (from.upper[d] - from.lower[d]) / from.subdivisions[d];
      const auto   more = [&](const double length) {
        const double n = length / cell;
        if (!(n > -0.01 && std::abs(n - std::round(n)) < 0.01))
          throw InputError(Refusal::inconsistent, "",
                             "the box of the state is no part of the box that was chosen for this end time. Choose a later one.");
        return static_cast<std::uint64_t>(std::round(n));
      };
      before[d] = more(from.lower[d] - to.lower[d]);
      if (before[d] + from.subdivisions[d] + more(to.upper[d] - from.upper[d]) != to.subdivisions[d])
        throw InputError(Refusal::inconsistent, "", "the box of the state has cells of another size.");
    }
  for (std::size_t i = 0; i + 3 < cells.size(); i += 4)
    for (unsigned int d = 0; d < to.dimension(); ++d)
      cells[i + d] += before[d] << std::min<std::uint64_t>(cells[i + 3], CellKey::max_level);
  return cells;
}

template <int dim>
const dealii::Triangulation<dim, dim> &AdaptiveMesh::triangulation() const
{
  if (dim != dimension())
    throw std::logic_error("the triangulation of a mesh has the dimension of its box");
  return *static_cast<const Implementation<dim> &>(*implementation).tria;
}

template const dealii::Triangulation<1, 1> &AdaptiveMesh::triangulation<1>() const;
template const dealii::Triangulation<2, 2> &AdaptiveMesh::triangulation<2>() const;
template const dealii::Triangulation<3, 3> &AdaptiveMesh::triangulation<3>() const;
} // namespace rhoflow
