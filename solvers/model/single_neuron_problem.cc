#include <algorithm>
#include <cmath>
#include <memory>

#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/ranks.h>
#include <solvers/model/curvature_kernel.h>
#include <solvers/model/expression.h>
#include <solvers/model/gaussian/gaussian_mean.h>
#include <solvers/model/gaussian/quadrature.h>
#include <solvers/model/gaussian/target_overlap.h>
#include <solvers/model/learning_problem.h>
#include <solvers/model/model_choices.h>
#include <solvers/model/sample_risk.h>
#include <solvers/model/single_neuron_kernel.h>

namespace rhoflow
{
namespace
{
/// Learning a single neuron, x ~ N(0, I_d), y = φ(x_1) + noise, with neurons a σ(w·x). A law of (a, w) that is invariant under
/// the rotations that fix e_1 stays so; only a, s = w_1 and r = |w − s e_1| matter, with the features
///   σ̄(x1, ϱ; s, r) = E_u σ(s x1 + r ϱ u),
/// x1 ~ N(0, 1), ϱ = |x_⊥| ~ χ_{d−1}, u one coordinate of a uniform point on S^{d−2}; for d = ∞, σ̄(x1; s, r) = E_G σ(s x1 + r
/// G).
class SingleNeuronProblem : public LearningProblem
{
public:
  explicit SingleNeuronProblem(const ModelChoices &choices)
    : d(choices.input_dimension == 0. ? 40. : choices.input_dimension)
    , n_test_samples(choices.test_samples)
    , seed(choices.seed)
    , noise_deviation(choices.noise_deviation)
  {
    if (!(d >= 2.) || (std::isfinite(d) && d > 10000.))
      throw InputError(Refusal::out_of_range, "Learning problem/Input dimension",
                       "a single neuron needs a dimension from 2 to 10000, or inf.");
    if (choices.data_law != DataLawKind::gaussian)
      throw InputError(Refusal::unsupported, "Data/Law",
                       "the neuron 'single neuron' learns from x ~ N(0, I): set gaussian, or choose another neuron.");
    if (choices.standard_deviation != 1.)
      throw InputError(Refusal::unsupported, "Data/Standard deviation",
                       "the neuron 'single neuron' learns from x ~ N(0, I): leave this at 1.");

    sigma = std::make_unique<Activation>(choices.make_activation());
    require_gaussian_means(*sigma, "Learning problem/Activation");
    noise = noise_deviation * noise_deviation;
    if (choices.target == TargetKind::automatic)
      {
        target_sigma = std::make_unique<Activation>(choices.make_target_activation());
        require_gaussian_means(*target_sigma, "Target/Activation");
      }
    else if (choices.target == TargetKind::expression)
      target_formula = std::make_unique<Expression>(choices.target_expression, std::vector<std::string>{"x1"},
                                                    "Target/Expression");
    else
      throw InputError(Refusal::unsupported, "Target/Type",
                       "the neuron 'single neuron' learns a function of x1: choose automatic (the neuron sigma(x1)) "
                       "or expression.");

    make_nodes(choices);
    pairs   = std::make_unique<GaussianPairs>(*sigma);
    overlap = target_sigma ? std::make_unique<TargetOverlap>(*sigma, *target_sigma) :
                             std::make_unique<TargetOverlap>(*sigma, [this](double x1) { return target(x1); });
    law = make_initial_law(expand_gaussian_neurons(choices.initial_law, choices.neuron, d), parameter_names(), choices.lower,
                           choices.upper);
  }

  unsigned int             n_parameters() const override { return 3; }
  std::vector<std::string> parameter_names() const override { return {"a", "s", "r"}; }
  bool                     has_outer_weight() const override { return true; }

  void features(unsigned int n, const double *omega, double *values, double *gradients) const override
  {
    kernel::reduced_features(*sigma, nodes, n, omega, values, gradients);
  }

  Features features_of(const std::vector<unsigned int> &chosen) const override
  {
    kernel::ReducedNodes part{static_cast<unsigned int>(chosen.size()), {}, {}, nodes.inner_nodes, nodes.inner_weights};
    for (const unsigned int k : chosen)
      {
        part.x1.push_back(nodes.x1[k]);
        part.rho.push_back(nodes.rho[k]);
      }
    part.pad();
    return [this, part](unsigned int n, const double *omega, double *values, double *gradients) {
      kernel::reduced_features(*sigma, part, n, omega, values, gradients);
    };
  }

  void curvature(unsigned int n, const double *omega, const std::vector<double> &coefficients, double *result) const override
  {
    std::vector<double> padded = coefficients;
    padded.resize(nodes.x1.size(), 0.);
    kernel::reduced_curvature(*sigma, nodes, padded, n, omega, result);
  }

  double self_kernel(const double *theta) const override
  {
    return theta[0] * theta[0] * gaussian_mean_square(*sigma, std::hypot(theta[1], theta[2]));
  }

  ParticleNeuron particle_neuron() const override { return {ParticleNeuron::Type::weighted_ridge, finite_dimension()}; }

  void sample(CounterRandom &random, double *x, double &y) const override
  {
    draw(random, x, y);
    if (noise_deviation > 0.)
      y += noise_deviation * random.normal();
  }

  void sample_particle(CounterRandom &random, double *parameters) const override
  {
    const unsigned int dimension = finite_dimension();
    double             theta[3];
    law->sample(random, theta);
    parameters[0] = theta[0];
    parameters[1] = theta[1];
    double square = 0.;
    random.normals(dimension - 1, parameters + 2);
    for (unsigned int c = 2; c <= dimension; ++c)
      square += parameters[c] * parameters[c];
    for (unsigned int c = 2; c <= dimension; ++c)
      parameters[c] *= theta[2] / std::sqrt(square);
  }

