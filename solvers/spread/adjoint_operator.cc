#include <solvers/spread/adjoint_operator.h>

#include <algorithm>

#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/shared_points.h>

namespace rhoflow
{
namespace
{
double dot(const unsigned int n, const double *a, const double *b)
{
  double sum = 0.;
  for (unsigned int j = 0; j < n; ++j)
    sum += a[j] * b[j];
  return sum;
}
} // namespace

AdjointOperator::AdjointOperator(const MeanField &mean_field, const Measure &law, const MPI_Comm communicator)
  : field(mean_field)
  , comm(communicator)
  , n_modes(mean_field.n_modes())
  , n_parameters(mean_field.learning_problem().n_parameters())
  , n_omega(mean_field.n_feature_parameters())
  , has_outer_weight(mean_field.learning_problem().has_outer_weight())
{
  mine = share_of_points(law, n_parameters, comm);
  omega.resize(n_points() * n_omega);
  values.resize(n_points() * n_modes);
  slopes.resize(n_points() * n_omega * n_modes);
}

template <class Add>
std::vector<double> AdjointOperator::integrals(const std::size_t columns, const Add &add) const
{
  return integrals_over_points(mine.weights, columns, comm, add);
}

void AdjointOperator::update(const double *points)
{
  present = points;
  for (std::size_t i = 0; i < n_points(); ++i)
    std::copy_n(points + (i + 1) * n_parameters - n_omega, n_omega, &omega[i * n_omega]);
  field.modes(static_cast<unsigned int>(n_points()), omega.data(), values.data(), slopes.data());
  m = integrals(n_modes, [&](const std::size_t i, const double weight, double *sums) {
    const double amplitude = weight * (has_outer_weight ? points[i * n_parameters] : 1.);
    for (unsigned int j = 0; j < n_modes; ++j)
      sums[j] += amplitude * values[i * n_modes + j];
  });
  e = field.residual(m);
}

std::vector<double> AdjointOperator::prediction() const
{
  return field.prediction(m);
}

void AdjointOperator::functional(const std::vector<double> &c, double *phi, double *P) const
{
  for (std::size_t i = 0; i < n_points(); ++i)
    {
      const double a     = has_outer_weight ? present[i * n_parameters] : 1.;
      const double value = dot(n_modes, c.data(), &values[i * n_modes]);
      double      *slope = P + i * n_parameters;
      phi[i]             = a * value;
      if (has_outer_weight)
        *slope++ = value;
      for (unsigned int d = 0; d < n_omega; ++d)
        slope[d] = a * dot(n_modes, c.data(), &slopes[(i * n_omega + d) * n_modes]);
    }
}

void AdjointOperator::velocity(double *velocities) const
{
  std::vector<double> psi(n_points());
  functional(e, psi.data(), velocities);
  const double lambda = field.weight_decay();
  for (std::size_t i = 0; i < n_points() * n_parameters; ++i)
    velocities[i] = -velocities[i] - lambda * present[i];
}

std::vector<double> AdjointOperator::rates(const std::size_t n_functionals, const double *P, double *phi_rates,
                                           double *P_rates) const
{
  const std::size_t   n = n_points();
  std::vector<double> A = integrals(n_functionals * n_modes, [&](const std::size_t i, const double weight, double *sums) {
    const double a = has_outer_weight ? present[i * n_parameters] : 1.;
    for (std::size_t f = 0; f < n_functionals; ++f)
      {
        const double *p = P + (f * n + i) * n_parameters;
        if (has_outer_weight)
          {
            const double factor = weight * *p++;
            for (unsigned int j = 0; j < n_modes; ++j)
              sums[f * n_modes + j] += factor * values[i * n_modes + j];
          }
        for (unsigned int d = 0; d < n_omega; ++d)
          {
            const double factor = weight * a * p[d];
            for (unsigned int j = 0; j < n_modes; ++j)
              sums[f * n_modes + j] += factor * slopes[(i * n_omega + d) * n_modes + j];
          }
      }
  });

  // ∇²Ψ of Ψ = a ψ(ω) has the blocks 0, ∇ψ and a ∇²ψ.
  std::vector<double> curvature(n * n_omega * n_omega), gradient(n_omega);
  field.curvature(static_cast<unsigned int>(n), omega.data(), e, curvature.data());
  const double lambda = field.weight_decay();
  for (std::size_t i = 0; i < n; ++i)
    {
      const double a = has_outer_weight ? present[i * n_parameters] : 1.;
      for (unsigned int d = 0; d < n_omega; ++d)
        gradient[d] = dot(n_modes, e.data(), &slopes[(i * n_omega + d) * n_modes]);
      for (std::size_t f = 0; f < n_functionals; ++f)
        {
          const double *p = P + (f * n + i) * n_parameters, *A_f = &A[f * n_modes];
          double       *rate   = P_rates + (f * n + i) * n_parameters;
          const double  value  = dot(n_modes, A_f, &values[i * n_modes]);
          double        p_a    = 0.;
          phi_rates[f * n + i] = a * value;
          if (has_outer_weight)
            {
              p_a     = *p++;
              *rate++ = value + dot(n_omega, gradient.data(), p) + lambda * p_a;
            }
          for (unsigned int d = 0; d < n_omega; ++d)
            rate[d] = a * (dot(n_modes, A_f, &slopes[(i * n_omega + d) * n_modes]) +
                           dot(n_omega, &curvature[(i * n_omega + d) * n_omega], p)) +
                      gradient[d] * p_a + lambda * p[d];
        }
    }
  return A;
}

std::vector<double> AdjointOperator::covariances(const std::size_t n_functionals, const double *phi) const
{
  const std::size_t n = n_points(), S = n_functionals;
  // The weights of a law may have lost a little: per unit of mass. Deviations from the mean keep the digits of its square.
  const std::vector<double> sums   = integrals(S + 1, [&](const std::size_t i, const double weight, double *at) {
    for (std::size_t f = 0; f < S; ++f)
      at[f] += weight * phi[f * n + i];
    at[S] += weight;
  });
  std::vector<double>       result = integrals(S * S, [&](const std::size_t i, const double weight, double *at) {
    for (std::size_t f = 0; f < S; ++f)
      for (std::size_t g = 0; g < S; ++g)
        at[f * S + g] += weight * (phi[f * n + i] - sums[f] / sums[S]) * (phi[g * n + i] - sums[g] / sums[S]);
  });
  for (double &value : result)
    value /= sums[S];
  return result;
}
} // namespace rhoflow
