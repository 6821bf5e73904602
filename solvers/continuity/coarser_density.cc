#include <solvers/base/run/checkpoint_state.h>
#include <solvers/continuity/coarser_density.h>
#include <solvers/continuity/density_on_mesh.h>
#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/initial_state.h>

namespace rhoflow
{
namespace
{
class CoarserDensity : public CoarserSolution
{
public:
  using Resolution = DensityOnMesh::Resolution;

  static Resolution given(const ContinuityInputs &inputs) { return DensityOnMesh::given(inputs); }
  static Resolution coarser(const Resolution &resolution) { return DensityOnMesh::coarser(resolution); }

  CoarserDensity(const ContinuityInputs &given, const Resolution &resolution, const MPI_Comm communicator)
    : inputs(given)
    , density(given, resolution, communicator)
  {}

  void start() override { density.start(); }

  void advance(const double time, const double end) override
  {
    while (density.time() < time)
      density.step(end, energies);
  }

  std::vector<double> functionals() override
  {
    const Diagnostics now = diagnose(density.solution(), natural_lower_sides(inputs), Observables());
    energies.last_output  = now.risk + now.confinement; // what no solution lets grow
    if (density.time() == 0.)
      energies.initial = energies.last_output;
    return {now.risk};
  }

  void save(CheckpointWriter &checkpoint, const std::string &prefix) const override
  {
    density.save(checkpoint, prefix);
    save_state(checkpoint, prefix + "energies", energies);
  }

  void load(const CheckpointReader &checkpoint, const std::string &prefix) override
  {
    density.load(checkpoint, prefix);
    load_state(checkpoint, prefix + "energies", energies);
  }

private:
  const ContinuityInputs &inputs;
  DensityOnMesh           density;
  Energies                energies;
};
} // namespace

std::vector<std::unique_ptr<CoarserSolution>> coarser_densities(const ContinuityInputs &inputs, const MPI_Comm communicator)
{
  return coarser_solutions<CoarserDensity>(2, inputs, communicator);
}
} // namespace rhoflow
