#include <catch2/catch.hpp>

#include <cmath>
#include <vector>

#include <solvers/base/numerics/random.h>

using namespace rhoflow;

TEST_CASE("normal numbers at once are those one after the other", "[base]")
{
  const std::size_t words_before = GENERATE(0u, 1u, 3u), normals_before = GENERATE(0u, 1u, 2u);
  CounterRandom     one(5, RandomPurpose::sgd_samples, 1, 2, 3), many(5, RandomPurpose::sgd_samples, 1, 2, 3);
  for (std::size_t i = 0; i < words_before; ++i)
    REQUIRE(one.bits() == many.bits());
  for (std::size_t i = 0; i < normals_before; ++i)
    REQUIRE(one.normal() == many.normal());
  for (const std::size_t n : {0u, 1u, 2u, 7u, 255u, 256u, 257u, 1000u})
    {
      CAPTURE(words_before, normals_before, n);
      std::vector<double> x(n + 1, -77.);
      many.normals(n, x.data());
      for (std::size_t i = 0; i < n; ++i)
        CHECK(x[i] == Approx(one.normal()).epsilon(1e-13).margin(1e-14));
      CHECK(x[n] == -77.);
    }
  CHECK(many.bits() == one.bits());
}
