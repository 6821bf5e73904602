#include <solvers/fokker_planck/results.h>

#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/fokker_planck/nodal_fields.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
namespace
{
/// The density as masses, each spread over the box that the Lobatto weights give a node of a cell.
DensitySnapshot snapshot_of(const FokkerPlanckState &state)
{
  const NodalSpace         &space = state.space;
  const LobattoLine        &line  = space.line();
  const unsigned int        dim   = space.dimension();
  const std::vector<double> local = state.fitted.values_at_nodes(state.p);
  const double              mass  = state.mass();
  DensitySnapshot           snapshot;
  if (!space.mesh().speaks())
    return snapshot;
  std::vector<double> ends(line.n + 1, 0.);
  for (unsigned int i = 0; i < line.n; ++i)
    ends[i + 1] = ends[i] + line.weights[i];
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    for (unsigned int i = 0; i < space.points_per_cell(); ++i)
      {
        double       w   = 1.;
        const double p   = std::max(local[space.cell(c)[i]], 0.);
        const auto  &key = space.mesh().cells()[c];
        for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= line.n)
          {
            const double h = space.mesh().extent(key, d), lower = space.mesh().position(key, d, 0);
            const auto   q = rest % line.n;
            w *= line.weights[q] * h;
            snapshot.points.push_back(lower + .5 * h * (ends[q] + ends[q + 1]));
            snapshot.extents.push_back(h * line.weights[q]);
          }
        snapshot.weights.push_back(w * p / mass);
      }
  return snapshot;
}
} // namespace

FokkerPlanckResults::FokkerPlanckResults(const LearningProblem &problem, const OutputParameters &output,
                                         const TwinSettings *settings, const RunContext &context)
  : density_output(output, context.directory, problem.parameter_names())
  , curve(problem, context.directory, rank_of(context.communicator) == 0)
  , twin(settings != nullptr ? std::make_unique<SgdTwin>(problem, *settings, context.directory, &context.progress) : nullptr)
  , measures(problem, context)
{}

bool FokkerPlanckResults::prepare(double time, Timing &timing)
{
  if (!twin)
    return true;
  Timing::Scope scope(timing.section("finite networks"));
  return twin->train(time);
}

void FokkerPlanckResults::write(double time, bool last, double risk, const FokkerPlanckState &state, Timing &timing)
{
  const MeanField    &field = state.potential.mean_field();
  std::vector<double> masses(state.p.size());
  for (std::size_t i = 0; i < masses.size(); ++i)
    masses[i] = state.space.weights()[i] * state.p[i];
  const std::vector<double> moments    = state.potential.moments(masses);
  const std::vector<double> prediction = field.prediction(moments);
  if (density_output.due(last))
    {
      Timing::Scope scope(timing.section("output"));
      density_output.write(time, NodalFields(state));
    }
  else
    density_output.skip();
  if (measures.writes())
    {
      const DensitySnapshot snapshot = snapshot_of(state);
      measures.write(time, {snapshot.points, snapshot.weights, snapshot.extents});
    }
  if (twin)
    {
      Timing::Scope   scope(timing.section("finite networks"));
      DensitySnapshot snapshot = snapshot_of(state);
      snapshot.risk            = risk;
      snapshot.prediction      = prediction;
      twin->compare(time, snapshot);
    }
  curve.add(time, prediction, twin ? twin->band() : Curves());
  curve.add_map(time, field.map_prediction(moments), twin ? twin->map() : Curves());
}

std::vector<std::pair<std::string, std::string>> FokkerPlanckResults::report() const
{
  return twin ? twin->report() : std::vector<std::pair<std::string, std::string>>();
}

void FokkerPlanckResults::save(CheckpointWriter &checkpoint) const
{
  density_output.save(checkpoint);
  curve.save(checkpoint);
  measures.save(checkpoint);
  if (twin)
    twin->save(checkpoint);
}

void FokkerPlanckResults::load(const CheckpointReader &checkpoint, double time)
{
  density_output.load(checkpoint, time);
  curve.load(checkpoint);
  measures.load(checkpoint);
  if (twin)
    twin->load(checkpoint);
}
} // namespace rhoflow
