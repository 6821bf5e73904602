#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>
#include <solvers/base/text.h>
#include <solvers/model/expression.h>
#include <solvers/particles/parameters.h>
#include <solvers/particles/step_clock.h>

#include <deal.II/base/parameter_handler.h>

#include <cmath>

namespace rhoflow
{
using dealii::ParameterHandler;

namespace
{
const Choices<ParticleParameters::Method> &methods()
{
  using Method = ParticleParameters::Method;
  static const Choices<Method> names{{"one-pass SGD", Method::one_pass_sgd},
                                     {"multi-pass SGD", Method::multi_pass_sgd},
                                     {"gradient descent", Method::gradient_descent},
                                     {"gradient flow", Method::gradient_flow}};
  return names;
}

/// The largest number 1, 2, 2.5 or 5 times a power of ten that is below `step` and divides `time`; 0 if there is none near.
double round_divisor(double time, double step)
{
  for (double power = std::pow(10., std::floor(std::log10(step))); power > 1e-4 * step; power /= 10.)
    for (const double digit : {5., 2.5, 2., 1.})
      if (digit * power < step && std::abs(time / (digit * power) - std::round(time / (digit * power))) < 1e-6)
        return digit * power;
  return 0.;
}
} // namespace

void ParticleParameters::bind(ParameterBinding &p)
{
  p.section("Particles");
  p.add("Number of neurons", n_neurons, range(1, 10000000),
        "Width M of the finite network f(x) = (1/M) sum_j sigma*(x; theta_j) [neurons].");
  p.add("Replicas", n_replicas, range(1, 100000),
        "Independent networks (initial neurons, samples); spread over the MPI ranks [networks].");
  p.add("Method", method, methods(),
        "one-pass SGD draws new samples of the data law in every step; multi-pass SGD takes the samples of a finite data "
        "set again and again; gradient descent takes steps along the gradient of the population's risk; gradient flow "
        "integrates theta_j' = -grad Psi(theta_j), the limit of small steps. A finite inverse temperature beta (section "
        "Mean field) adds the noise sqrt(2 eta/beta) g to every step; gradient flow has no steps and refuses it. The "
        "walkers of a landscape, which are independent, take gradient descent or gradient flow.");
  p.add("Step size", step_size, range(1e-12, 10.),
        "Step eta of SGD and gradient descent; n steps take the time t = n eta. Output times must be multiples of it "
        "[time].");
  p.add("Schedule", schedule,
        "Step sizes that change: a positive formula xi(t), such as 1/sqrt(1+t). Step k has the length eta xi(t_k), and t is "
        "the sum of the steps, so that the density's equation stays the same; steps are shortened to end at the output "
        "times.");
  p.add("Output scaling", scaling, Choices<Scaling>{{"mean field", Scaling::mean_field}, {"lazy", Scaling::lazy}},
        "mean field: f = (1/M) sum_j a_j sigma(w_j.x), every parameter moves by eta (y - f) times the gradient of its own "
        "neuron. lazy: f = (1/sqrt(M)) sum_j a_j sigma(w_j.x) with plain SGD, whose parameters hardly move when M is large "
        "(SGD only).");
  p.add(
    "Trained layers", layers,
    Choices<TrainedLayers>{{"both", TrainedLayers::both}, {"first", TrainedLayers::inner}, {"second", TrainedLayers::outer}},
    "Of neurons a sigma(w.x): both layers, only the first one (w and the bias), or only the second one (a), which is "
    "learning on random features (SGD only).");
  p.add("Precision", precision,
        Choices<Precision>{{"double", Precision::double_precision}, {"single", Precision::single_precision}},
        "Floating point numbers of the weights, activations and updates of SGD. Outputs are summed, and risks computed, in "
        "double precision.");
  p.add("Ranks per network", ranks_per_network, range(0, 100000),
        "MPI ranks that share the neurons of one network of SGD; replicas are spread over the groups. 0: one, or more where "
        "there are more ranks than replicas and the network is large. Results do not depend on it.");
  p.add("Batch size", batch_size, range(1, 1000000), "Samples whose gradients are averaged in one step of SGD [samples].");
  p.add(
    "Sampling", sampling,
    Choices<Sampling>{{"with replacement", Sampling::with_replacement}, {"without replacement", Sampling::without_replacement}},
    "Multi-pass SGD: independent draws from the data set, or a new random order of all of it in every epoch.");
  p.add("Gradient flow tolerance", flow_tolerance, range(1e-13, 1e-1),
        "Gradient flow: relative and absolute local error of the adaptive Runge-Kutta method [parameters].");
  p.add("Tangent kernel", tangent_kernel,
        Choices<Reporting>{{"automatic", Reporting::automatic}, {"true", Reporting::yes}, {"false", Reporting::no}},
        "Report how far the neural tangent kernel K_t(x, x') = (1/M) sum_j <grad sigma*(x; theta_j), grad sigma*(x'; "
        "theta_j)> moved from K_0 (Solver = particles). automatic: with 'Output scaling = lazy'.");
  p.add("Tangent kernel points", tangent_kernel_points, range(1, 4096),
        "Inputs between which the kernel is looked at, drawn from the data law, or the data set if it is not larger "
        "[points].");
  p.add("Write particles", writing,
        Choices<Writing>{
          {"none", Writing::none}, {"first replica", Writing::first_replica}, {"all replicas", Writing::all_replicas}},
        "Which networks go to particles.pvd at the output times; see section 'Output' for how often and how small.",
        may_change);
  p.add("Write all parameters", write_parameters,
        "Write every parameter of a neuron to particles.pvd, not only the coordinates of the density's space.");
  snapshots.bind(p);
}

void ParticleParameters::declare(ParameterHandler &prm)
{
  declare_parameters<ParticleParameters>(prm);
}

void ParticleParameters::parse(const ParameterHandler &prm)
{
  read_parameters(*this, prm);
  snapshots.check();

  // The gradients of a batch are kept until its end: one number for each neuron and sample.
  if (stochastic_gradient() && batch_size * static_cast<double>(n_neurons) > 1.3e8)
    throw InputError(Refusal::too_large, "Particles/Batch size",
                     "a batch of " + std::to_string(batch_size) + " samples for " + std::to_string(n_neurons) +
                       " neurons needs more than 1 GiB per replica. Choose a smaller batch and a smaller step, or "
                       "'Method = gradient descent' for the exact gradient.");
}

std::vector<Unread> ParticleParameters::unread(ParameterHandler &prm, bool alone)
{
  const std::string   method = parameter_value(prm, "Particles/Method");
  const bool          sgd    = method == "one-pass SGD" || method == "multi-pass SGD";
  std::vector<Unread> rules;
  if (!sgd)
    rules.push_back({"Particles/Batch size", "unless 'Method = one-pass SGD' or 'multi-pass SGD'"});
  if (method != "multi-pass SGD")
    rules.push_back({"Particles/Sampling", "unless 'Method = multi-pass SGD'"});
  if (method != "gradient flow")
    rules.push_back({"Particles/Gradient flow tolerance", "unless 'Method = gradient flow'"});
  if (!alone)
    for (const char *parameter : {"Particles/Tangent kernel", "Particles/Tangent kernel points"})
      rules.push_back({parameter, "unless 'Solver = particles'"});
  return rules;
}

std::uint64_t ParticleParameters::steps_until(double time) const
{
  const double steps   = time / step_size;
  const double rounded = std::round(steps);
  if (rounded > 9e15)
    throw InputError(Refusal::too_large, "Particles/Step size",
                     "time " + short_number(time) + " would need more than 9e15 steps.");
  if (std::abs(steps - rounded) > 1e-6 * std::max(1., rounded * 1e-3))
    {
      const double fitting = round_divisor(time, step_size);
      throw InputError(Refusal::inconsistent, "Particles/Step size",
                       "the output time " + short_number(time, 10) + " is not a multiple of the step size " +
                         short_number(step_size, 10) + ". Choose a step size that divides every output time" +
                         (fitting > 0. ? ", for instance " + short_number(fitting, 10) : "") + ".");
    }
  return static_cast<std::uint64_t>(rounded);
}

void ParticleParameters::check_output_times(const std::vector<double> &times) const
{
  if (method == Method::gradient_flow)
    return;
  if (constant_step())
    for (const double time : times)
      steps_until(time);
  else
    {
      const Expression xi(schedule, {"t"}, "Particles/Schedule");
      for (const double time : times)
        if (const double factor = xi(&time); !(factor > 0.) || !std::isfinite(factor))
          throw InputError(Refusal::out_of_range, "Particles/Schedule",
                           "the factor of the step size must be a positive number at all times, but " + schedule + " is " +
                             short_number(factor) + " at t = " + short_number(time) + ".");
    }
}

void ParticleParameters::check_weight_decay(double weight_decay, const std::vector<double> &times) const
{
  if (method == Method::gradient_flow || !(weight_decay > 0.))
    return;
  const double limit  = 2. * (1. + 1e-12) / weight_decay;
  const auto   refuse = [&](double step, double time) {
    throw InputError(
        Refusal::out_of_range, constant_step() ? "Particles/Step size" : "Particles/Schedule",
        "a step of length " + short_number(step) + (constant_step() ? "" : " at t = " + short_number(time)) +
          " with 'Mean field/Weight decay = " + short_number(weight_decay) + "' multiplies all parameters by 1 - " +
          short_number(step * weight_decay) + ", so that they grow without bound. Choose steps below " +
          short_number(2. / weight_decay) + ", which is 2 divided by the weight decay" +
          (noise_parts > 1 ? ", or 'Comparison/Bias estimation = none', which needs no networks with twice the step"
                             " size." :
                             "."));
  };
  if (constant_step())
    {
      if (step_size > limit)
        refuse(step_size, 0.);
      return;
    }
  // Step by step, unless there are too many; then where they may begin.
  constexpr unsigned int most = 1000000;
  StepClock              clock(*this);
  unsigned int           n_steps = 0;
  try
    {
      for (const double time : times)
        while (!clock.reached(time) && n_steps++ < most)
          {
            const double begin = clock.time(), step = clock.next(time);
            if (step > limit)
              refuse(step, begin);
          }
    }
  catch (const RunError &)
    {
      return; // a schedule that is not positive, which the run reports where it gets there
    }
  const Expression xi(schedule, {"t"}, "Particles/Schedule");
  const double     begin = clock.time(), rest = times.back() - begin;
  for (unsigned int i = 0; i < most && rest > 0.; ++i)
    {
      const double time = begin + rest * i / most, step = step_size * xi(&time);
      if (step > limit)
        refuse(step, time);
    }
}

double ParticleParameters::output_factor() const
{
  return scaling == Scaling::lazy ? std::sqrt(static_cast<double>(n_neurons)) : 1.;
}

std::string ParticleParameters::method_name(Method method)
{
  return methods().name(method);
}
} // namespace rhoflow
