#include <solvers/fokker_planck/moment_jacobian.h>

#include <cmath>
#include <utility>

#include <solvers/base/run/checkpoint.h>

namespace rhoflow
{
MomentJacobian::MomentJacobian(std::size_t size)
  : n(size)
{
  forget();
}

void MomentJacobian::forget()
{
  j.assign(n * n, 0.);
  for (std::size_t i = 0; i < n; ++i)
    j[i * n + i] = 1.;
  factorised = false;
  trivial    = true;
}

void MomentJacobian::learn(const std::vector<double> &delta_e, const std::vector<double> &delta_f, double noise)
{
  double square = 0.;
  for (const double d : delta_e)
    square += d * d;
  if (!(std::sqrt(square) > noise))
    return;
  for (std::size_t i = 0; i < n; ++i)
    {
      double missing = delta_f[i];
      for (std::size_t k = 0; k < n; ++k)
        missing -= j[i * n + k] * delta_e[k];
      for (std::size_t k = 0; k < n; ++k)
        j[i * n + k] += missing * delta_e[k] / square;
    }
  factorised = trivial = false;
}

void MomentJacobian::factorise()
{
  factors = j;
  pivots.resize(n);
  singular   = false;
  factorised = true;
  for (std::size_t c = 0; c < n && !singular; ++c)
    {
      std::size_t pivot = c;
      for (std::size_t r = c + 1; r < n; ++r)
        if (std::abs(factors[r * n + c]) > std::abs(factors[pivot * n + c]))
          pivot = r;
      pivots[c] = pivot;
      // The map contracts or overshoots: J is about one or more. Less is a sign of mistaken differences.
      singular = !(std::abs(factors[pivot * n + c]) > 1e-3);
      if (singular)
        break;
      if (pivot != c)
        for (std::size_t k = 0; k < n; ++k)
          std::swap(factors[c * n + k], factors[pivot * n + k]);
      for (std::size_t r = c + 1; r < n; ++r)
        {
          const double factor = factors[r * n + c] /= factors[c * n + c];
          for (std::size_t k = c + 1; k < n; ++k)
            factors[r * n + k] -= factor * factors[c * n + k];
        }
    }
}

std::vector<double> MomentJacobian::solve(const std::vector<double> &f)
{
  if (trivial)
    return f;
  if (!factorised)
    factorise();
  if (singular)
    return f;
  std::vector<double> x = f;
  for (std::size_t c = 0; c < n; ++c)
    std::swap(x[c], x[pivots[c]]);
  for (std::size_t r = 0; r < n; ++r)
    for (std::size_t k = 0; k < r; ++k)
      x[r] -= factors[r * n + k] * x[k];
  for (std::size_t r = n; r-- > 0;)
    {
      for (std::size_t k = r + 1; k < n; ++k)
        x[r] -= factors[r * n + k] * x[k];
      x[r] /= factors[r * n + r];
    }
  return x;
}

void MomentJacobian::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put("moment jacobian", trivial ? std::vector<double>() : j);
}

void MomentJacobian::load(const CheckpointReader &checkpoint)
{
  forget();
  trivial = checkpoint.size("moment jacobian") == 0;
  if (!trivial)
    j = checkpoint.numbers("moment jacobian", n * n);
}
} // namespace rhoflow
