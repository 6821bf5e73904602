#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/single_neuron/parameters.h>

namespace rhoflow
{
void SingleNeuronParameters::bind(ParameterBinding &p)
{
  p.section("Single neuron");
  p.add("Radial weight", radial_weight, range(0., 10000.),
        "Power kappa of the measure r^kappa da ds dr with respect to which the density is taken: 0 for the density of (a, "
        "s, r) itself, d-2 for the density on the full parameter space, 1 for the form in lecture notes.");
}

void SingleNeuronParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<SingleNeuronParameters>(prm);
}

void SingleNeuronParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
}
} // namespace rhoflow
