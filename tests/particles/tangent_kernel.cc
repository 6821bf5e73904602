#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <string>
#include <vector>

#include <solvers/particles/network.h>
#include <solvers/particles/tangent_kernel/tangent_kernel.h>

#include <tests/support/refusals.h>

#include "data_set_problem.h"

using namespace rhoflow;

namespace
{
using Type = ParticleNeuron::Type;

/// x ~ N(0, I_d) without end; neurons a erf(w·x/√2), a ~ N(0, 1), w ~ N(0, I/d).
class GaussianInputs : public DataSetProblem
{
public:
  explicit GaussianInputs(unsigned int d)
    : DataSetProblem(Type::weighted_ridge, d, 1)
  {}
  void sample(CounterRandom &random, double *x, double &y) const override
  {
    for (unsigned int i = 0; i < neuron.input_dimension; ++i)
      x[i] = random.normal();
    y = x[0];
  }
  std::uint64_t data_set_size() const override { return 0; }
  void          sample_particle(CounterRandom &random, double *theta) const override
  {
    theta[0] = random.normal();
    for (unsigned int i = 1; i < n_parameters(); ++i)
      theta[i] = random.normal() / std::sqrt(neuron.input_dimension);
  }
};

/// Whether parameter i of a neuron is trained.
bool moves(const DataSetProblem &problem, TrainedLayers trained, unsigned int i)
{
  const bool is_outer = (problem.has_outer_weight() && i == 0);
  return trained == TrainedLayers::both || is_outer == (trained == TrainedLayers::outer);
}

/// K by central differences of σ* and plain sums.
std::vector<double> kernel_by_differences(const DataSetProblem &problem, TrainedLayers trained, const std::vector<double> &x,
                                          std::vector<double> theta)
{
  const unsigned int  d = problem.neuron.input_dimension, n = problem.n_parameters();
  const std::size_t   P = x.size() / d, M = theta.size() / n;
  std::vector<double> kernel(P * P, 0.), slope(P);
  for (std::size_t j = 0; j < M; ++j)
    for (unsigned int i = 0; i < n; ++i)
      if (moves(problem, trained, i))
        {
          const double h = 1e-5, centre = theta[j * n + i];
          for (std::size_t p = 0; p < P; ++p)
            {
              theta[j * n + i]   = centre + h;
              const double above = problem.value(x.data() + p * d, theta.data() + j * n, nullptr);
              theta[j * n + i]   = centre - h;
              const double below = problem.value(x.data() + p * d, theta.data() + j * n, nullptr);
              slope[p]           = (above - below) / (2. * h);
            }
          theta[j * n + i] = centre;
          for (std::size_t p = 0; p < P; ++p)
            for (std::size_t q = 0; q < P; ++q)
              kernel[p * P + q] += slope[p] * slope[q] / static_cast<double>(M);
        }
  return kernel;
}

double largest_difference(const std::vector<double> &a, const std::vector<double> &b)
{
  REQUIRE(a.size() == b.size());
  double worst = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    worst = std::max(worst, std::abs(a[i] - b[i]));
  return worst;
}
} // namespace

TEST_CASE("the tangent kernel is the product of the neurons' gradients", "[tangent_kernel]")
{
  // 67 neurons are more than one block, 19 points more than one group of columns; with 5 points the data set is too large.
  for (const Type type : {Type::linear, Type::ridge, Type::weighted_ridge, Type::biased_ridge, Type::bump})
    for (const TrainedLayers trained : {TrainedLayers::both, TrainedLayers::inner, TrainedLayers::outer})
      for (const unsigned int n_points : {19u, 5u})
        {
          const DataSetProblem problem(type, 3, 19, type == Type::bump ? Activation::Kind::tanh : Activation::Kind::erf);
          if (trained == TrainedLayers::outer && !problem.has_outer_weight())
            {
              CHECK(refusal([&]() { TangentKernel(problem, trained, n_points, 1); }) ==
                    Refused{"Particles/Trained layers", Refusal::unsupported});
              continue;
            }
          CAPTURE(static_cast<int>(type), static_cast<int>(trained), n_points);
          const TangentKernel kernel(problem, trained, n_points, 1);
          REQUIRE(kernel.n_points() == n_points);
          if (n_points == 19)
            CHECK(kernel.points() == problem.inputs);
          const std::vector<double> theta = initial_neurons(problem, 67, 3, 0);
          const std::vector<double> K     = kernel.evaluate(theta.data(), 67);
          CHECK(largest_difference(K, kernel_by_differences(problem, trained, kernel.points(), theta)) < 2e-8);
          CHECK(kernel.evaluate(theta.data(), 67) == K);
        }
}

