#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/discretization/boundary_mass.h>

namespace rhoflow
{
void BoundaryMassParameters::bind(ParameterBinding &p)
{
  p.section("Domain");
  p.add("Boundary mass warning", boundary_warning, range(0., 1.),
        "Warn when the cells at the sides of the box hold more than this [mass].", may_change);
  p.add("Boundary mass limit", boundary_limit, range(0., 1.),
        "Stop when the cells at the sides of the box hold more than this [mass].", may_change);
}

void BoundaryMassParameters::check() const
{
  if (boundary_limit < boundary_warning)
    throw InputError(Refusal::inconsistent, "Domain/Boundary mass limit",
                     "the limit is below the mass that 'Boundary mass warning' warns of.");
}
} // namespace rhoflow
