#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/characteristics/parameters.h>
#include <solvers/mean_field/accuracy.h>

#include <algorithm>

namespace rhoflow
{
void CharacteristicsParameters::bind(ParameterBinding &p)
{
  p.section("Characteristics");
  p.add("Nodes per coordinate", given_n, range(1, 100000),
        "Gauss points of the initial law in every coordinate that is not a point mass; all combinations are moved. automatic: "
        "until the risk is known to half of 'Accuracy/Functionals' [points].");
  p.add("Neglected mass", neglected_mass, range(0., 1e-2),
        "The lightest Gauss points, with at most this mass together, are left out: they lie far outside, where they cost "
        "small time steps and change nothing.");
  p.add("Tolerance", given_tolerance, range(1e-13, 1e-1),
        "Relative and absolute local error of every coordinate of every point in a time step of the adaptive Runge-Kutta "
        "method; automatic: a ten thousandth of 'Accuracy/Functionals', with common noise a hundredth [parameters].");
  p.add("Features", features,
        Choices<Features>{{"automatic", Features::automatic}, {"exact", Features::exact}, {"compressed", Features::compressed}},
        "exact: all data nodes, without error and without a box; compressed: as section 'Mean field' says, for points that "
        "stay in the box of section 'Domain'; automatic: exact up to 1000 data nodes.");
  p.add("Write points", write_points,
        "Write the points with mass, potential and velocity to points.pvd at the output times; see section 'Output' for how "
        "often and how small.");
  snapshots.bind(p);
}

void CharacteristicsParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<CharacteristicsParameters>(prm);
}

void CharacteristicsParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
  AccuracyParameters accuracy;
  read_parameters(accuracy, prm);
  n_per_coordinate = given_n.value_or(0);
  tolerance        = given_tolerance.value_or(std::max(1e-4 * accuracy.functionals, 1e-13));
  snapshots.check();
}

void CharacteristicsParameters::record(dealii::ParameterHandler &prm) const
{
  set_parameter_value(prm, "Characteristics/Nodes per coordinate", std::to_string(n_per_coordinate));
  set_parameter_value(prm, "Characteristics/Tolerance", shortest_text(tolerance));
}
} // namespace rhoflow
