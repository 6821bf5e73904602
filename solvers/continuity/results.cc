#include <solvers/continuity/results.h>

#include <algorithm>

#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/discretization/dg/dg_fields.h>
#include <solvers/discretization/dg/positive_density.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
DensityResults::DensityResults(const LearningProblem &p, const OutputParameters &output, const TwinSettings *settings,
                               const RunContext &context)
  : problem(p)
  , density_output(output, context.directory, problem.parameter_names())
  , curve(p, context.directory, rank_of(context.communicator) == 0)
  , twin(settings != nullptr ? std::make_unique<SgdTwin>(p, *settings, context.directory, &context.progress) : nullptr)
  , measures(p, context)
  , communicator(context.communicator)
{}

bool DensityResults::prepare(double time, Timing &timing)
{
  if (!twin)
    return true;
  Timing::Scope scope(timing.section("finite networks"));
  return twin->train(time);
}

void DensityResults::write(double time, bool last, ContinuityOperator &solution)
{
  const MeanField          &field      = solution.coupling().mean_field();
  const std::vector<double> prediction = field.prediction(solution.moments());
  const bool                drawn      = density_output.due(last);
  if (!drawn)
    density_output.skip();
  if (!drawn && !twin && !measures.writes())
    {
      curve.add(time, prediction);
      curve.add_map(time, field.map_prediction(solution.moments()));
      return;
    }
  std::unique_ptr<PositiveDensity> density;
  {
    Timing::Scope scope(solution.timing().section("positive density"));
    density           = std::make_unique<PositiveDensity>(solution.mesh(), solution.coupling(), solution.values());
    largest_deviation = std::max(largest_deviation, density->deviation());
  }
  if (drawn)
    {
      Timing::Scope scope(solution.timing().section("output"));
      density_output.write(time, DGFields(solution.mesh(), solution.coupling(), *density));
    }
  if (measures.writes())
    {
      const auto boxes = density->boxes();
      measures.write(time, {boxes.centers, boxes.weights, boxes.extents});
    }
  if (twin)
    {
      Timing::Scope   scope(solution.timing().section("finite networks"));
      auto            boxes = density->boxes();
      DensitySnapshot snapshot;
      snapshot.risk       = field.risk(solution.moments());
      snapshot.prediction = prediction;
      snapshot.points     = std::move(boxes.centers);
      snapshot.extents    = std::move(boxes.extents);
      snapshot.weights    = std::move(boxes.weights);
      for (double &w : snapshot.weights)
        w /= density->mass();
      twin->compare(time, snapshot);
    }
  curve.add(time, prediction, twin ? twin->band() : Curves());
  curve.add_map(time, field.map_prediction(solution.moments()), twin ? twin->map() : Curves());
}

void DensityResults::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put("largest deviation of the moments", largest_deviation);
  density_output.save(checkpoint);
  curve.save(checkpoint);
  measures.save(checkpoint);
  if (twin)
    twin->save(checkpoint);
}

void DensityResults::load(const CheckpointReader &checkpoint, const double time)
{
  largest_deviation = checkpoint.number_of("largest deviation of the moments");
  density_output.load(checkpoint, time);
  curve.load(checkpoint);
  measures.load(checkpoint);
  if (twin)
    twin->load(checkpoint);
}

std::vector<std::pair<std::string, std::string>> DensityResults::report() const
{
  std::vector<std::pair<std::string, std::string>> rows = {
    {"moments of the written density", "off by at most " + short_number(largest_deviation, 2) + " of their scale"}};
  if (twin)
    {
      const auto comparison = twin->report();
      rows.insert(rows.end(), comparison.begin(), comparison.end());
    }
  return rows;
}
} // namespace rhoflow
