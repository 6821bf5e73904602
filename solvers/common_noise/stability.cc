#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/common_noise/parameters.h>
#include <solvers/common_noise/stability.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace rhoflow
{
void refuse_large_step(const LearningProblem &problem, const CommonNoiseParameters &noise)
{
  constexpr unsigned int n_per_coordinate = 6;
  std::vector<double>    theta, weight;
  problem.initial_law().quadrature(n_per_coordinate, theta, weight);
  const std::size_t K = problem.n_nodes(), D = problem.n_parameters(), n_omega = problem.n_feature_parameters();
  const std::size_t n = weight.size(), first = D - n_omega;

  // ∇σ_l at the points, [n][D][K].
  std::vector<double> omega(n * n_omega), g(n * K), dg(n * n_omega * K), slope(n * D * K);
  for (std::size_t i = 0; i < n; ++i)
    std::copy_n(&theta[i * D + first], n_omega, &omega[i * n_omega]);
  problem.features(static_cast<unsigned int>(n), omega.data(), g.data(), dg.data());
  const std::vector<double> &p = problem.weights();
  std::vector<double>        kappa(K, 0.);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t d = 0; d < D; ++d)
      for (std::size_t l = 0; l < K; ++l)
        {
          double &x = slope[(i * D + d) * K + l];
          x         = d < first ? g[i * K + l] : (first == 1 ? theta[i * D] : 1.) * dg[(i * n_omega + d - first) * K + l];
          kappa[l] += weight[i] * x * x;
        }
  double once = 0., twice = 0.;
  for (std::size_t l = 0; l < K; ++l)
    {
      once += p[l] * kappa[l];
      twice += p[l] * kappa[l] * kappa[l];
    }
  if (!(once > 0.))
    return;
  // The power method: the quotients of Rayleigh increase to ω, which need not be known well.
  constexpr unsigned int n_iterations = 30;
  std::vector<double>    x(K, 1.), image(K);
  double                 largest = 0.;
  for (unsigned int iteration = 0; iteration < n_iterations; ++iteration)
    {
      // In L²(p): x ↦ K p x.
      std::fill(image.begin(), image.end(), 0.);
      for (std::size_t i = 0; i < n * D; ++i)
        {
          double along = 0.;
          for (std::size_t l = 0; l < K; ++l)
            along += p[l] * slope[i * K + l] * x[l];
          for (std::size_t l = 0; l < K; ++l)
            image[l] += weight[i / D] * along * slope[i * K + l];
        }
      double square = 0., product = 0., size = 0.;
      for (std::size_t l = 0; l < K; ++l)
        {
          square += p[l] * x[l] * x[l];
          product += p[l] * x[l] * image[l];
          size = std::max(size, std::abs(image[l]));
        }
      largest = product / square;
      if (!(size > 0.))
        break;
      for (std::size_t l = 0; l < K; ++l)
        x[l] = image[l] / size;
    }
  const double B = noise.batch_size, curvature = largest * (1. - 1. / B) + twice / once / B;
  if (noise.step_size * curvature >= 2.)
    throw InputError(Refusal::out_of_range, "Common noise/Step size",
                     "SGD with steps of " + short_number(noise.step_size) +
                       " is unstable at t = 0, and its noise has no equation: choose less than " +
                       short_number(2. / curvature) + ", or a larger 'Batch size'.");
}
} // namespace rhoflow
