#include <solvers/base/error.h>
#include <solvers/base/numerics/random.h>
#include <solvers/base/text.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/gradient_flow.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
using State = std::vector<double>;

class NodeVelocity : public GradientFlow::Velocity
{
public:
  explicit NodeVelocity(const LearningProblem &learning_problem)
    : problem(learning_problem)
  {}

  void evaluate(const State &theta, State &velocity) const override
  {
    const unsigned int  D = problem.n_parameters(), n_omega = problem.n_feature_parameters(), K = problem.n_nodes();
    const bool          has_outer_weight = problem.has_outer_weight();
    const std::size_t   M                = theta.size() / D;
    std::vector<double> omega(chunk * n_omega), values(std::size_t(chunk) * K), slopes(std::size_t(chunk) * n_omega * K);

    const auto gather = [&](std::size_t begin, unsigned int count) {
      for (unsigned int j = 0; j < count; ++j)
        std::copy_n(theta.data() + (begin + j) * D + (D - n_omega), n_omega, omega.data() + j * n_omega);
    };
    // f_k, the neurons in order.
    State prediction(K, 0.);
    for (std::size_t begin = 0; begin < M; begin += chunk)
      {
        const unsigned int count = static_cast<unsigned int>(std::min<std::size_t>(chunk, M - begin));
        gather(begin, count);
        problem.features(count, omega.data(), values.data(), nullptr);
        for (unsigned int j = 0; j < count; ++j)
          {
            const double a = (has_outer_weight ? theta[(begin + j) * D] : 1.);
            for (unsigned int k = 0; k < K; ++k)
              prediction[k] += a * values[std::size_t(j) * K + k];
          }
      }
    // −p_k (f_k − y_k)
    State residual(K);
    for (unsigned int k = 0; k < K; ++k)
      residual[k] = problem.weights()[k] * (problem.targets()[k] - prediction[k] / static_cast<double>(M));

    velocity.resize(theta.size());
    for (std::size_t begin = 0; begin < M; begin += chunk)
      {
        const unsigned int count = static_cast<unsigned int>(std::min<std::size_t>(chunk, M - begin));
        gather(begin, count);
        problem.features(count, omega.data(), values.data(), slopes.data());
        for (unsigned int j = 0; j < count; ++j)
          {
            double      *v = velocity.data() + (begin + j) * D;
            const double a = (has_outer_weight ? theta[(begin + j) * D] : 1.);
            if (has_outer_weight)
              *v++ = dot(residual, values.data() + std::size_t(j) * K);
            for (unsigned int i = 0; i < n_omega; ++i)
              v[i] = a * dot(residual, slopes.data() + (std::size_t(j) * n_omega + i) * K);
          }
      }
  }

private:
  static constexpr unsigned int chunk = 64;

  static double dot(const State &a, const double *b)
  {
    double sum = 0.;
    for (std::size_t k = 0; k < a.size(); ++k)
      sum += a[k] * b[k];
    return sum;
  }

  const LearningProblem &problem;
};

/// (a, w) ∈ R^{1+d} for every neuron.
class ErfVelocity : public GradientFlow::Velocity
{
public:
  explicit ErfVelocity(std::vector<double> teacher_direction)
    : teacher(std::move(teacher_direction))
  {}

  void evaluate(const State &theta, State &velocity) const override
  {
    const std::size_t d = teacher.size(), n = d + 1, M = theta.size() / n;
    State             q(M);
    for (std::size_t j = 0; j < M; ++j)
      q[j] = 1. + dot(theta.data() + j * n + 1, theta.data() + j * n + 1);
    const double q_teacher = 1. + dot(teacher.data(), teacher.data());
    velocity.assign(theta.size(), 0.);
    for (std::size_t j = 0; j < M; ++j)
      {
        const double *w = theta.data() + j * n + 1;
        double       *v = velocity.data() + j * n;
        add(theta[j * n], w, q[j], teacher.data(), q_teacher, 1., v);
        for (std::size_t l = 0; l < M; ++l)
          add(theta[j * n], w, q[j], theta.data() + l * n + 1, q[l], -theta[l * n] / static_cast<double>(M), v);
      }
  }