  void reduce(const double *parameters, double *theta) const override
  {
    double square = 0.;
    for (unsigned int c = 2; c <= finite_dimension(); ++c)
      square += parameters[c] * parameters[c];
    theta[0] = parameters[0];
    theta[1] = parameters[1];
    theta[2] = std::sqrt(square);
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
    const unsigned int dimension = finite_dimension(), stride = dimension + 1;
    if (n_test_samples > 0)
      {
        if (!test_sample)
          test_sample = std::make_unique<SampleRisk>(
            particle_neuron(), n_test_samples, 1, seed,
            [&](unsigned int, CounterRandom &random, double *x, double &y) { draw(random, x, y); });
        const SampleRisk::Estimate estimate = test_sample->evaluate(*sigma, parameters, n_particles, communicator);
        standard_error                      = estimate.standard_error;
        return estimate.risk + 0.5 * noise;
      }

    // ½ [E φ² − (2/M) Σ a_j E φ(x_1) σ(w_j·x) + (1/M²) ΣΣ a_i a_j E σ(w_i·x) σ(w_j·x) + noise]
    const int rank = rank_of(communicator), n_ranks = number_of_ranks(communicator);
    ExactSum  linear;
    for (std::uint64_t j = static_cast<unsigned int>(rank); j < n_particles; j += static_cast<unsigned int>(n_ranks))
      {
        double theta[3];
        reduce(parameters + j * stride, theta);
        linear.add(theta[0] * overlap->value(theta[1], theta[2]));
      }
    const double M         = static_cast<double>(n_particles);
    const double quadratic = pairs->mean_square({dimension, n_particles, parameters, stride, parameters + 1, stride}, 1.,
                                                communicator);
    return 0.5 * (overlap->square() - 2. / M * global_sum(linear, communicator) + quadratic / (M * M) + noise);
  }

  unsigned int finite_dimension() const
  {
    if (!std::isfinite(d))
      throw InputError(Refusal::unsupported, "Learning problem/Input dimension",
                       "finite networks need a finite input dimension: choose one, or do not ask for particles.");
    return static_cast<unsigned int>(d);
  }

  /// A sample without label noise.
  void draw(CounterRandom &random, double *x, double &y) const
  {
    random.normals(finite_dimension(), x);
    y = target(x[0]);
  }

  /// φ(x_1).
  double target(double x1) const { return target_sigma ? target_sigma->value(x1) : (*target_formula)(&x1); }

  void make_nodes(const ModelChoices &choices)
  {
    // If σ and φ are both odd or both even, x1 and −x1 contribute the same to the risk and to the potential: half of them will
    // do.
    const bool mirror = target_sigma && sigma->info().parity != 0 && sigma->info().parity == target_sigma->info().parity;
    const QuadratureRule   along = gauss_hermite(choices.quadrature_nodes);
    QuadratureRule         across{{1.}, {1.}}, inner;
    constexpr unsigned int most  = 20000; // as for other networks
    const unsigned int     count = choices.quadrature_nodes * choices.radial_nodes / (mirror ? 2 : 1);
    if (std::isfinite(d) && count > most)
      throw InputError(Refusal::too_large, "Data/Radial nodes",
                       "these choices give " + std::to_string(count) + " data nodes, more than the " + std::to_string(most) +
                         " that are allowed; take fewer of them, or fewer 'Quadrature nodes'.");
    if (std::isfinite(d))
      {
        across = gauss_laguerre_chi(choices.radial_nodes, d - 1.);
        inner  = gauss_gegenbauer(choices.angular_nodes, d - 1.);
      }
    else
      inner = gauss_hermite(choices.angular_nodes);
    nodes.inner_nodes   = inner.nodes;
    nodes.inner_weights = inner.weights;

    for (std::size_t i = 0; i < along.nodes.size(); ++i)
      {
        const double x1 = along.nodes[i];
        if (mirror && x1 < 0.)
          continue;
        for (std::size_t j = 0; j < across.nodes.size(); ++j)
          {
            nodes.x1.push_back(x1);
            nodes.rho.push_back(across.nodes[j]);
            node_weights.push_back(along.weights[i] * across.weights[j] * (mirror && x1 > 0. ? 2. : 1.));
            node_targets.push_back(target(x1));
            if (!std::isfinite(node_targets.back()))
              throw InputError(Refusal::out_of_range, "Target/Expression",
                               "the target is not finite at x1 = " + std::to_string(x1) + ".");
          }
      }
    nodes.n_nodes = n_nodes();
    nodes.pad();
  }

  double                              d;
  unsigned int                        n_test_samples;
  std::uint64_t                       seed;
  double                              noise_deviation;
  std::unique_ptr<Activation>         target_sigma;   ///< φ, or
  std::unique_ptr<Expression>         target_formula; ///< φ
  kernel::ReducedNodes                nodes;
  std::unique_ptr<GaussianPairs>      pairs;
  std::unique_ptr<TargetOverlap>      overlap;
  mutable std::unique_ptr<SampleRisk> test_sample;         ///< drawn when first needed
  mutable double                      standard_error = 0.; ///< of the last estimate from it
};
} // namespace

std::unique_ptr<LearningProblem> make_single_neuron_problem(const ModelChoices &choices)
{
  return std::make_unique<SingleNeuronProblem>(choices);
}
} // namespace rhoflow
