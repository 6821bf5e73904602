#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/discretization/snapshot_series.h>
#include <solvers/evolution/density_outputs.h>
#include <solvers/evolution/inputs.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
DensityOutputs::DensityOutputs(const EvolutionInputs &inputs, const RunContext &context, Timing &stop_watch,
                               SnapshotSeries *const series)
  : end_time(inputs.run.end_time)
  , timing(stop_watch)
  , pictures(series)
  , spread(inputs, context.communicator, context.progress, stop_watch)
  , curve(*inputs.problem, context.directory, rank_of(context.communicator) == 0)
  , networks(inputs.networks ?
               std::make_unique<CompanionNetworks>(*inputs.problem, *inputs.networks, context.directory, &context.progress) :
               nullptr)
  , measures(inputs.problem->parameter_names(), inputs.comparison, context.directory)
{}

bool DensityOutputs::prepare(const double time)
{
  if (!networks)
    return true;
  Timing::Scope scope(timing.section("finite networks"));
  return networks->train(time);
}

void DensityOutputs::write(const double time, DensityView &density, const double risk_error)
{
  if (pictures != nullptr && pictures->due(time == end_time))
    {
      Timing::Scope scope(timing.section("output"));
      density.draw(time);
    }
  const std::vector<double> prediction = density.prediction();
  if (measures.writes())
    measures.write(time, density.measure());
  if (networks)
    {
      Timing::Scope   scope(timing.section("finite networks"));
      DensitySnapshot snapshot;
      static_cast<Measure &>(snapshot) = density.measure();
      snapshot.risk                    = density.risk();
      snapshot.risk_error              = risk_error;
      snapshot.risk_deviation          = spread.standard_deviation(time);
      snapshot.prediction              = prediction;
      for (double &weight : snapshot.weights)
        weight /= density.mass();
      networks->compare(time, snapshot);
    }
  curve.add(time, prediction, networks ? networks->band() : Curves());
  curve.add_map(time, density.map_prediction(), networks ? networks->map() : Curves());
}

void DensityOutputs::save(CheckpointWriter &checkpoint) const
{
  if (pictures != nullptr)
    pictures->save(checkpoint);
  curve.save(checkpoint);
  measures.save(checkpoint);
  if (networks)
    networks->save(checkpoint);
}

void DensityOutputs::load(const CheckpointReader &checkpoint, const double time)
{
  if (pictures != nullptr)
    pictures->load(checkpoint, time);
  curve.load(checkpoint);
  measures.load(checkpoint);
  if (networks)
    networks->load(checkpoint);
}

std::vector<std::pair<std::string, std::string>> DensityOutputs::report() const
{
  auto rows = spread.report();
  if (networks)
    for (const auto &row : networks->report())
      rows.push_back(row);
  return rows;
}
} // namespace rhoflow
