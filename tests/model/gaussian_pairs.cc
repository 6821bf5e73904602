#include <catch2/catch.hpp>

#include <cmath>

#include <solvers/base/numerics/random.h>
#include <solvers/model/gaussian/gaussian_mean.h>
#include <solvers/model/gaussian/gaussian_pairs.h>
#include <solvers/model/gaussian/hermite_expansion.h>
#include <solvers/model/gaussian/target_overlap.h>

#include "pair_reference.h"

using namespace rhoflow;

namespace
{
const double pi = 3.14159265358979323846;

Activation make(const std::string &name)
{
  return Activation(Activation::kind_from_name(name), {{0., -2.5}, {0.5, -4.}, {1.5, 7.5}});
}

/// ΣΣ c_i c_j K by single pairs.
double pair_by_pair(const GaussianPairs &pairs, const RidgeNetwork &network, double deviation)
{
  const unsigned int d   = network.dimension;
  double             sum = 0.;
  for (std::uint64_t i = 0; i < network.n_neurons; ++i)
    for (std::uint64_t j = 0; j <= i; ++j)
      {
        const double *w = network.weights + i * network.stride, *v = network.weights + j * network.stride;
        double        ww = 0., vv = 0., wv = 0.;
        for (unsigned int k = 0; k < d; ++k)
          {
            ww += w[k] * w[k];
            vv += v[k] * v[k];
            wv += w[k] * v[k];
          }
        const double q = deviation * std::sqrt(ww), q2 = deviation * std::sqrt(vv);
        const double c      = i == j ? 1. : ww * vv > 0. ? wv / std::sqrt(ww * vv) : 0.;
        const auto   factor = [&](std::uint64_t k) {
          return network.coefficients == nullptr ? 1. : network.coefficients[k * network.coefficient_stride];
        };
        sum += (i == j ? 1. : 2.) * factor(i) * factor(j) * pairs.kernel(q, q2, c);
      }
  return sum;
}

/// (a, w) of neurons: w of random direction and length up to `longest`, of which the first `together` lie within an angle of
/// about 1/100 of each other or opposite, with an equal and an antiparallel pair and one without weight among them.
std::vector<double> bundle(unsigned int M, unsigned int d, unsigned int together, double longest)
{
  std::vector<double> theta(M * (d + 1));
  for (unsigned int j = 0; j < M; ++j)
    {
      CounterRandom random(3, RandomPurpose::initial_particles, 0, 0, j);
      theta[j * (d + 1)] = random.normal();
      double square      = 0.;
      for (unsigned int k = 1; k <= d; ++k)
        {
          double &w = theta[j * (d + 1) + k];
          w         = j < together ? (k == 1 ? 1. : 0.003 * random.normal()) : random.normal();
          square += w * w;
        }
      const double length = longest * random.uniform() / std::sqrt(square) * (j % 3 == 0 ? -1. : 1.);
      for (unsigned int k = 1; k <= d; ++k)
        theta[j * (d + 1) + k] *= length;
    }
  for (unsigned int k = 1; k <= d; ++k)
    {
      theta[2 * (d + 1) + k] = theta[d + 1 + k];
      theta[4 * (d + 1) + k] = -theta[d + 1 + k];
      theta[5 * (d + 1) + k] = 0.;
    }
  return theta;
}
} // namespace

TEST_CASE("Gaussian pairs: the kernel of every activation against two nested quadratures")
{
  for (const std::string &name : names_with_gaussian_means())
    {
      const Activation    sigma = make(name);
      const GaussianPairs pairs(sigma);
      for (const auto &lengths :
           std::vector<std::pair<double, double>>{{0.01, 0.7}, {0.7, 3.}, {3., 3.02}, {10., 10.}, {0.25, 10.}})
        for (const double c : {-0.6, 0.93, 0.9999, 1., -1.})
          {
            CAPTURE(name, lengths.first, lengths.second, c);
            const double exact = pair_reference(sigma, lengths.first, sigma, lengths.second, c);
            CHECK(pairs.kernel(lengths.first, lengths.second, c) == Approx(exact).margin(2e-11).epsilon(1e-13));
            CHECK(pairs.kernel(lengths.second, lengths.first, c) == Approx(exact).margin(2e-11).epsilon(1e-13));
          }
    }
}

TEST_CASE("Gaussian pairs: sums over a network are those of its pairs")
{
  const unsigned int d = 7, M = 130;
  for (const std::string &name : names_with_gaussian_means())
    for (const double longest : {2., 10.})
      {
        CAPTURE(name, longest);
        const GaussianPairs       pairs(make(name));
        const std::vector<double> theta = bundle(M, d, 40, longest);
        const RidgeNetwork        network{d, M, theta.data(), d + 1, theta.data() + 1, d + 1};
        const double              scale = pairs.kernel(longest, longest, 1.) + 1.;
        // The coefficients are of order one: 1e-10 of the risk is 2e-10 of E f².
        CHECK(std::abs(pairs.mean_square(network, 0.7, MPI_COMM_SELF) - pair_by_pair(pairs, network, 0.7)) / (M * M) <
              1e-12 * scale);
      }
  // Without coefficients, and fewer neurons than lanes.
  const GaussianPairs       pairs(make("tanh"));
  const std::vector<double> theta = bundle(6, d, 6, 10.);
  const RidgeNetwork        network{d, 6, nullptr, 0, theta.data() + 1, d + 1};
  CHECK(pairs.mean_square(network, 1., MPI_COMM_SELF) == Approx(pair_by_pair(pairs, network, 1.)).epsilon(1e-12));
}

