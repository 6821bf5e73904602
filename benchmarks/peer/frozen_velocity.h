#pragma once

#include <array>
#include <cmath>
#include <cstdint>
#include <unordered_map>
#include <vector>

#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

namespace rhoflow
{
/// v(θ) = −∇Ψ_λ(θ) for a given residual e, point by point from the modes: Ψ = a Σ_j e_j χ_j(ω). Values at an ω are kept, since
/// the points of a mesh share them.
class FrozenVelocity
{
public:
  FrozenVelocity(const MeanField &mean_field, const std::vector<double> &e);

  void operator()(const double *theta, double *v);

private:
  struct Hash
  {
    std::size_t operator()(const std::array<std::int64_t, 3> &key) const;
  };

  const MeanField                                                             &field;
  std::vector<double>                                                          residual;
  unsigned int                                                                 first; ///< coordinate of ω
  std::unordered_map<std::array<std::int64_t, 3>, std::array<double, 4>, Hash> known; ///< ψ and ∇_ω ψ
};

inline FrozenVelocity::FrozenVelocity(const MeanField &mean_field, const std::vector<double> &e)
  : field(mean_field)
  , residual(e)
  , first(mean_field.learning_problem().has_outer_weight() ? 1 : 0)
{}

inline std::size_t FrozenVelocity::Hash::operator()(const std::array<std::int64_t, 3> &key) const
{
  std::uint64_t h = 0;
  for (const std::int64_t i : key)
    h = (h ^ static_cast<std::uint64_t>(i)) * 0x9e3779b97f4a7c15ULL, h ^= h >> 29;
  return h;
}

inline void FrozenVelocity::operator()(const double *theta, double *v)
{
  const unsigned int          n_omega = field.n_feature_parameters(), n = field.n_modes();
  const double *const         omega = theta + first;
  std::array<std::int64_t, 3> key{};
  // Points that differ by round-off only are one point.
  for (unsigned int d = 0; d < n_omega; ++d)
    key[d] = std::llround(std::ldexp(omega[d], 42));
  const auto [it, inserted]     = known.emplace(key, std::array<double, 4>{});
  std::array<double, 4> &values = it->second;
  if (inserted)
    {
      std::vector<double> chi(n), gradients(n_omega * n);
      field.modes(1, omega, chi.data(), gradients.data());
      for (unsigned int j = 0; j < n; ++j)
        {
          values[0] += residual[j] * chi[j];
          for (unsigned int d = 0; d < n_omega; ++d)
            values[1 + d] += residual[j] * gradients[d * n + j];
        }
    }
  const double a = first == 1 ? theta[0] : 1.;
  if (first == 1)
    v[0] = -values[0];
  for (unsigned int d = 0; d < n_omega; ++d)
    v[first + d] = -a * values[1 + d];
  for (unsigned int d = 0; d < first + n_omega; ++d)
    v[d] -= field.weight_decay() * theta[d];
}
} // namespace rhoflow
