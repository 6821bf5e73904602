#include <cmath>
#include <memory>

#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/ranks.h>
#include <solvers/model/curvature_kernel.h>
#include <solvers/model/gaussian/gaussian_mean.h>
#include <solvers/model/gaussian/gaussian_pairs.h>
#include <solvers/model/gaussian/quadrature.h>
#include <solvers/model/gaussian/spherical_mean.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>
#include <solvers/model/sample_risk.h>
#include <solvers/model/single_neuron_kernel.h>

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
    if (choices.data_law != DataLawKind::gaussian)
      throw InputError(Refusal::unsupported, "Data/Law",
                       "the neuron 'isotropic' separates two Gaussians: set gaussian, or choose another neuron.");
    if (choices.standard_deviation != 1.)
      throw InputError(Refusal::unsupported, "Data/Standard deviation",
                       "the neuron 'isotropic' takes the deviations from Data/Class contrast: leave this at 1.");
    if (choices.target != TargetKind::automatic)
      throw InputError(Refusal::unsupported, "Target/Type",
                       "the neuron 'isotropic' learns the class, +1 or -1: leave this at automatic.");

    sigma = std::make_unique<Activation>(choices.make_activation());
    require_gaussian_means(*sigma, "Learning problem/Activation");
    pairs = std::make_unique<GaussianPairs>(*sigma);
    noise = noise_deviation * noise_deviation;
    if (sigma->info().regularity == Regularity::piecewise_linear)
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
  bool                     has_outer_weight() const override { return false; }

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

  std::string missing_curvature() const override { return mean ? "" : LearningProblem::missing_curvature(); }

  void curvature(unsigned int n, const double *omega, const std::vector<double> &coefficients, double *result) const override
  {
    std::vector<double> padded = coefficients;
    padded.resize(nodes.x1.size(), 0.);
    for (unsigned int i = 0; i < n; ++i)
      {
        if (!mean)
          {
            const double point[2] = {0., omega[i]};
            double       both[4];
            kernel::reduced_curvature(*sigma, nodes, padded, 1, point, both);
            result[i] = both[3];
            continue;
          }
        result[i] = 0.;
        for (unsigned int k = 0; k < n_nodes(); ++k)
          {
            double value, derivative, second_derivative;
            mean->evaluate_exactly(nodes.rho[k] * std::abs(omega[i]), value, derivative, second_derivative);
            result[i] += coefficients[k] * nodes.rho[k] * nodes.rho[k] * second_derivative;
          }
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

  double risk_pairs(std::uint64_t n) const override
  {
    return n_test_samples > 0 ? 0. : .5 * static_cast<double>(n) * static_cast<double>(n);
  }

  std::string particle_risk_method() const override
  {
    return n_test_samples > 0 ? sampling_method(n_test_samples, standard_error) : pairs->method();
  }

private:
  double particle_risk(const double *parameters, std::uint64_t n_particles, MPI_Comm communicator) const override
  {
    if (n_test_samples > 0)
      {
        if (!test_sample)
          test_sample = draw_test_sample();
        const SampleRisk::Estimate estimate = test_sample->evaluate(*sigma, parameters, n_particles, communicator);
        standard_error                      = estimate.standard_error;
        return estimate.risk + 0.5 * noise;
      }

    // ½ [1 − (2/M) Σ_j E y σ(w_j·x) + (1/M²) ΣΣ E σ(w_i·x) σ(w_j·x) + noise], x | y ~ N(0, τ² I)
    const int rank = rank_of(communicator), n_ranks = number_of_ranks(communicator);
    ExactSum  linear;
    for (std::uint64_t j = static_cast<unsigned int>(rank); j < n_particles; j += static_cast<unsigned int>(n_ranks))
      {
        double length;
        reduce(parameters + j * d, &length);
        linear.add(0.5 * (gaussian_mean(*sigma, 0., tau[0] * length) - gaussian_mean(*sigma, 0., tau[1] * length)));
      }
    const double       M = static_cast<double>(n_particles);
    const RidgeNetwork network{d, n_particles, nullptr, 0, parameters, d};
    double             quadratic = 0.;
    for (const double deviation : tau)
      quadratic += 0.5 * pairs->mean_square(network, deviation, communicator);
    return 0.5 * (1. - 2. / M * global_sum(linear, communicator) + quadratic / (M * M) + noise);
  }

  /// As many of one class as of the other.
  std::unique_ptr<SampleRisk> draw_test_sample() const
  {
    const auto draw = [&](unsigned int i, CounterRandom &random, double *x, double &y) {
      const unsigned int sign = i % 2;
      for (unsigned int c = 0; c < d; ++c)
        x[c] = tau[sign] * random.normal();
      y = sign == 0 ? 1. : -1.;
    };
    return std::make_unique<SampleRisk>(particle_neuron(), n_test_samples, 2, seed, draw);
  }

  unsigned int                        d;
  unsigned int                        n_test_samples;
  std::uint64_t                       seed;
  double                              noise_deviation;
  double                              tau[2];
  std::unique_ptr<SphericalMean>      mean;  ///< for a piecewise linear σ
  kernel::ReducedNodes                nodes; ///< x1 = 0, ϱ = τ χ
  std::unique_ptr<GaussianPairs>      pairs;
  mutable std::unique_ptr<SampleRisk> test_sample;         ///< drawn when first needed
  mutable double                      standard_error = 0.; ///< of the last estimate from it
};
} // namespace

std::unique_ptr<LearningProblem> make_isotropic_problem(const ModelChoices &choices)
{
  return std::make_unique<IsotropicProblem>(choices);
}
} // namespace rhoflow
