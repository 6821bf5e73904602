#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/mean_field/accuracy.h>

namespace rhoflow
{
void AccuracyParameters::bind(ParameterBinding &p)
{
  p.section("Accuracy");
  p.add("Functionals", functionals, range(1e-10, 0.1),
        "Error of the risk, relative to the risk or to a thousandth of its first value, whichever is larger, that automatic "
        "choices aim at.");
  p.add(
    "Density", density, range(1e-6, 0.5),
    "Negative mass of the evolved density, a measure for ripples, that an automatic 'Refinement/Tolerance' aims at [mass].");
  p.add("Estimate errors", estimate,
        "Solve on a coarser mesh beside the run, for a tenth to a half of its time: the difference tells the error of mesh and "
        "time steps in the columns of errors and in the report.");
}
} // namespace rhoflow
