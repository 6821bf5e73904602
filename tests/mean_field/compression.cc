#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include <solvers/base/numerics/random.h>
#include <solvers/mean_field/compression.h>

using namespace rhoflow;

namespace
{
/// n vectors of length K, the combinations of `rank` random ones with factors 10^{−decay j}.
std::vector<double> samples(std::size_t n, std::size_t K, unsigned int rank, double decay, std::uint64_t seed)
{
  CounterRandom       directions(5, RandomPurpose::projections), coefficients(seed, RandomPurpose::test_sample);
  std::vector<double> basis(rank * K), result(n * K, 0.);
  for (double &x : basis)
    x = directions.normal() / std::sqrt(static_cast<double>(K));
  for (std::size_t i = 0; i < n; ++i)
    for (unsigned int j = 0; j < rank; ++j)
      {
        const double c = (2. * coefficients.uniform() - 1.) * std::pow(10., -decay * j);
        for (std::size_t k = 0; k < K; ++k)
          result[i * K + k] += c * basis[j * K + k];
      }
  return result;
}

double orthogonality(const Compression &compression, std::size_t K)
{
  double worst = 0.;
  for (unsigned int i = 0; i < compression.rank(); ++i)
    for (unsigned int j = 0; j < compression.rank(); ++j)
      {
        double product = 0.;
        for (std::size_t k = 0; k < K; ++k)
          product += compression.basis()[i * K + k] * compression.basis()[j * K + k];
        worst = std::max(worst, std::abs(product - (i == j ? 1. : 0.)));
      }
  return worst;
}
} // namespace

TEST_CASE("Compression: the rank of rank-deficient samples, however many there are")
{
  for (const std::size_t n : {3U, 6U, 50U, 400U})
    {
      const std::size_t K = 120;
      Compression       compression(K, 1e-10);
      compression.add(samples(n, K, 6, 0., 1));
      CHECK(compression.rank() == std::min<std::size_t>(n, 6)); // fewer samples than nodes, and than the rank
      CHECK(orthogonality(compression, K) < 1e-13);
      CHECK(compression.relative_error(samples(n, K, 6, 0., 1)) < 1e-10);
      if (n >= 6)
        CHECK(compression.relative_error(samples(100, K, 6, 0., 2)) < 1e-10);
    }
}

TEST_CASE("Compression: decaying directions are kept down to the tolerance, strongest first")
{
  const std::size_t K = 60;
  for (const double tolerance : {1e-3, 1e-6, 1e-9})
    {
      Compression compression(K, tolerance);
      const auto  seen = samples(300, K, 30, 0.5, 1);
      compression.add(seen);
      CHECK(orthogonality(compression, K) < 1e-13);
      CHECK(compression.relative_error(seen) <= tolerance);
      CHECK(compression.relative_error(samples(300, K, 30, 0.5, 2)) < 3. * tolerance);
      // Every factor of ten takes two directions.
      CHECK(std::abs(compression.rank() + 2. * std::log10(tolerance)) < 4.);
      double before = 1e300;
      for (unsigned int j = 0; j < compression.rank(); ++j)
        {
          double energy = 0.;
          for (std::size_t i = 0; i < 300; ++i)
            {
              double c = 0.;
              for (std::size_t k = 0; k < K; ++k)
                c += seen[i * K + k] * compression.basis()[j * K + k];
              energy += c * c;
            }
          CHECK(energy <= before * (1. + 1e-6) + 1e-24);
          before = energy;
        }
    }
}

TEST_CASE("Compression: samples that come later extend the basis")
{
  const std::size_t K = 40;
  Compression       compression(K, 1e-10);
  compression.add(samples(20, K, 3, 0., 1));
  CHECK(compression.rank() == 3);
  const auto wider = samples(20, K, 8, 0., 2);
  CHECK(compression.relative_error(wider) > 0.01);
  compression.add(wider);
  CHECK(compression.rank() == 8);
  CHECK(compression.relative_error(wider) < 1e-10);
  CHECK(orthogonality(compression, K) < 1e-13);
}

TEST_CASE("Compression: zero features, repeated features, and no more directions than nodes")
{
  Compression nothing(7, 1e-10);
  nothing.add(std::vector<double>(5 * 7, 0.));
  CHECK(nothing.rank() == 0);
  CHECK(nothing.relative_error(std::vector<double>(7, 0.)) == 0.);

  Compression repeated(7, 1e-10);
  repeated.add(std::vector<double>(5 * 7, 2.));
  CHECK(repeated.rank() == 1);

  Compression full(7, 1e-10);
  full.add(samples(50, 7, 30, 0., 1));
  CHECK(full.rank() == 7);
  CHECK(full.relative_error(samples(50, 7, 30, 0., 3)) < 1e-12);
}