  /// R of the network, noise-free.
  double risk(const State &theta) const
  {
    const std::size_t d = teacher.size(), n = d + 1, M = theta.size() / n;
    const auto        kernel = [&](const double *w, const double *u) {
      return two_over_pi * std::asin(dot(w, u) / std::sqrt((1. + dot(w, w)) * (1. + dot(u, u))));
    };
    double target = 0., pairs = 0.;
    for (std::size_t j = 0; j < M; ++j)
      {
        const double *w = theta.data() + j * n;
        target += w[0] * kernel(w + 1, teacher.data());
        for (std::size_t l = 0; l < M; ++l)
          pairs += w[0] * theta[l * n] * kernel(w + 1, theta.data() + l * n + 1);
      }
    const double m = static_cast<double>(M);
    return .5 * kernel(teacher.data(), teacher.data()) - target / m + .5 * pairs / (m * m);
  }

private:
  static constexpr double two_over_pi = 0.63661977236758134308;

  double dot(const double *u, const double *v) const
  {
    double sum = 0.;
    for (std::size_t i = 0; i < teacher.size(); ++i)
      sum += u[i] * v[i];
    return sum;
  }

  /// Adds b ∇_{(a, w)} [a (2/π) asin(w·u/√(q_w q_u))].
  void add(double a, const double *w, double q_w, const double *u, double q_u, double b, double *gradient) const
  {
    const double product = dot(w, u);
    const double inverse = 1. / std::sqrt(q_w * q_u);
    const double sine    = product * inverse;
    const double slope   = two_over_pi * a * b * inverse / std::sqrt(1. - sine * sine);
    const double shrink  = slope * product / q_w;
    gradient[0] += two_over_pi * b * std::asin(sine);
    for (std::size_t i = 0; i < teacher.size(); ++i)
      gradient[1 + i] += slope * u[i] - shrink * w[i];
  }

  std::vector<double> teacher; ///< w*
};

class LandscapeVelocity : public GradientFlow::Velocity
{
public:
  explicit LandscapeVelocity(const LearningProblem &learning_problem)
    : problem(learning_problem)
  {}

  void evaluate(const State &theta, State &velocity) const override
  {
    const unsigned int D = problem.n_parameters();
    velocity.resize(theta.size());
    for (std::size_t j = 0; j < theta.size(); j += D)
      problem.external_gradient(theta.data() + j, velocity.data() + j);
    for (double &v : velocity)
      v = -v;
  }

private:
  const LearningProblem &problem;
};
} // namespace

std::unique_ptr<const GradientFlow::Velocity> make_landscape_velocity(const LearningProblem &problem)
{
  return problem.has_external_potential() ? std::make_unique<LandscapeVelocity>(problem) : nullptr;
}

std::unique_ptr<const GradientFlow::Velocity> make_node_velocity(const LearningProblem &problem)
{
  return std::make_unique<NodeVelocity>(problem);
}

