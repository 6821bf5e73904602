#include <solvers/base/ranks.h>
#include <solvers/model/shared_points.h>

namespace rhoflow
{
Measure share_of_points(const Measure &law, const unsigned int dimension, const MPI_Comm communicator, std::size_t *const first)
{
  const std::size_t n = law.weights.size(), n_groups = (n + points_of_a_group - 1) / points_of_a_group;
  const auto        rank  = static_cast<std::size_t>(rank_of(communicator)),
             size         = static_cast<std::size_t>(number_of_ranks(communicator));
  const std::size_t begin = std::min(n, n_groups * rank / size * points_of_a_group);
  const std::size_t end   = std::min(n, n_groups * (rank + 1) / size * points_of_a_group);
  if (first != nullptr)
    *first = begin;
  Measure mine;
  mine.weights.assign(law.weights.data() + begin, law.weights.data() + end);
  mine.points.assign(law.points.data() + begin * dimension, law.points.data() + end * dimension);
  return mine;
}
} // namespace rhoflow
