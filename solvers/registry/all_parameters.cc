#include <solvers/registry/all_parameters.h>

namespace rhoflow
{
void AllParameters::bind(ParameterBinding &p)
{
  run.bind(p);
  checkpoint.bind(p);
  model.bind(p);
  accuracy.bind(p);
  domain.bind(p);
  mean_field.bind(p);
  common_noise.bind(p);
  continuity.bind(p);
  refinement.bind(p);
  single_neuron.bind(p);
  characteristics.bind(p);
  fokker_planck.bind(p);
  boltzmann.bind(p);
  particles.bind(p);
  comparison.bind(p);
  output.bind(p);
  observables.bind(p);
}
} // namespace rhoflow
