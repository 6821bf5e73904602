#include <catch2/catch.hpp>

#include <functional>

#include "setup.h"

// The drift of the field (Stratonovich form) against what defines it, by differences of the values, of the tangent kernel and
// of the noise: no second derivative and no formula of the conversion enters.

using namespace rhoflow;

namespace
{
struct Case
{
  std::string  neuron, law;
  unsigned int input_dimension;
  double       label_noise, weight_decay;
  unsigned int batch_size;
};

std::unique_ptr<LearningProblem> problem_of(const Case &c)
{
  const std::string x = c.input_dimension == 1 ? "x" : "x1";
  return make_problem({{"Learning problem/Neuron", c.neuron},
                       {"Learning problem/Activation", "tanh"},
                       {"Learning problem/Input dimension", std::to_string(c.input_dimension)},
                       {"Data/Law", "discrete"},
                       {"Data/Points", c.input_dimension == 1 ? "0.5: -1.2 | 0.2: -0.5 | 0.3: 0.6" :
                                                                "0.5: -1.2, 0.3 | 0.2: -0.5, 1 | 0.3: 0.6, -0.7"},
                       {"Target/Type", "expression"},
                       {"Target/Expression", "0.5 - " + x},
                       {"Target/Noise deviation", std::to_string(c.label_noise)},
                       {"Initial law/Law", c.law}});
}

using Point    = std::vector<double>; // all points, [n][D]
using Function = std::function<double(const Point &)>;

/// (1/w_i) ∂F/∂θ_i, the gradient at θ_i of the first variation of F; central differences of the fourth order.
Point gradient_of_variation(const Function &f, const Point &theta, const Measure &law)
{
  const double      h = 1e-3;
  const std::size_t D = theta.size() / law.weights.size();
  Point             result(theta.size());
  for (std::size_t i = 0; i < theta.size(); ++i)
    {
      const auto at = [&](double shift) {
        Point shifted = theta;
        shifted[i] += shift;
        return f(shifted);
      };
      result[i] = (8. * (at(h) - at(-h)) - (at(2. * h) - at(-2. * h))) / (12. * h) / law.weights[i / D];
    }
  return result;
}

/// ∫ |∇Ψ_λ|² dν through velocities without noise terms: those of the field with α = 0.
double dissipation(const LearningProblem &problem, const Measure &law, double lambda, const Point &theta)
{
  const SgdField plain(noise_of(Equation::modified_flow, 0.), problem, lambda);
  NoisyPoints    points(problem, plain, law, MPI_COMM_SELF);
  Point          v;
  points.drift(theta, v);
  double            sum = 0.;
  const std::size_t D   = problem.n_parameters();
  for (std::size_t i = 0; i < v.size(); ++i)
    sum += law.weights[i / D] * v[i] * v[i];
  return sum;
}
} // namespace