TEST_CASE("a bump whose centre is a point does not see that point", "[tangent_kernel]")
{
  const DataSetProblem      problem(Type::bump, 2, 4, Activation::Kind::tanh);
  const TangentKernel       kernel(problem, TrainedLayers::both, 4, 1);
  const std::vector<double> centre(kernel.points().begin() + 2, kernel.points().begin() + 4);
  const std::vector<double> K = kernel.evaluate(centre.data(), 1);
  for (unsigned int q = 0; q < 4; ++q)
    {
      CHECK(K[4 + q] == 0.);
      CHECK((q == 1 || K[q * 4 + q] > 0.));
    }
}

TEST_CASE("a landscape has no tangent kernel", "[tangent_kernel]")
{
  const DataSetProblem problem(Type::landscape, 2, 4);
  CHECK(refusal([&]() { TangentKernel(problem, TrainedLayers::both, 4, 1); }) ==
        Refused{"Learning problem/Neuron", Refusal::unsupported});
}

TEST_CASE("points of a continuous law depend on the seed alone and come from the law", "[tangent_kernel]")
{
  const GaussianInputs problem(4);
  const TangentKernel  small(problem, TrainedLayers::both, 10, 5), large(problem, TrainedLayers::inner, 2000, 5);
  const TangentKernel  other(problem, TrainedLayers::both, 10, 6);
  REQUIRE(small.points().size() == 40);
  CHECK(std::equal(small.points().begin(), small.points().end(), large.points().begin()));
  CHECK(small.points() != other.points());
  double mean_square = 0.;
  for (const double x : large.points())
    mean_square += x * x / 8000.;
  CHECK(std::abs(mean_square - 1.) < 5. * std::sqrt(2. / 8000.));
}

TEST_CASE("the tangent kernel of a wide network is that of infinite width", "[tangent_kernel]")
{
  // C. K. I. Williams, Computing with infinite networks (1997): with z = w·x, z' = w·x' jointly normal of covariance c,
  //   E erf(z/√2) erf(z'/√2) = (2/π) asin(c12/√((1 + c11)(1 + c22))),
  //   E σ'(z) σ'(z') = (2/π)/√((1 + c11)(1 + c22) − c12²).
  const unsigned int        d = 5, P = 7;
  const std::uint64_t       M = 40000;
  const GaussianInputs      problem(d);
  const std::vector<double> theta = initial_neurons(problem, M, 2, 0);
  for (const TrainedLayers trained : {TrainedLayers::both, TrainedLayers::inner, TrainedLayers::outer})
    {
      const TangentKernel       kernel(problem, trained, P, 1);
      const std::vector<double> K     = kernel.evaluate(theta.data(), M);
      double                    worst = 0.; // in standard errors
      for (unsigned int p = 0; p < P; ++p)
        for (unsigned int q = 0; q < P; ++q)
          {
            double c11 = 0., c22 = 0., product = 0.;
            for (unsigned int i = 0; i < d; ++i)
              {
                const double x = kernel.points()[p * d + i], y = kernel.points()[q * d + i];
                c11 += x * x / d;
                c22 += y * y / d;
                product += x * y;
              }
            const double c12   = product / d;
            const double two   = 2. / std::acos(-1.);
            const double outer = two * std::asin(c12 / std::sqrt((1. + c11) * (1. + c22)));
            const double inner = two * product / std::sqrt((1. + c11) * (1. + c22) - c12 * c12); // E a² = 1
            const double exact = (trained == TrainedLayers::inner ? 0. : outer) +
                                 (trained == TrainedLayers::outer ? 0. : inner);
            // Variance of a neuron's contribution, from the same neurons.
            double square = 0.;
            for (std::uint64_t j = 0; j < M; ++j)
              {
                std::vector<double> g(d + 1), h(d + 1);
                problem.value(kernel.points().data() + p * d, theta.data() + j * (d + 1), g.data());
                problem.value(kernel.points().data() + q * d, theta.data() + j * (d + 1), h.data());
                double term = 0.;
                for (unsigned int i = 0; i <= d; ++i)
                  if (moves(problem, trained, i))
                    term += g[i] * h[i];
                square += (term - exact) * (term - exact);
              }
            worst = std::max(worst, std::abs(K[p * P + q] - exact) / (std::sqrt(square) / static_cast<double>(M)));
          }
      CHECK(worst < 4.5);
      CHECK(worst > 0.05); // the statement has content
    }
}

