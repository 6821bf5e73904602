#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoint_state.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/solver.h>
#include <solvers/common_noise/parameters.h>
#include <solvers/evolution/path_tables.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/replicas.h>

namespace rhoflow
{
PathTables::PathTables(const EvolutionInputs &inputs, const CommonNoiseParameters &common_noise, const RunContext &context)
  : problem(*inputs.problem)
  , observables(inputs.observables)
  , noise(common_noise)
  , statistics(context.directory.file("statistics.csv"), rank_of(context.communicator) == 0)
  , risk_table(context.directory.file("paths.csv"), rank_of(context.communicator) == 0)
  , curve(problem, context.directory, rank_of(context.communicator) == 0)
{}

bool PathTables::has_curve() const
{
  return !problem.curve_inputs().empty();
}

std::size_t PathTables::row_size() const
{
  const std::size_t D = problem.n_parameters();
  return 1 + D + D * (D + 1) / 2 + observables.size();
}

std::vector<double> PathTables::row(const double risk, const Functionals &f)
{
  std::vector<double> result = {risk};
  for (const auto *part : {&f.mean, &f.covariance, &f.observables})
    result.insert(result.end(), part->begin(), part->end());
  return result;
}

void PathTables::add(const double time, const std::vector<double> &rows, RunningChecks &checks, const FurtherColumns &further)
{
  const std::size_t n_columns = row_size(), n_paths = noise.n_paths;
  const auto        column = [&](const std::size_t c) {
    std::vector<double> values(n_paths);
    for (std::size_t path = 0; path < n_paths; ++path)
      values[path] = rows[path * n_columns + c];
    return values;
  };
  const std::vector<double> risks = column(0);
  last_risk                       = mean(risks);
  last_error                      = error_of_mean(risks);
  RunningChecks::require_finite({last_risk}, time, "Choose a smaller 'Common noise/Step size'.");

  statistics.set("time", time);
  statistics.set("risk", last_risk);
  statistics.set("excess risk", last_risk - .5 * problem.noise_variance());
  statistics.set("standard error", last_error);
  statistics.set("standard deviation", standard_deviation(risks));
  set_quantiles(statistics, "risk ", risks);
  // Means over the paths: of the means, with their deviation from path to path, and of the covariances on a path.
  const std::vector<std::string> names = problem.parameter_names();
  const std::size_t              D     = names.size();
  std::size_t                    next  = 1;
  for (std::size_t d = 0; d < D; ++d)
    statistics.set("mean " + names[d], mean(column(next + d)));
  for (std::size_t d = 0; d < D; ++d)
    statistics.set("deviation of mean " + names[d], standard_deviation(column(next + d)));
  next += D;
  for (std::size_t d = 0; d < D; ++d)
    for (std::size_t e = d; e < D; ++e)
      statistics.set("covariance " + names[d] + " " + names[e], mean(column(next++)));
  std::vector<double> observed;
  for (unsigned int i = 0; i < observables.size(); ++i, ++next)
    {
      observed.push_back(mean(column(next)));
      statistics.set("mean of " + observables.names()[i], observed.back());
      statistics.set("deviation of mean of " + observables.names()[i], standard_deviation(column(next)));
    }
  risk_table.set("time", time);
  for (std::size_t path = 0; path < n_paths; ++path)
    risk_table.set("risk of path " + std::to_string(path), risks[path]);
  if (further)
    further(risks, statistics, risk_table);
  statistics.finish_row();
  risk_table.finish_row();
  checks.check_observables(observables, observed.data(), RunningChecks::at_time(time));
}

double PathTables::error_of_mean(const std::vector<double> &sample) const
{
  if (!noise.antithetic)
    return standard_error(sample);
  std::vector<double> pairs;
  for (std::size_t path = 0; path < sample.size(); path += 2)
    pairs.push_back(.5 * (sample[path] + sample[path + 1]));
  return standard_error(pairs);
}

void PathTables::add_curve(const double time, const std::vector<double> &f)
{
  const std::size_t   K = problem.n_nodes();
  std::vector<double> fit(K), sample(noise.n_paths);
  Curves              band;
  for (const char *name : {"path 5 %", "path 95 %"})
    band.emplace_back(name, std::vector<double>(K));
  for (std::size_t k = 0; k < K; ++k)
    {
      for (std::size_t path = 0; path < sample.size(); ++path)
        sample[path] = f[path * K + k];
      fit[k]            = mean(sample);
      band[0].second[k] = quantile(sample, .05);
      band[1].second[k] = quantile(sample, .95);
    }
  curve.add(time, fit, band);
}

void PathTables::save(CheckpointWriter &checkpoint) const
{
  statistics.save(checkpoint);
  risk_table.save(checkpoint);
  curve.save(checkpoint);
}

void PathTables::load(const CheckpointReader &checkpoint)
{
  statistics.load(checkpoint);
  risk_table.load(checkpoint);
  curve.load(checkpoint);
}
} // namespace rhoflow
