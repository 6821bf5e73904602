#include <solvers/fokker_planck/moment_jacobian.h>

#include <cmath>

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
  factors.reset();
  trivial = true;
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
  factors.reset();
  trivial = false;
}

std::vector<double> MomentJacobian::solve(std::vector<double> f)
{
  // The map contracts or overshoots: J is about one or more. Smaller pivots are a sign of mistaken differences.
  constexpr double least_pivot = 1e-3;
  if (trivial)
    return f;
  if (!factors)
    factors.emplace(j, n, least_pivot);
  if (!factors->singular())
    factors->solve(f.data());
  return f;
}

void MomentJacobian::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  checkpoint.put(prefix + "moment jacobian", trivial ? std::vector<double>() : j);
}

void MomentJacobian::load(const CheckpointReader &checkpoint, const std::string &prefix)
{
  forget();
  trivial = checkpoint.size(prefix + "moment jacobian") == 0;
  if (!trivial)
    j = checkpoint.numbers(prefix + "moment jacobian", n * n);
}
} // namespace rhoflow
