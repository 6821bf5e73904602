#pragma once

#include <string>

#include <mpi.h>

namespace rhoflow
{
/// The distances between what two runs wrote, densities or networks (WrittenMeasures), at their common output times (the
/// stationary density of 'Solver = boltzmann' is compared with every output time): W1 and W2 along each coordinate, exactly;
/// sliced W1 and W2 and the energy distance over 32 directions (Distances); W1 and W2 in all coordinates by network simplex on
/// 512 points of each (exactly on a line), with what drawing together made at most (`sampling error`, that of writing
/// included). Written to RUN_B/distances_to_<name of RUN_A>.csv (DistanceTable); `:particles` behind a run's name makes it
/// distances_of_particles_to_..., or ..._particles.csv.
///
/// Two or more networks are a sample of their law: `... low` and `... high` are the distance ∓ b with the 95 % bootstrap bound
/// b of the distance to that law, for two runs of networks the sum of both bounds (the triangle inequality twice), down to
/// zero. One network alone tells nothing of its spread, and there are no intervals.
/// A density has no sampling error: it is what the run computed. Along a coordinate the error is at most that of writing, `W1
/// written error`.
///
/// Returns the table as text. Throws InputError if there is nothing to compare, files are cut off or foreign, or the table
/// exists. Collective.
std::string run_distance(const std::string &first_run, const std::string &second_run, MPI_Comm communicator);
} // namespace rhoflow