std::unique_ptr<const GradientFlow::Velocity> make_erf_velocity(const LearningProblem &problem)
{
  const ParticleNeuron neuron = problem.particle_neuron();
  if (neuron.type != ParticleNeuron::Type::weighted_ridge || problem.n_parameters() != 3 ||
      problem.activation().kind() != Activation::Kind::erf)
    return nullptr;
  // The reduction (a, w) → (a, s, r) knows w*: s = w*·w.
  const unsigned int  d = neuron.input_dimension;
  std::vector<double> teacher(d), unit(d + 1);
  for (unsigned int i = 0; i < d; ++i)
    {
      double theta[3];
      unit.assign(d + 1, 0.);
      unit[1 + i] = 1.;
      problem.reduce(unit.data(), theta);
      teacher[i] = theta[1];
    }
  auto velocity = std::make_unique<ErfVelocity>(teacher);
  // Another teacher or data law would show here.
  constexpr std::uint64_t n_checked = 5;
  std::vector<double>     theta(n_checked * (d + 1));
  for (std::uint64_t j = 0; j < n_checked; ++j)
    {
      CounterRandom random(1, RandomPurpose::check_points, 0, 0, j);
      for (unsigned int i = 0; i <= d; ++i)
        theta[j * (d + 1) + i] = random.normal() / (i == 0 ? 1. : std::sqrt(static_cast<double>(d)));
    }
  const double expected = velocity->risk(theta) + .5 * problem.noise_variance();
  if (std::abs(problem.particle_risk(theta.data(), n_checked) - expected) > 1e-5 * expected)
    return nullptr;
  return velocity;
}

std::unique_ptr<const GradientFlow::Velocity> make_velocity(const LearningProblem &problem)
{
  if (problem.has_external_potential())
    return make_landscape_velocity(problem);
  auto velocity = (problem.particle_neuron().n_parameters() == problem.n_parameters() ? make_node_velocity(problem) :
                                                                                        make_erf_velocity(problem));
  if (!velocity)
    throw InputError(
      Refusal::unsupported, "Particles/Method",
      "the gradient of the population risk is known for neurons that live in the space of the density, and for a "
      "single neuron with activation erf and Gaussian inputs; not for this problem, whose neurons have " +
        std::to_string(problem.particle_neuron().n_parameters()) + " parameters and the density " +
        std::to_string(problem.n_parameters()) + ". Choose 'one-pass SGD' with a small step size.");
  return velocity;
}

GradientFlow::GradientFlow(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay,
                           std::uint64_t seed, std::uint64_t replica)
  : method(parameters.flow_tolerance, parameters.step_size)
  , n_neurons(parameters.n_neurons)
  , lambda(weight_decay)
  , reach(problem.external_reach())
{
  if (std::isfinite(parameters.inverse_temperature))
    throw InputError(
      Refusal::unsupported, "Particles/Method",
      "gradient flow is an ordinary differential equation and takes no noise, but 'Inverse temperature' in section "
      "'Mean field' is finite. Choose 'gradient descent', which adds the noise of that temperature to every step.");
  velocity = make_velocity(problem);
  present  = initial_neurons(problem, parameters.n_neurons, seed, replica);
}

void GradientFlow::restore(const NetworkState &state)
{
  // The velocity at the end of the last step is that at the parameters that were set.
  method.restore(state.time, state.next_step, {});
}

double GradientFlow::advance(double end, std::uint64_t n_steps)
{
  const auto flow = [this](const State &theta, State &derivative) {
    velocity->evaluate(theta, derivative);
    for (std::size_t i = 0; i < theta.size(); ++i)
      derivative[i] -= lambda * theta[i];
  };
  for (std::uint64_t step = 0; method.time() < end && step < n_steps; ++step)
    if (!method.step(flow, present, end, 1e-12))
      throw RunError("The gradient flow of the particles needs steps below 1e-12 at t = " + short_number(method.time()) +
                     (method.met_infinity() ? ": its velocity is not finite. Scale the data ('Data/Standardise'), or check "
                                              "the landscape." :
                                              ". Loosen 'Gradient flow tolerance' in section 'Particles', or check that the "
                                              "activation is smooth."));
  if (!std::all_of(present.begin(), present.end(), [this](double value) { return std::abs(value) < reach; }))
    throw RunError("A walker left the region where the landscape's gradient is known before t = " +
                   short_number(method.time()) + ": it is beyond " + short_number(reach, 2) +
                   ". Does the landscape fall without bound? Choose an earlier 'End time', or add 'Mean field/Weight decay'.");
  return method.time();
}
} // namespace rhoflow
