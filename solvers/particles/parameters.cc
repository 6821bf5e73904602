#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>
#include <solvers/base/progress.h>
#include <solvers/model/expression.h>
#include <solvers/particles/parameters.h>
#include <solvers/particles/step_clock.h>

#include <deal.II/base/parameter_handler.h>

#include <cmath>
#include <limits>

namespace rhoflow
{
using dealii::ParameterHandler;
namespace Patterns = dealii::Patterns;

namespace
{
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

void ParticleParameters::declare(ParameterHandler &prm)
{
  const ParticleParameters standard;
  prm.enter_subsection("Particles");
  prm.declare_entry("Number of neurons", std::to_string(standard.n_neurons), Patterns::Integer(1, 10000000),
                    "Width M of the finite network f(x) = (1/M) sum_j sigma*(x; theta_j) [neurons].");
  prm.declare_entry("Replicas", std::to_string(standard.n_replicas), Patterns::Integer(1, 100000),
                    "Independent networks (initial neurons, samples); spread over the MPI ranks [networks].");
  prm.declare_entry(
    "Method", method_name(standard.method), Patterns::Selection("one-pass SGD|multi-pass SGD|gradient descent|gradient flow"),
    "one-pass SGD draws new samples of the data law in every step; multi-pass SGD takes the samples of a finite "
    "data set again and again; gradient descent takes steps along the gradient of the population's risk; gradient flow "
    "integrates theta_j' = -grad Psi(theta_j), the limit of small steps. A finite inverse temperature beta (section Mean "
    "field) adds the noise sqrt(2 eta/beta) g to every step; gradient flow has no steps and refuses it. The walkers of a "
    "landscape, which are independent, take gradient descent or gradient flow.");
  prm.declare_entry(
    "Step size", "0.001", Patterns::Double(1e-12, 10.),
    "Step eta of SGD and gradient descent; n steps take the time t = n eta. Output times must be multiples of it [time].");
  prm.declare_entry(
    "Schedule", standard.schedule, Patterns::Anything(),
    "Step sizes that change: a positive formula xi(t), such as 1/sqrt(1+t). Step k has the length eta xi(t_k), and "
    "t is the sum of the steps, so that the density's equation stays the same; steps are shortened to end at "
    "the output times.");
  prm.declare_entry("Output scaling", "mean field", Patterns::Selection("mean field|lazy"),
                    "mean field: f = (1/M) sum_j a_j sigma(w_j.x), every parameter moves by eta (y - f) times the gradient of "
                    "its own neuron. lazy: f = (1/sqrt(M)) sum_j a_j sigma(w_j.x) with plain SGD, whose parameters hardly move "
                    "when M is large (SGD only).");
  prm.declare_entry("Trained layers", "both", Patterns::Selection("both|first|second"),
                    "Of neurons a sigma(w.x): both layers, only the first one (w and the bias), or only the second one (a), "
                    "which is learning on random features (SGD only).");
  prm.declare_entry("Precision", "double", Patterns::Selection("double|single"),
                    "Floating point numbers of the weights, activations and updates of SGD. Outputs are summed, and risks "
                    "computed, in double precision.");
  prm.declare_entry("Ranks per network", "0", Patterns::Integer(0, 100000),
                    "MPI ranks that share the neurons of one network of SGD; replicas are spread over the groups. 0: one, or "
                    "more where there are more ranks than replicas and the network is large. Results do not depend on it.");
  prm.declare_entry("Batch size", std::to_string(standard.batch_size), Patterns::Integer(1, 1000000),
                    "Samples whose gradients are averaged in one step of SGD [samples].");
  prm.declare_entry("Sampling", "without replacement", Patterns::Selection("with replacement|without replacement"),
                    "Multi-pass SGD: independent draws from the data set, or a new random order of all of it in every epoch.");
  prm.declare_entry("Gradient flow tolerance", "1e-8", Patterns::Double(1e-13, 1e-1),
                    "Gradient flow: relative and absolute local error of the adaptive Runge-Kutta method [parameters].");
  prm.declare_entry("Tangent kernel", "automatic", Patterns::Selection("automatic|true|false"),
                    "Report how far the neural tangent kernel K_t(x, x') = (1/M) sum_j <grad sigma*(x; theta_j), grad "
                    "sigma*(x'; theta_j)> moved from K_0 (Solver = particles). automatic: with 'Output scaling = lazy'.");
  prm.declare_entry(
    "Tangent kernel points", std::to_string(standard.tangent_kernel_points), Patterns::Integer(1, 4096),
    "Inputs between which the kernel is looked at, drawn from the data law, or the data set if it is not larger "
    "[points].");
  prm.declare_entry(
    "Write particles", "first replica", Patterns::Selection("none|first replica|all replicas"),
    "Which networks go to particles.pvd at the output times; see section 'Output' for how often and how small.");
  prm.declare_entry("Write all parameters", "false", Patterns::Bool(),
                    "Write every parameter of a neuron to particles.pvd, not only the coordinates of the density's space.");
  prm.leave_subsection();
  SnapshotParameters::declare(prm);
}

void ParticleParameters::parse(ParameterHandler &prm)
{
  snapshots.parse(prm);
  prm.enter_subsection("Particles");
  n_neurons                     = static_cast<std::uint64_t>(prm.get_integer("Number of neurons"));
  n_replicas                    = static_cast<unsigned int>(prm.get_integer("Replicas"));
  step_size                     = prm.get_double("Step size");
  batch_size                    = static_cast<unsigned int>(prm.get_integer("Batch size"));
  const std::string kernel_text = prm.get("Tangent kernel");
  tangent_kernel = (kernel_text == "true" ? Reporting::yes : kernel_text == "false" ? Reporting::no : Reporting::automatic);
  tangent_kernel_points = static_cast<unsigned int>(prm.get_integer("Tangent kernel points"));
  schedule              = prm.get("Schedule");
  ranks_per_network     = static_cast<unsigned int>(prm.get_integer("Ranks per network"));
  scaling               = (prm.get("Output scaling") == "lazy" ? Scaling::lazy : Scaling::mean_field);
  precision             = (prm.get("Precision") == "single" ? Precision::single_precision : Precision::double_precision);
  const std::string layers_text = prm.get("Trained layers");
  layers                        = (layers_text == "first"  ? TrainedLayers::inner :
                                   layers_text == "second" ? TrainedLayers::outer :
                                                             TrainedLayers::both);
  flow_tolerance                = prm.get_double("Gradient flow tolerance");
  write_parameters              = prm.get_bool("Write all parameters");

  const std::string method_text = prm.get("Method");
  for (const Method candidate : {Method::one_pass_sgd, Method::multi_pass_sgd, Method::gradient_descent, Method::gradient_flow})
    if (method_text == method_name(candidate))
      method = candidate;
  sampling = (prm.get("Sampling") == "with replacement" ? Sampling::with_replacement : Sampling::without_replacement);
  const std::string writing_text = prm.get("Write particles");
  writing                        = Writing::none;
  if (writing_text == "first replica")
    writing = Writing::first_replica;
  else if (writing_text == "all replicas")
    writing = Writing::all_replicas;
  prm.leave_subsection();

  // The gradients of a batch are kept until its end: one number for each neuron and sample.
  if (stochastic_gradient() && batch_size * static_cast<double>(n_neurons) > 1.3e8)
    throw InputError("Particles/Batch size",
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
    throw InputError("Particles/Step size", "time " + short_number(time) + " would need more than 9e15 steps.");
  if (std::abs(steps - rounded) > 1e-6 * std::max(1., rounded * 1e-3))
    {
      const double fitting = round_divisor(time, step_size);
      throw InputError("Particles/Step size", "the output time " + short_number(time, 10) +
                                                " is not a multiple of the step size " + short_number(step_size, 10) +
                                                ". Choose a step size that divides every output time" +
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
          throw InputError("Particles/Schedule", "the factor of the step size must be a positive number at all times, but " +
                                                   schedule + " is " + short_number(factor) + " at t = " + short_number(time) +
                                                   ".");
    }
}

void ParticleParameters::check_weight_decay(double weight_decay, const std::vector<double> &times) const
{
  if (method == Method::gradient_flow || !(weight_decay > 0.))
    return;
  const double limit  = 2. * (1. + 1e-12) / weight_decay;
  const auto   refuse = [&](double step, double time) {
    throw InputError(
        constant_step() ? "Particles/Step size" : "Particles/Schedule",
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
  switch (method)
    {
      case Method::one_pass_sgd:
        return "one-pass SGD";
      case Method::multi_pass_sgd:
        return "multi-pass SGD";
      case Method::gradient_descent:
        return "gradient descent";
      default:
        return "gradient flow";
    }
}
} // namespace rhoflow
