#include <solvers/base/ensemble.h>
#include <solvers/base/ranks.h>

#include <algorithm>

namespace rhoflow
{
EnsembleLayout::EnsembleLayout(const unsigned int members, const int ranks_per_member, const MPI_Comm communicator)
  : n_members(members)
  , comm(communicator)
{
  const int  n_ranks = number_of_ranks(comm), own = rank_of(comm);
  const int  width    = std::clamp(ranks_per_member, 1, n_ranks);
  const int  n_groups = std::min(static_cast<int>(n_members), n_ranks / width);
  const int  number   = own / width;
  const bool joins    = number < n_groups;
  for (int g = 0; g < n_groups; ++g)
    leaders.push_back(g * width);
  MPI_Comm_split(comm, joins ? number : MPI_UNDEFINED, own, &own_group);
  is_leader = joins && own == leaders[static_cast<std::size_t>(number)];
  for (int member = number; joins && member < static_cast<int>(n_members); member += n_groups)
    numbers.push_back(static_cast<unsigned int>(member));
}

EnsembleLayout::~EnsembleLayout()
{
  if (own_group != MPI_COMM_NULL)
    MPI_Comm_free(&own_group);
}

int EnsembleLayout::group_size() const
{
  return own_group == MPI_COMM_NULL ? 0 : number_of_ranks(own_group);
}
} // namespace rhoflow
