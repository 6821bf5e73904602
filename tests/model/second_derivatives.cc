#include <catch2/catch.hpp>

#include <cmath>

#include "make_problem.h"

TEST_CASE("second derivatives of the features are differences of the first ones")
{
  struct Case
  {
    std::string  neuron, activation;
    unsigned int d, D;
  };
  for (const Case &c :
       {Case{"linear", "erf", 2, 2}, Case{"ridge", "tanh", 1, 1}, Case{"ridge", "sigmoid", 3, 3},
        Case{"weighted ridge", "softplus", 1, 2}, Case{"weighted ridge", "erf", 2, 3}, Case{"biased ridge", "cosine", 1, 3}})
    {
      CAPTURE(c.neuron, c.activation, c.d);
      std::string law;
      for (unsigned int i = 0; i < c.D; ++i)
        law += i == 0 ? "normal(0, 1)" : ", normal(0, 1)";
      const auto problem = make_problem({{"Learning problem/Neuron", c.neuron},
                                         {"Learning problem/Activation", c.activation},
                                         {"Learning problem/Input dimension", std::to_string(c.d)},
                                         {"Data/Quadrature nodes", "5"},
                                         {"Target/Type", "expression"},
                                         {"Target/Expression", "1"},
                                         {"Initial law/Law", law}});
      REQUIRE(problem->twice_differentiable());
      const unsigned int  n = problem->n_feature_parameters(), K = problem->n_nodes(), pairs = n * (n + 1) / 2;
      std::vector<double> omega;
      for (unsigned int i = 0; i < 3 * n; ++i)
        omega.push_back(1.3 * std::sin(1. + 1.7 * i));
      std::vector<double> values(3 * K), gradients(3 * n * K), hessians(3 * pairs * K), plain(3 * K), slopes(3 * n * K);
      problem->features_to_second_order(3, omega.data(), values.data(), gradients.data(), hessians.data());
      problem->features(3, omega.data(), plain.data(), slopes.data());
      CHECK(values == plain);
      CHECK(gradients == slopes);

      const double        h = 1e-5;
      std::vector<double> above(3 * n * K), below(3 * n * K);
      for (unsigned int i = 0; i < 3; ++i)
        for (unsigned int a = 0, pair = 0; a < n; ++a)
          {
            std::vector<double> shifted = omega;
            shifted[i * n + a] += h;
            problem->features(3, shifted.data(), plain.data(), above.data());
            shifted[i * n + a] -= 2. * h;
            problem->features(3, shifted.data(), plain.data(), below.data());
            for (unsigned int b = a; b < n; ++b, ++pair)
              for (unsigned int k = 0; k < K; ++k)
                {
                  const std::size_t slope = (i * n + b) * K + k;
                  CHECK(hessians[(i * pairs + pair) * K + k] == Approx((above[slope] - below[slope]) / (2. * h)).margin(2e-9));
                }
          }
    }
  // Where σ' jumps, or where the distance to the centre has a kink.
  for (const Settings &settings : {Settings{{"Learning problem/Neuron", "ridge"}, {"Learning problem/Activation", "relu"}},
                                   Settings{{"Learning problem/Neuron", "bump"}, {"Learning problem/Activation", "tanh"}}})
    CHECK_FALSE(
      make_problem(settings +
                   Settings{{"Target/Type", "expression"}, {"Target/Expression", "1"}, {"Initial law/Law", "normal(0, 1)"}})
        ->twice_differentiable());
}
