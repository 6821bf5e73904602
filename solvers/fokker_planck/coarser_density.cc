#include <solvers/fokker_planck/coarser_density.h>
#include <solvers/fokker_planck/diagnostics.h>
#include <solvers/fokker_planck/fokker_planck_on_mesh.h>

namespace rhoflow
{
namespace
{
class CoarserDensity : public CoarserSolution
{
public:
  using Resolution = FokkerPlanckOnMesh::Resolution;

  static Resolution given(const FokkerPlanckInputs &inputs) { return FokkerPlanckOnMesh::given(inputs); }
  static Resolution coarser(const Resolution &resolution) { return FokkerPlanckOnMesh::coarser(resolution); }

  CoarserDensity(const FokkerPlanckInputs &inputs, const Resolution &resolution, const MPI_Comm communicator)
    : density(inputs, resolution, communicator)
  {}

  void start() override { density.start(); }

  void advance(const double time, const double end) override
  {
    while (density.time() < time)
      density.step(end);
  }

  std::vector<double> functionals() override
  {
    FokkerPlanckState &state = density.state();
    state.set(std::move(state.p));
    const FokkerPlanckDiagnostics now = diagnose(state.fitted, state.potential, state.p, nullptr, Observables());
    return {now.risk, now.free_energy};
  }

  void save(CheckpointWriter &checkpoint, const std::string &prefix) const override { density.save(checkpoint, prefix); }
  void load(const CheckpointReader &checkpoint, const std::string &prefix) override { density.load(checkpoint, prefix); }

private:
  FokkerPlanckOnMesh density;
};
} // namespace

std::vector<std::unique_ptr<CoarserSolution>> coarser_densities(const FokkerPlanckInputs &inputs, const MPI_Comm communicator)
{
  // Two would promise too much: where the Péclet number binds, errors do not fall in a regular way.
  return coarser_solutions<CoarserDensity>(1, inputs, communicator);
}
} // namespace rhoflow