TEST_CASE("Gaussian pairs: the same bits on any number of ranks", "[mpi]")
{
  const unsigned int        d = 5, M = 500;
  const std::vector<double> theta = bundle(M, d, 100, 6.);
  const RidgeNetwork        network{d, M, theta.data(), d + 1, theta.data() + 1, d + 1};
  for (const std::string &name : names_with_gaussian_means())
    {
      CAPTURE(name);
      const GaussianPairs pairs(make(name));
      const double        alone = pairs.mean_square(network, 1., MPI_COMM_SELF);
      CHECK(alone > 0.);
      CHECK(pairs.mean_square(network, 1., MPI_COMM_WORLD) == alone);
    }
}

TEST_CASE("Gaussian pairs: the logistic function as a mixture of normal distribution functions")
{
  const QuadratureRule &mixture = logistic_mixture();
  double                worst   = 0.;
  for (double t = 0.; t < 60.; t += 0.01)
    {
      double sum = 0.;
      for (std::size_t k = 0; k < mixture.nodes.size(); ++k)
        sum += mixture.weights[k] * 0.5 * std::erfc(-t / mixture.nodes[k] * std::sqrt(0.5));
      worst = std::max(worst, std::abs(sum - 1. / (1. + std::exp(-t))));
    }
  CHECK(worst < 1e-11);
}

TEST_CASE("Gaussian pairs: means of activations of shifted Gaussians")
{
  for (const std::string &name : names_with_gaussian_means())
    {
      const Activation sigma = make(name);
      for (const double mu : {-30., -2.2, 0., 0.4, 7.})
        for (const double r : {0., 1e-3, 0.15, 0.25, 1.3, 10.})
          {
            CAPTURE(name, mu, r);
            std::vector<double> breaks;
            for (const double t : kinks_of(sigma, 20.))
              if (r > 0.)
                {
                  breaks.push_back((t - mu) / r);
                  for (double width = 1.; width > 0.1 / r; width *= 0.5)
                    breaks.insert(breaks.end(), {(t - mu) / r - width, (t - mu) / r + width});
                }
            const double exact = normal_mean(breaks, [&](double g) { return sigma.value(mu + r * g); });
            CHECK(gaussian_mean(sigma, mu, r) == Approx(exact).margin(5e-12));
          }
    }
}

TEST_CASE("Gaussian pairs: quadratures for activations without a form")
{
  for (const std::string name : {"erf", "tanh", "sigmoid", "softplus"})
    {
      const Activation    sigma = make(name);
      const GaussianPairs pairs(sigma);
      for (const double mu : {-30., -2.2, 0., 0.4, 7.})
        for (const double r : {1e-3, 0.25, 1.3, 10.})
          {
            CAPTURE(name, mu, r);
            CHECK(gaussian_mean_by_quadrature(sigma, mu, r) == Approx(gaussian_mean(sigma, mu, r)).margin(1e-11));
          }
      for (const auto &lengths : std::vector<std::pair<double, double>>{{0., 2.}, {0.7, 3.}, {3., 3.02}, {40., 25.}})
        for (const double c : {-1., -0.6, 0., 0.9999, 1.})
          {
            const double q = lengths.first, q2 = lengths.second;
            CAPTURE(name, q, q2, c);
            CHECK(gaussian_product_mean(sigma, q, q2, c) ==
                  Approx(pairs.kernel(q, q2, c)).margin(3e-11 * (1. + q * q2)).epsilon(1e-12));
          }
    }
}

TEST_CASE("Gaussian pairs: logistic steps are what they are taken for")
{
  unsigned int n_steps = 0;
  for (const ActivationInfo &info : activation_table)
    if (info.gaussian_form == GaussianForm::logistic_step)
      {
        const Activation   sigma(info.kind);
        const LogisticStep step = logistic_step(sigma);
        for (double t = -9.; t < 9.; t += 0.37)
          CHECK(sigma.value(t) ==
                Approx(step.offset + step.factor * (2. / (1. + std::exp(-step.scale * t)) - 1.)).margin(1e-15));
        ++n_steps;
      }
  CHECK(n_steps >= 2);
}

TEST_CASE("Gaussian pairs: what targets and neurons have in common")
{
  for (const std::string target : {"erf", "relu", "piecewise linear", "tanh"})
    for (const std::string &name : names_with_gaussian_means())
      {
        const Activation    sigma = make(name), phi = make(target);
        const TargetOverlap overlap(sigma, phi);
        CHECK(overlap.square() == Approx(gaussian_mean_square(phi, 1.)).epsilon(1e-11));
        for (const auto &w : std::vector<std::pair<double, double>>{{1., 0.}, {0., 0.8}, {-2., 0.01}, {7., 2.}, {0., 0.}})
          {
            CAPTURE(target, name, w.first, w.second);
            const double q     = std::hypot(w.first, w.second);
            const double exact = q > 0. ? pair_reference(phi, 1., sigma, q, w.first / q) :
                                          gaussian_mean(phi, 0., 1.) * sigma.value(0.);
            CHECK(overlap.value(w.first, w.second) == Approx(exact).margin(3e-11));
          }
      }
  // A formula with a jump at 0: E sign(x1) erf(w·x/√2) = (2/π) asin(s/√(1 + s² + r²)).
  const TargetOverlap sign(make("erf"), [](double x) { return x > 0. ? 1. : -1.; });
  CHECK(sign.square() == Approx(1.).epsilon(1e-13));
  for (const double s : {0.3, -4.})
    CHECK(sign.value(s, 0.5) == Approx(2. / pi * std::asin(s / std::sqrt(1.25 + s * s))).epsilon(1e-12));
}
