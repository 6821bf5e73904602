#pragma once

#include <string>
#include <vector>

#include <solvers/base/parameters/snapshot_parameters.h>
#include <solvers/boltzmann/dual_problem.h>

namespace rhoflow
{
class RunDirectory;

/// Writes the density, which is positive everywhere, and its potential on the cells of the domain, each cut into up to four
/// parts along every axis (fewer where the file would have more than half a million points), as values at the corners of these
/// parts in single precision: `density.vtu`, `density.xdmf` with `density.h5`, or both. The density is the one with respect to
/// Lebesgue measure or, where a symmetry left a radius, to that of the weights before. `coordinates`: names of the parameters
/// of a neuron; `time`: what ParaView is to show as the time, the inverse temperature. Collective; throws RunError on every
/// rank if the disk does not take it.
void write_picture(const DualProblem &problem, const DualProblem::State &state, const Domain &domain,
                   const RunDirectory &directory, const SnapshotParameters &parameters,
                   const std::vector<std::string> &coordinates, double time);
} // namespace rhoflow
