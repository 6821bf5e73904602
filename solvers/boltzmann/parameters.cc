#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/boltzmann/parameters.h>

namespace rhoflow
{
void BoltzmannParameters::bind(ParameterBinding &p)
{
  p.section("Boltzmann");
  p.add("Nodes per cell", nodes_per_cell, range(1, 64),
        "Gauss points along each axis of a cell of the mesh of section 'Domain': the integrals over the box are sums over "
        "all of them [points].");
  p.add("Tolerance", tolerance, range(1e-15, 1.),
        "Newton's method ends when the moments of the density and those that its potential was made from differ by less "
        "than this (Euclidean norm, relative to the larger of 1 and the norm of the target's moments).");
  p.add("Maximum iterations", max_steps, range(1, 100000), "Newton steps for one inverse temperature before the run gives up.");
  p.add("Path of inverse temperatures", path, at_least(0.), ListLength(),
        "Increasing inverse temperatures below that of section 'Mean field' to be solved for on the way, each from the "
        "solution before: a study of the temperature in one run. Every one gives a row of statistics.csv. Empty: none.");
  p.add("Write density", write_density,
        "Write the density and its potential at the last inverse temperature to density.vtu (or density.xdmf and "
        "density.h5, 'Output/Format').");
  snapshots.bind(p);
  BoundaryMassParameters::bind(p);
}

void BoltzmannParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<BoltzmannParameters>(prm);
}

void BoltzmannParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
  snapshots.check();
  check();
  for (std::size_t i = 0; i < path.size(); ++i)
    if (!(path[i] > (i > 0 ? path[i - 1] : 0.)))
      throw InputError(Refusal::out_of_range, "Boltzmann/Path of inverse temperatures",
                       "the inverse temperatures must be above 0 and increase.");
}
} // namespace rhoflow
