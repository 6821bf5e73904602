#pragma once

#include <string>
#include <vector>

#include <meshes/domain.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/mean_field/pilot_flow.h>

namespace rhoflow
{
/// Where the Boltzmann densities of `problem` at several inverse temperatures are, found on coarse meshes: in the box of
/// `domain`, or if that has none in one that grows and shrinks until the outermost of its cells hold less than 1e-9 of the mass
/// and the next ones do not. Throws InputError if there is no such box, as without a weight decay, and RunError if Newton's
/// method fails. Every rank does the same.
DensityPlaces boltzmann_places(const LearningProblem &problem, const Domain &domain, const MeanFieldParameters &parameters,
                               const std::vector<double> &inverse_temperatures);

/// Cells along each axis with which `nodes_per_cell` Gauss points give the free energy of the Boltzmann density in the box to a
/// tenth of `tolerance`, relative to the risk at rest: doubled until one more point changes it by less. Every rank does the
/// same.
unsigned int enough_subdivisions(const LearningProblem &problem, Domain box, const MeanFieldParameters &parameters,
                                 unsigned int nodes_per_cell, double tolerance);
} // namespace rhoflow
