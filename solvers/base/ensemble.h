#pragma once

#include <functional>
#include <memory>
#include <vector>

#include <mpi.h>

#include <solvers/base/collective.h>

namespace rhoflow
{
/// How the members of an ensemble are dealt to the ranks. The ranks are divided into groups of equal size (some may be left
/// over); group g works on the members g, g + n_groups(), ..., and its first rank leads it. What a member does may depend on
/// its number alone, so that results are the same on any number of ranks.
class EnsembleLayout
{
public:
  /// `ranks_per_member`: at most; there are not more groups than members. Collective.
  EnsembleLayout(unsigned int n_members, int ranks_per_member, MPI_Comm communicator);
  ~EnsembleLayout();
  EnsembleLayout(const EnsembleLayout &)            = delete;
  EnsembleLayout &operator=(const EnsembleLayout &) = delete;

  unsigned int size() const { return n_members; }
  MPI_Comm     communicator() const { return comm; }
  /// The ranks that work on the members of this one; MPI_COMM_NULL for ranks that are left over.
  MPI_Comm group() const { return own_group; }
  bool     leads() const { return is_leader; }
  int      n_groups() const { return static_cast<int>(leaders.size()); }
  /// Ranks of this group; 0 for ranks that are left over.
  int group_size() const;
  /// Numbers of the members of this group.
  const std::vector<unsigned int> &members() const { return numbers; }
  /// The rank that leads the group of a member.
  int leader_of(unsigned int member) const { return leaders[member % leaders.size()]; }

private:
  unsigned int              n_members;
  MPI_Comm                  comm;
  MPI_Comm                  own_group = MPI_COMM_NULL;
  bool                      is_leader = false;
  std::vector<int>          leaders; ///< of every group
  std::vector<unsigned int> numbers;
};

/// States of one kind, each on a group of ranks: finite networks, or densities on meshes of their own.
template <class State>
class Ensemble
{
public:
  /// `make` gives the state of a number on the ranks of a group. If it throws on one rank, every rank throws. The layout lives
  /// longer. Collective.
  Ensemble(const EnsembleLayout &given, const std::function<std::unique_ptr<State>(unsigned int, MPI_Comm)> &make)
    : layout(given)
  {
    together(layout.communicator(), [&] {
      for (const unsigned int number : layout.members())
        states.push_back(make(number, layout.group()));
    });
  }

  /// `work(state, number)` on the members of each group, one after the other. If it throws on one rank, every rank throws.
  /// Collective over the layout; `work` may be collective over the group.
  template <class Work>
  void for_each(const Work &work)
  {
    together(layout.communicator(), [&] {
      for (std::size_t i = 0; i < states.size(); ++i)
        work(*states[i], layout.members()[i]);
    });
  }

  /// `numbers_of(state)` of every member, each of length `n`, [members][n] on every rank. Collective.
  template <class Numbers>
  std::vector<double> gather(const std::size_t n, const Numbers &numbers_of)
  {
    // Every entry is one number plus zeros: exact in any order.
    std::vector<double> all(layout.size() * n, 0.);
    for_each([&](State &state, const unsigned int number) {
      const std::vector<double> values = numbers_of(state);
      for (std::size_t k = 0; k < n && layout.leads(); ++k)
        all[number * n + k] = values.at(k);
    });
    MPI_Allreduce(MPI_IN_PLACE, all.data(), static_cast<int>(all.size()), MPI_DOUBLE, MPI_SUM, layout.communicator());
    return all;
  }

  /// Those of this group, in the order of EnsembleLayout::members().
  const std::vector<std::unique_ptr<State>> &local() const { return states; }

private:
  const EnsembleLayout               &layout;
  std::vector<std::unique_ptr<State>> states;
};
} // namespace rhoflow
