#include <solvers/model/measure.h>

#include <algorithm>
#include <numeric>

namespace rhoflow
{
void drop_light_points(Measure &law, std::size_t dimension, double mass)
{
  std::vector<std::size_t> order(law.weights.size());
  std::iota(order.begin(), order.end(), std::size_t(0));
  std::stable_sort(order.begin(), order.end(), [&](std::size_t i, std::size_t j) { return law.weights[i] < law.weights[j]; });
  std::vector<bool> dropped(law.weights.size(), false);
  double            rest = 0.;
  for (const std::size_t i : order)
    {
      if (rest + law.weights[i] > mass)
        break;
      rest += law.weights[i];
      dropped[i] = true;
    }
  const double total = std::accumulate(law.weights.begin(), law.weights.end(), 0.);
  std::size_t  n     = 0;
  for (std::size_t i = 0; i < law.weights.size(); ++i)
    if (!dropped[i])
      {
        law.weights[n] = law.weights[i] * (total / (total - rest));
        std::copy_n(&law.points[i * dimension], dimension, &law.points[n * dimension]);
        ++n;
      }
  law.weights.resize(n);
  law.points.resize(n * dimension);
}
} // namespace rhoflow
