#pragma once

#include <string>

#include <mpi.h>

namespace rhoflow
{
/// The distances between the densities that two runs wrote (MeasureOutput), at their common output times: W1 and W2 along each
/// coordinate, exactly; sliced W1 and W2 and the energy distance over 32 directions (Distances); W1 and W2 in all coordinates
/// by network simplex on 512 points of each (exactly on a line), with what drawing together made at most (`sampling error`,
/// that of writing included). Written to RUN_B/distances_to_<name of RUN_A>.csv.
///
/// A density has no sampling error and so no interval: it is what the run computed. Along a coordinate the error is at most
/// that of writing, `W1 written error`.
///
/// Returns the table as text. Throws InputError if there is nothing to compare or the file exists. Collective.
std::string run_distance(const std::string &first_run, const std::string &second_run, MPI_Comm communicator);
} // namespace rhoflow