TEST_CASE("a small step moves the network's output by the kernel times the residual", "[tangent_kernel]")
{
  for (const Type type : {Type::weighted_ridge, Type::biased_ridge, Type::bump})
    for (const TrainedLayers trained : {TrainedLayers::both, TrainedLayers::inner, TrainedLayers::outer})
      for (const double alpha : {1., std::sqrt(50.)})
        {
          if (type == Type::bump && trained == TrainedLayers::outer)
            continue;
          const unsigned int        d = 3, P = 6, M = 50;
          const DataSetProblem      problem(type, d, P, Activation::Kind::tanh);
          const unsigned int        n     = problem.n_parameters();
          const std::vector<double> theta = initial_neurons(problem, M, 1, 0);
          const TangentKernel       kernel(problem, trained, P, 1);
          const std::vector<double> K = kernel.evaluate(theta.data(), M);
          const auto                f = [&](unsigned int p, const std::vector<double> &parameters) {
            return alpha * problem.network(problem.inputs.data() + p * d, parameters);
          };
          const double eta = 1e-7;
          for (unsigned int q = 0; q < P; ++q)
            {
              const double        residual = problem.targets()[q] - f(q, theta);
              std::vector<double> moved(theta), gradient(n);
              for (unsigned int j = 0; j < M; ++j)
                {
                  problem.value(problem.inputs.data() + q * d, theta.data() + j * n, gradient.data());
                  for (unsigned int i = 0; i < n; ++i)
                    if (moves(problem, trained, i))
                      moved[j * n + i] += eta / alpha * residual * gradient[i];
                }
              for (unsigned int p = 0; p < P; ++p)
                CHECK(std::abs((f(p, moved) - f(p, theta)) / eta - K[p * P + q] * residual) < 1e-5);
            }
        }
}

TEST_CASE("drift, alignment, trace and spectrum of tangent kernels", "[tangent_kernel]")
{
  SECTION("of matrices that are known")
  {
    // Eigenvalues 1 and 3.
    const std::vector<double> K{2., 1., 1., 2.}, twice{4., 2., 2., 4.}, zero(4, 0.), crossed{1., 0., 0., -1.};
    CHECK(relative_drift(K, K) == 0.);
    CHECK(relative_drift(twice, K) == Approx(1.).epsilon(1e-15));
    CHECK(relative_drift(zero, K) == Approx(1.).epsilon(1e-15));
    CHECK(relative_drift(zero, zero) == 0.);
    CHECK(relative_drift(K, zero) == std::numeric_limits<double>::infinity());
    CHECK(alignment(twice, K) == Approx(1.).epsilon(1e-15));
    CHECK(alignment(K, {1., 0., 0., 1.}) == Approx(4. / std::sqrt(20.)).epsilon(1e-15));
    CHECK(alignment(K, crossed) == 0.);
    CHECK(alignment(zero, K) == 0.);
    CHECK(mean_diagonal(K) == 2.);
    CHECK(largest_eigenvalue(K) == Approx(1.5).epsilon(1e-14));
    CHECK(relative_movement({3., 4.}, {0., 5.}) == Approx(std::sqrt(10.) / 5.).epsilon(1e-15));
    CHECK(relative_movement({0., 0.}, {0., 0.}) == 0.);
  }

  SECTION("of networks")
  {
    const DataSetProblem problem(Type::weighted_ridge, 4, 40);
    const unsigned int   M = 200, n = problem.n_parameters();
    const auto           initial = initial_neurons(problem, M, 1, 0);
    for (const TrainedLayers trained : {TrainedLayers::both, TrainedLayers::inner, TrainedLayers::outer})
      {
        const TangentKernel kernel(problem, trained, 40, 1);
        const auto          K = kernel.evaluate(initial.data(), M);
        // Positive semidefinite: no eigenvalue of (tr K) I − K is above tr K.
        const double trace = 40. * mean_diagonal(K);
        auto         complement(K);
        for (unsigned int p = 0; p < 40; ++p)
          for (unsigned int q = 0; q < 40; ++q)
            {
              CHECK(K[p * 40 + q] == K[q * 40 + p]);
              complement[p * 40 + q] = (p == q ? trace : 0.) - K[p * 40 + q];
            }
        CHECK(40. * largest_eigenvalue(complement) <= trace * (1. + 1e-13));
        CHECK(largest_eigenvalue(K) > 0.);
        CHECK(largest_eigenvalue(K) <= mean_diagonal(K));

        // Trained parameters elsewhere: the kernel of random features stays, the others drift.
        auto theta = initial;
        for (unsigned int k = 0; k < M * n; ++k)
          if (moves(problem, trained, k % n))
            theta[k] += 0.3 * std::sin(k);
        const double drift = relative_drift(kernel.evaluate(theta.data(), M), K);
        if (trained == TrainedLayers::outer)
          CHECK(drift == 0.);
        else
          CHECK(drift > 1e-3);
      }
  }
}
