#include <solvers/base/numerics/exact_sum.h>
#include <solvers/boltzmann/dual_problem.h>
#include <solvers/boltzmann/moments_kernel.h>
#include <solvers/mean_field/mean_field.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
DualProblem::Certificate DualProblem::certify(const State &at_rest, const std::function<double(const double *)> &density) const
{
  // mass, entropy, ∫ (λ/2 |θ|² + L) ρ, moments
  constexpr std::size_t n_fixed    = 3;
  constexpr std::size_t group_size = 128;
  std::vector<ExactSum> sums(n_fixed + n);
  std::vector<double>   group(sums.size()), theta(n_parameters);
  for (std::size_t first = 0; first < weights.size(); first += group_size)
    {
      std::fill(group.begin(), group.end(), 0.);
      for (std::size_t i = first; i < std::min(first + group_size, weights.size()); ++i)
        {
          std::copy_n(&omega[i * n_omega], n_omega, theta.end() - static_cast<std::ptrdiff_t>(n_omega));
          double first_moment = 0.;
          for (std::size_t k = 0; k < amplitudes.nodes.size(); ++k)
            {
              if (linear)
                theta[0] = amplitudes.nodes[k];
              const double p    = density(theta.data());
              const double mass = weights[i] * amplitudes.weights[k] * p;
              if (mass == 0.)
                continue;
              double square = 0.;
              for (const double x : theta)
                square += x * x;
              group[0] += mass;
              group[1] += mass * (std::log(p) - reference[i]);
              group[2] += mass * (.5 * field.weight_decay() * square + external[i]);
              first_moment += mass * amplitudes.nodes[k];
            }
          if (first_moment != 0.)
            kernel::add_multiple(n, first_moment, chi.data() + i * n, group.data() + n_fixed);
        }
      for (std::size_t c = 0; c < sums.size(); ++c)
        sums[c].add(group[c]);
    }
  const std::vector<double> total = global_sums(std::move(sums), comm);
  const double              mass = total[0], beta = at_rest.beta;
  if (!(mass > 0.) || !std::isfinite(mass))
    {
      const double nan = std::numeric_limits<double>::quiet_NaN();
      return {mass, nan, nan, nan};
    }
  std::vector<double> m(total.begin() + n_fixed, total.end());
  for (double &value : m)
    value /= mass;
  const double entropy = total[1] / mass - std::log(mass), fixed = total[2] / mass;
  // (1/β) KL(ρ ‖ exp(−β Ψ_e)/Z(e)), with Ψ_e = a Σ_j e_j χ_j + λ/2 |θ|² + L
  const auto distance_to = [&](const std::vector<double> &e, double log_partition) {
    double energy = fixed;
    for (unsigned int j = 0; j < n; ++j)
      energy += e[j] * m[j];
    return (entropy + log_partition) / beta + energy;
  };
  const std::vector<double> e = field.residual(m);
  return {mass, field.risk(m) + fixed + entropy / beta, distance_to(at_rest.e, at_rest.log_partition),
          distance_to(e, evaluate(e, beta, false).log_partition)};
}
} // namespace rhoflow
