#include <solvers/base/error.h>
#include <solvers/model/ambient_measure.h>
#include <solvers/model/learning_problem.h>

#include <cmath>

namespace rhoflow
{
AmbientMeasure::AmbientMeasure(const LearningProblem &problem)
  : has_radius(problem.parameter_names().back() == "r")
{
  if (!has_radius)
    return;
  unsigned int dimension = 0;
  try
    {
      dimension = problem.particle_neuron().input_dimension;
    }
  catch (const InputError &)
    {
      throw InputError(
        Refusal::unsupported, "Learning problem/Input dimension",
        "in the limit of infinitely many dimensions the entropy of the weights is infinite. Choose a finite one.");
    }
  radial_power   = dimension - (problem.n_parameters() == 1 ? 1 : 2);
  const double h = .5 * (radial_power + 1.);
  log_sphere     = std::log(2.) + h * std::log(M_PI) - std::lgamma(h);
}

double AmbientMeasure::log_density(double r) const
{
  return log_sphere + (radial_power > 0 ? radial_power * std::log(r) : 0.);
}
} // namespace rhoflow
