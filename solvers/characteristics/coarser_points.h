#pragma once

#include <memory>
#include <vector>

#include <mpi.h>

#include <solvers/evolution/error_estimate.h>

namespace rhoflow
{
class Progress;
struct CharacteristicsInputs;

/// Two solutions with fewer points, three quarters as many Gauss points in each coordinate, and thirty times the local error,
/// for the error of the risk; none if the inputs ask for no estimate. The inputs live longer.
std::vector<std::unique_ptr<CoarserSolution>> coarser_points(const CharacteristicsInputs &inputs, MPI_Comm communicator);

/// The least number of Gauss points in each coordinate with which the risk at the output times is known to a part of
/// 'Accuracy/Functionals': their number is raised by a half until the risk stays. Collective.
struct PointsChoice
{
  unsigned int n_per_coordinate;
  bool         limited; ///< more would be over 10^5 or 1 GB on a rank, or there was no solution
};
PointsChoice choose_points(const CharacteristicsInputs &inputs, MPI_Comm communicator, Progress &progress);
} // namespace rhoflow
