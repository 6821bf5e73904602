#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/prediction_band.h>
#include <solvers/particles/ensemble/replicas.h>

namespace rhoflow
{
Curves prediction_band(const Replicas &replicas)
{
  const LearningProblem &problem = replicas.learning_problem();
  if (problem.curve_inputs().empty())
    return {};
  const std::vector<double>                         predictions = replicas.predictions();
  const std::vector<std::pair<std::string, double>> shown       = {
          {"network 5 %", 0.05}, {"network 25 %", 0.25}, {"network 75 %", 0.75}, {"network 95 %", 0.95}};
  const unsigned int K = problem.n_nodes();
  Curves             band{{"network mean", std::vector<double>(K)}};
  for (const auto &[name, probability] : shown)
    band.emplace_back(name, std::vector<double>(K));
  std::vector<double> sample(replicas.parameters().n_replicas);
  for (unsigned int k = 0; k < K; ++k)
    {
      for (std::size_t r = 0; r < sample.size(); ++r)
        sample[r] = predictions[r * K + k];
      band[0].second[k] = mean(sample);
      for (std::size_t q = 0; q < shown.size(); ++q)
        band[q + 1].second[k] = quantile(sample, shown[q].second);
    }
  return band;
}

Curves prediction_map(const Replicas &replicas)
{
  const std::vector<double> points = replicas.learning_problem().map_inputs();
  if (points.empty())
    return {};
  const std::vector<double> predictions = replicas.predictions_at(points);
  const std::size_t         n           = points.size() / 2;
  std::vector<double>       average(n), sample(replicas.parameters().n_replicas);
  for (std::size_t k = 0; k < n; ++k)
    {
      for (std::size_t r = 0; r < sample.size(); ++r)
        sample[r] = predictions[r * n + k];
      average[k] = mean(sample);
    }
  return {{"network mean", average}};
}
} // namespace rhoflow
