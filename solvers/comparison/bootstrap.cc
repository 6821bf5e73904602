#include <solvers/base/numerics/random.h>
#include <solvers/comparison/bootstrap.h>

#include <boost/math/distributions/students_t.hpp>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace rhoflow
{
Resampling::Resampling(unsigned int n_measures, std::uint64_t random_seed)
  : groups(std::min(n_measures, 32U))
  , seed(random_seed)
{
  if (n_measures < 2)
    throw std::logic_error("Resampling: the spread over measures needs two of them");
}

std::vector<double> Resampling::counts(unsigned int index) const
{
  CounterRandom       random(seed, RandomPurpose::bootstrap, 0, 0, index);
  std::vector<double> result(groups, 0.);
  for (unsigned int g = 0; g < groups; ++g)
    result[random.integer(groups)] += 1.;
  return result;
}

double Resampling::mean_factor() const
{
  return std::sqrt(groups / (groups - 1.));
}

double Resampling::quantile_factor() const
{
  return mean_factor() * boost::math::quantile(boost::math::students_t(groups - 1.), .975) / 1.959963984540054;
}
} // namespace rhoflow
