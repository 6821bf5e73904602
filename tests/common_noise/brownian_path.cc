#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/common_noise/brownian_path.h>

using namespace rhoflow;

namespace
{
BrownianPath path_of(double interval, std::uint64_t number = 0, RandomPurpose purpose = RandomPurpose::common_noise)
{
  return BrownianPath(7, purpose, number, 3, interval);
}
} // namespace

TEST_CASE("half the interval refines the same Brownian path", "[common_noise]")
{
  // Of lengths below and above those that are drawn directly, and of no power of two.
  const double interval = GENERATE(0.2, 0.25, 1., 1.6, 4., 12.);
  CAPTURE(interval);
  const BrownianPath whole = path_of(interval), half = path_of(.5 * interval);
  for (const std::uint64_t k : {0, 1, 2, 7, 100})
    {
      const std::vector<double> sum = whole.increment(k), first = half.increment(2 * k), second = half.increment(2 * k + 1);
      for (unsigned int i = 0; i < 3; ++i)
        {
          CHECK(std::abs(first[i] + second[i] - sum[i]) < 1e-14 * std::sqrt(interval));
          CHECK(first[i] != second[i]);
        }
    }
}

TEST_CASE("increments of Brownian motions are normal, independent, and of the variance of their interval", "[common_noise]")
{
  const double        interval = GENERATE(0.05, 0.8, 6.);
  const std::size_t   n        = 40000;
  const BrownianPath  path     = path_of(interval);
  std::vector<double> x(n), square(n), fourth(n), next(n), other_motion(n), other_path(n), labels(n);
  const BrownianPath  another = path_of(interval, 1), of_labels = path_of(interval, 0, RandomPurpose::path_label_noise);
  std::vector<double> before = path.increment(n);
  for (std::size_t k = 0; k < n; ++k)
    {
      const std::vector<double> b = path.increment(k);
      x[k]                        = b[0] / std::sqrt(interval);
      square[k]                   = x[k] * x[k];
      fourth[k]                   = square[k] * square[k];
      next[k]                     = b[0] * before[0] / interval;
      other_motion[k]             = b[0] * b[1] / interval;
      other_path[k]               = b[0] * another.increment(k)[0] / interval;
      labels[k]                   = b[0] * of_labels.increment(k)[0] / interval;
      before                      = b;
    }
  // Five standard errors: one number in 2 million is farther away.
  for (const auto &[sample, expected] :
       {std::pair(&x, 0.), std::pair(&square, 1.), std::pair(&fourth, 3.), std::pair(&next, 0.), std::pair(&other_motion, 0.),
        std::pair(&other_path, 0.), std::pair(&labels, 0.)})
    CHECK(std::abs(mean(*sample) - expected) < 5. * standard_error(*sample));
}

TEST_CASE("the noise leaves the sum of the weights of the data as it is", "[common_noise]")
{
  const std::vector<double> p     = {.1, .2, .7};
  const auto                along = [&](const std::vector<double> &increment) {
    double sum = 0.;
    for (unsigned int l = 0; l < 3; ++l)
      sum += std::sqrt(p[l]) * increment[l];
    return sum;
  };
  CHECK(std::abs(along(project_on_data({1.3, -.4, .8}, p))) < 1e-15);
  // Projecting twice is projecting once.
  const std::vector<double> once = project_on_data({1.3, -.4, .8}, p), twice = project_on_data(once, p);
  for (unsigned int l = 0; l < 3; ++l)
    CHECK(twice[l] == Approx(once[l]).margin(1e-15));

  // One step of SGD with a batch of two: its moments are those of the noise over a time of α.
  const double        alpha = .04;
  std::vector<double> first(3, 0.), second(9, 0.);
  for (unsigned int a = 0; a < 3; ++a)
    for (unsigned int b = 0; b < 3; ++b)
      {
        std::vector<double> counts(3, 0.);
        ++counts[a];
        ++counts[b];
        const std::vector<double> increment = increment_of_counts(counts, p, alpha, 2);
        CHECK(std::abs(along(increment)) < 1e-15);
        for (unsigned int l = 0; l < 3; ++l)
          {
            first[l] += p[a] * p[b] * increment[l];
            for (unsigned int m = 0; m < 3; ++m)
              second[3 * l + m] += p[a] * p[b] * increment[l] * increment[m];
          }
      }
  for (unsigned int l = 0; l < 3; ++l)
    {
      CHECK(std::abs(first[l]) < 1e-15);
      for (unsigned int m = 0; m < 3; ++m)
        CHECK(second[3 * l + m] == Approx(alpha * ((l == m ? 1. : 0.) - std::sqrt(p[l] * p[m]))).margin(1e-15));
    }
}