TEST_CASE("the Stratonovich drift is what differences of energies and of the noise give", "[common_noise]")
{
  const Case c = GENERATE(Case{"ridge", "normal(0.6, 0.5)", 1, 0., 0., 1}, Case{"ridge", "normal(0.6, 0.5)", 1, 0.3, 0.2, 1},
                          Case{"weighted ridge", "normal(0.6, 0.5), normal(-0.2, 0.7)", 1, 0., 0., 1},
                          Case{"weighted ridge", "normal(0.6, 0.5), normal(-0.2, 0.7), normal(0.4, 0.3)", 2, 0.3, 0.2, 3},
                          Case{"biased ridge", "normal(0.6, 0.5), normal(-0.2, 0.7), normal(0.4, 0.3)", 1, 0.1, 0.1, 2},
                          Case{"linear", "normal(0.6, 0.5), normal(-0.2, 0.7)", 2, 0.1, 0.1, 2});
  CAPTURE(c.neuron, c.label_noise, c.weight_decay, c.batch_size);
  const auto        problem = problem_of(c);
  const Measure     law     = initial_points(*problem, 2);
  const std::size_t K = problem->n_nodes(), D = problem->n_parameters(), n = law.weights.size();
  const double      alpha = .4, B = c.batch_size, s2 = c.label_noise * c.label_noise, lambda = c.weight_decay;
  const auto       &p     = problem->weights();
  const Point      &theta = law.points;

  const auto drift = [&](Equation equation) {
    const SgdField field(noise_of(equation, alpha, c.batch_size), *problem, lambda);
    NoisyPoints    points(*problem, field, law, MPI_COMM_SELF);
    Point          v;
    points.drift(theta, v);
    return v;
  };

  // R̃ = E + (α/4) [(1 − 1/B) ∫ |∇Ψ_λ|² + (1/B) Σ_l p_l ∫ |r_l ∇σ_l + λθ|² + (1/B) s² Σ_l p_l κ_l]; the middle term is
  // Σ p r² κ + 2λ ∫ θ·∇Ψ + λ² ∫ |θ|², and 2λ ∫ θ·∇Ψ + λ² ∫ |θ|² = ∫ |∇Ψ_λ|² − ∫ |∇Ψ|².
  const SgdField any(noise_of(Equation::modified_flow, alpha, c.batch_size), *problem, lambda);
  NoisyPoints    evaluation(*problem, any, law, MPI_COMM_SELF);
  const Function energy = [&](const Point &at) {
    const std::vector<double> both = evaluation.prediction_and_kernel(at);
    double                    sum  = 0.;
    for (std::size_t l = 0; l < K; ++l)
      sum += .5 * p[l] * std::pow(both[l] - problem->targets()[l], 2);
    for (std::size_t i = 0; i < at.size(); ++i)
      sum += .5 * lambda * law.weights[i / D] * at[i] * at[i];
    return sum;
  };
  const Function squares = [&](const Point &at) {
    const std::vector<double> both = evaluation.prediction_and_kernel(at);
    double                    sum  = 0.;
    for (std::size_t l = 0; l < K; ++l)
      sum += p[l] * (std::pow(both[l] - problem->targets()[l], 2) + s2) * both[K + l];
    return sum;
  };
  const Function with_decay    = [&](const Point &at) { return dissipation(*problem, law, lambda, at); };
  const Function without_decay = [&](const Point &at) { return dissipation(*problem, law, 0., at); };
  const Function modified_loss = [&](const Point &at) {
    return energy(at) +
           .25 * alpha * ((1. - 1. / B) * with_decay(at) + (1. / B) * (squares(at) + with_decay(at) - without_decay(at)));
  };
  const Point flow = drift(Equation::modified_flow), first_order = drift(Equation::stochastic_mean_field);
  const Point of_loss = gradient_of_variation(modified_loss, theta, law);
  for (std::size_t i = 0; i < n * D; ++i)
    CHECK(flow[i] == Approx(-of_loss[i]).margin(2e-10));

  // Itô drift − ½ Σ_j (V_j·∂) V_j, the sum over an orthonormal basis of the noise, V_j a vector field on all points together.
  NoiseIncrement basis;
  Point          correction(n * D, 0.);
  for (std::size_t j = 0; j < 2 * K; ++j)
    {
      basis.samples.assign(K, 0.);
      basis.labels.assign(K, 0.);
      (j < K ? basis.samples : basis.labels)[j % K] = 1.;
      basis.samples                                 = project_on_data(basis.samples, p);
      const auto v                                  = [&](const Point &at) {
        Point rate;
        evaluation.noise(at, basis, rate);
        return rate;
      };
      const Point along = v(theta);
      const auto  at    = [&](double shift) {
        Point shifted = theta;
        for (std::size_t i = 0; i < shifted.size(); ++i)
          shifted[i] += shift * along[i];
        return v(shifted);
      };
      const double h  = 1e-3;
      const Point  p1 = at(h), m1 = at(-h), p2 = at(2. * h), m2 = at(-2. * h);
      for (std::size_t i = 0; i < n * D; ++i)
        correction[i] -= .5 * (8. * (p1[i] - m1[i]) - (p2[i] - m2[i])) / (12. * h);
    }
  const Point gradient = gradient_of_variation(energy, theta, law), of_square = gradient_of_variation(with_decay, theta, law);
  for (std::size_t i = 0; i < n * D; ++i)
    {
      CHECK(first_order[i] == Approx(-gradient[i] + correction[i]).margin(2e-10));
      CHECK(flow[i] == Approx(-gradient[i] - .25 * alpha * of_square[i] + correction[i]).margin(2e-10));
    }
  // The terms that are tested are there.
  double largest = 0.;
  for (const double x : correction)
    largest = std::max(largest, std::abs(x));
  CHECK(largest > 1e-3);
}
