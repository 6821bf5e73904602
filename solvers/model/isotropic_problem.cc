#include <cmath>
#include <memory>

#include <solvers/base/error.h>
#include <solvers/base/random.h>
#include <solvers/model/gaussian_mean.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>
#include <solvers/model/quadrature.h>
#include <solvers/model/single_neuron_kernel.h>
#include <solvers/model/spherical_mean.h>
#include <solvers/model/test_sample.h>

namespace rhoflow
{
namespace
{
/// Centred isotropic Gaussians (S. Mei, A. Montanari, P.-M. Nguyen, PNAS 115, 2018): y = ±1 with probability ½,
/// x | y ~ N(0, (1 ± Δ)² I_d), neuron σ(w·x). A rotation-invariant law of w stays so; only r = |w| matters, with the features
/// h(τ r χ), τ = 1 ± Δ, χ ~ χ_d, h(z) = E_v σ(z v), v one coordinate of a uniform point on S^{d−1}.
class IsotropicProblem : public LearningProblem
{
public:
  explicit IsotropicProblem(const ModelChoices &choices)
    : d(choices.finite_input_dimension(40, 2, 10000, "the neuron 'isotropic'"))
    , n_test_samples(choices.test_samples)
    , seed(choices.seed)
    , noise_deviation(choices.noise_deviation)
    , tau{1. + choices.class_contrast, 1. - choices.class_contrast}
  {
    if (choices.data_law != "gaussian")
      throw InputError("Data/Law", "the neuron 'isotropic' separates two Gaussians: set gaussian, or choose another neuron.");
    if (choices.standard_deviation != 1.)
      throw InputError("Data/Standard deviation",
                       "the neuron 'isotropic' takes the deviations from Data/Class contrast: leave this at 1.");
    if (choices.target != "automatic")
      throw InputError("Target/Type", "the neuron 'isotropic' learns the class, +1 or -1: leave this at automatic.");

    sigma = std::make_unique<Activation>(choices.make_activation());
    noise = noise_deviation * noise_deviation;
    if (sigma->kind() == Activation::Kind::piecewise_linear || sigma->kind() == Activation::Kind::relu)
      mean = std::make_unique<SphericalMean>(*sigma, d);

    const QuadratureRule chi = gauss_laguerre_chi(choices.quadrature_nodes, d);
    for (unsigned int sign = 0; sign < 2; ++sign)
      for (std::size_t i = 0; i < chi.nodes.size(); ++i)
        {
          nodes.x1.push_back(0.);
          nodes.rho.push_back(tau[sign] * chi.nodes[i]);
          node_weights.push_back(0.5 * chi.weights[i]);
          node_targets.push_back(sign == 0 ? 1. : -1.);
        }
    const QuadratureRule inner = gauss_gegenbauer(choices.angular_nodes, d);
    nodes.inner_nodes          = inner.nodes;
    nodes.inner_weights        = inner.weights;
    nodes.n_nodes              = n_nodes();
    nodes.pad();
    law = make_initial_law(expand_gaussian_neurons(choices.initial_law, choices.neuron, d), parameter_names(), choices.lower,
                           choices.upper);
  }

  unsigned int             n_parameters() const override { return 1; }
  std::vector<std::string> parameter_names() const override { return {"r"}; }
  bool                     linear_in_first_parameter() const override { return false; }

  void features(unsigned int n, const double *omega, double *values, double *gradients) const override
  {
    const std::size_t K = n_nodes();
    if (mean)
      {
        for (unsigned int i = 0; i < n; ++i)
          {
            const double sign = omega[i] < 0. ? -1. : 1.;
            for (std::size_t k = 0; k < K; ++k)
              {
                double value, derivative;
                mean->evaluate(nodes.rho[k] * std::abs(omega[i]), value, derivative);
                values[i * K + k] = value;
                if (gradients != nullptr)
                  gradients[i * K + k] = sign * nodes.rho[k] * derivative;
              }
          }
        return;
      }
    // A smooth σ: the reduced single neuron with s = 0.
    std::vector<double> both(gradients != nullptr ? 2 * K : 0);
    for (unsigned int i = 0; i < n; ++i)
      {
        const double point[2] = {0., omega[i]};
        kernel::reduced_features(*sigma, nodes, 1, point, values + i * K, gradients != nullptr ? both.data() : nullptr);
        if (gradients != nullptr)
          std::copy(both.begin() + K, both.end(), gradients + i * K);
      }
  }

  double self_kernel(const double *theta) const override
  {
    return 0.5 * (gaussian_mean_square(*sigma, tau[0] * theta[0]) + gaussian_mean_square(*sigma, tau[1] * theta[0]));
  }

  ParticleNeuron particle_neuron() const override { return {ParticleNeuron::Type::ridge, d}; }

  void sample(CounterRandom &random, double *x, double &y) const override
  {
    const unsigned int sign = random.uniform() < 0.5 ? 0 : 1;
    random.normals(d, x);
    for (unsigned int c = 0; c < d; ++c)
      x[c] *= tau[sign];
    y = (sign == 0 ? 1. : -1.) + (noise_deviation > 0. ? noise_deviation * random.normal() : 0.);
  }

  void sample_particle(CounterRandom &random, double *parameters) const override
  {
    double r, square = 0.;
    law->sample(random, &r);
    random.normals(d, parameters);
    for (unsigned int c = 0; c < d; ++c)
      square += parameters[c] * parameters[c];
    for (unsigned int c = 0; c < d; ++c)
      parameters[c] *= r / std::sqrt(square);
  }

  void reduce(const double *parameters, double *theta) const override
  {
    double square = 0.;
    for (unsigned int c = 0; c < d; ++c)
      square += parameters[c] * parameters[c];
    theta[0] = std::sqrt(square);
  }

  double particle_risk(const double *parameters, std::uint64_t n_particles) const override
  {
    if (!test_sample)
      test_sample = draw_test_sample();
    return test_sample->risk(*sigma, n_particles, std::vector<double>(n_particles, 1.).data(), parameters, d) + 0.5 * noise;
  }

  std::string particle_risk_method() const override { return std::to_string(n_test_samples) + " test samples"; }

private:
  /// As many of one class as of the other.
  std::unique_ptr<TestSample> draw_test_sample() const
  {
    auto sample       = std::make_unique<TestSample>();
    sample->dimension = d;
    for (unsigned int i = 0; i < n_test_samples; ++i)
      {
        CounterRandom random(seed, RandomPurpose::test_sample, 0, 0, i);
        for (unsigned int c = 0; c < d; ++c)
          sample->inputs.push_back(tau[i % 2] * random.normal());
        sample->targets.push_back(i % 2 == 0 ? 1. : -1.);
      }
    return sample;
  }

  unsigned int                        d;
  unsigned int                        n_test_samples;
  std::uint64_t                       seed;
  double                              noise_deviation;
  double                              tau[2];
  std::unique_ptr<SphericalMean>      mean;        ///< for a piecewise linear σ
  kernel::ReducedNodes                nodes;       ///< x1 = 0, ϱ = τ χ
  mutable std::unique_ptr<TestSample> test_sample; ///< drawn when first needed
};
} // namespace

std::unique_ptr<LearningProblem> make_isotropic_problem(const ModelChoices &choices)
{
  return std::make_unique<IsotropicProblem>(choices);
}
} // namespace rhoflow
