#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/text.h>
#include <solvers/common_noise/parameters.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <string>

namespace rhoflow
{
namespace
{
const Choices<CommonNoiseParameters::Equation> &equations()
{
  using Equation = CommonNoiseParameters::Equation;
  static const Choices<Equation> names{{"none", Equation::none},
                                       {"gradient flow", Equation::gradient_flow},
                                       {"stochastic mean-field", Equation::stochastic_mean_field},
                                       {"modified flow", Equation::modified_flow}};
  return names;
}

const Choices<CommonNoiseParameters::Noise> &noises()
{
  using Noise = CommonNoiseParameters::Noise;
  static const Choices<Noise> names{{"Gaussian", Noise::gaussian}, {"samples of SGD", Noise::samples_of_sgd}};
  return names;
}

bool is_multiple(const double time, const double interval)
{
  const double n = time / interval;
  return std::abs(n - std::round(n)) <= 1e-9 * std::max(1., n);
}

bool divides_all(const double interval, const std::vector<double> &times)
{
  return std::all_of(times.begin(), times.end(), [interval](const double time) { return is_multiple(time, interval); });
}

/// The largest number 1, 2, 2.5 or 5 times a power of ten, up to `most`, of which all times are multiples; 0 if there is none
/// above a ten thousandth of `most`.
double largest_divisor(const std::vector<double> &times, const double most)
{
  for (double power = 1.; power > 1e-6 * most; power /= 10.)
    for (const double digit : {5., 2.5, 2., 1.})
      if (const double interval = digit * power; interval <= most && interval >= 1e-4 * most && divides_all(interval, times))
        return interval;
  return 0.;
}

constexpr const char *interval_parameter = "Common noise/Noise interval";

/// For no path on which the time step has an error that counts: see solvers/common_noise/README.md.
constexpr double automatic_interval = 0.25;
} // namespace

void CommonNoiseParameters::bind(ParameterBinding &p)
{
  p.section("Common noise");
  p.add(
    "Equation", equation, equations(),
    "The noise of SGD as a field, the same for all neurons: all of them see the same samples. stochastic mean-field: of "
    "first order in the step size, with the drift -grad Psi in the sense of Ito. modified flow: of second order, the "
    "distribution-dependent stochastic modified flow. gradient flow: neither noise nor correction, to be compared with 'Noise = samples of SGD'. none: the "
    "deterministic equation, one solution and no paths.");
  p.add(
    "Noise", noise, noises(),
    "What drives the paths. Gaussian: Brownian motions. samples of SGD: the samples that SGD itself draws in steps of 'Step "
    "size'; SGD of infinite width runs on the same samples beside every path, and its risk and the difference are in "
    "statistics.csv and paths.csv.");
  p.add("Step size", step_size, range(0., 10.),
        "Step alpha of the SGD whose noise it is; n steps take the time t = n alpha. 'Particles/Step size' is that of "
        "networks, which are not trained beside paths [time].");
  p.add("Batch size", batch_size, range(1, 1000000), "Independent samples whose gradients are averaged in one step [samples].");
  p.add("Paths", n_paths, range(1, 1000000),
        "Realisations of the noise; spread over the MPI ranks, of which results do not depend [paths].");
  p.add("Antithetic paths", antithetic,
        "Every other path has the opposite noise of the one before. The mean over such a pair scatters less than that of two "
        "independent paths, and 'standard error' is that of the pairs.");
  p.add(
    "Marked points", marked_points,
    "Points theta that move in the field of a path and do not act on it, such as 0.5 | -1, or 1, 0.5 | 0, 2 where neurons have "
    "two parameters: the n-point motion. marked_points.csv has their means, deviations and covariances over the paths.");
  p.add("Noise interval", given_interval, range(1e-9, 1e9),
        "Time step of the splitting between drift and noise. Every output time must be a multiple of it. Half an interval "
        "refines the same Brownian path. automatic: the largest of 0.25, 0.2, 0.1, 0.05, ... that divides them. With 'Noise = "
        "samples of SGD' it must be a multiple of 'Step size'; automatic: one step [time].");
}

void CommonNoiseParameters::parse(const dealii::ParameterHandler &prm, const std::vector<double> &output_times)
{
  read_parameters(*this, prm);
  if (!active())
    return;
  if (beside_sgd())
    choose_interval_of_sgd(output_times);
  else
    choose_interval(output_times);
}

void CommonNoiseParameters::choose_interval_of_sgd(const std::vector<double> &output_times)
{
  if (antithetic)
    throw InputError(Refusal::inconsistent, "Common noise/Antithetic paths",
                     "the samples of SGD have no opposite. Set it to false, or choose 'Noise = Gaussian'.");
  if (step_size == 0.)
    throw InputError(Refusal::inconsistent, "Common noise/Step size",
                     "SGD beside the paths needs steps larger than 0. Choose one, or 'Noise = Gaussian'.");
  interval = given_interval.value_or(step_size);
  if (interval < .5 * step_size || !is_multiple(interval, step_size))
    throw InputError(Refusal::inconsistent, interval_parameter,
                     "an interval of " + short_number(interval, 10) +
                       " is no whole number of steps of SGD, which have the length " + short_number(step_size, 10) +
                       ". Choose a multiple of 'Step size', or 'automatic'.");
  for (const double time : output_times)
    if (!is_multiple(time, interval))
      throw InputError(Refusal::inconsistent, interval_parameter,
                       "the output time " + short_number(time, 10) + " is not a multiple of " + short_number(interval, 10) +
                         ". Choose an interval of whole steps of SGD that divides every output time, or other output times.");
}

void CommonNoiseParameters::choose_interval(const std::vector<double> &output_times)
{
  if (equation == Equation::gradient_flow)
    throw InputError(Refusal::inconsistent, "Common noise/Equation",
                     "the gradient flow has no noise, so that all paths are the same. Choose 'Noise = samples of SGD' to have "
                     "SGD beside it, or 'Equation = none'.");
  if (antithetic && n_paths % 2 == 1)
    throw InputError(Refusal::inconsistent, "Common noise/Paths",
                     "antithetic paths come in pairs: choose an even number, or 'Antithetic paths = false'.");
  const double divisor = largest_divisor(output_times, given_interval.value_or(automatic_interval));
  interval             = given_interval.value_or(divisor);
  if (!given_interval && divisor == 0.)
    throw InputError(
      Refusal::inconsistent, interval_parameter,
      "there is no round number of which all output times are multiples. Give one, or choose other output times.");
  for (const double time : output_times)
    if (!is_multiple(time, interval))
      throw InputError(Refusal::inconsistent, interval_parameter,
                       "the output time " + short_number(time, 10) + " is not a multiple of " + short_number(interval, 10) +
                         ". Choose an interval that divides every output time" +
                         (divisor > 0. ? ", for instance " + short_number(divisor, 10) : "") + ".");
}

void CommonNoiseParameters::record(dealii::ParameterHandler &prm) const
{
  if (active())
    set_parameter_value(prm, interval_parameter, shortest_text(interval));
}

std::vector<Unread> CommonNoiseParameters::unread(const dealii::ParameterHandler &prm)
{
  std::vector<Unread> rules;
  if (parameter_value(prm, "Common noise/Equation") == "none")
    for (const char *name :
         {"Noise", "Step size", "Batch size", "Paths", "Antithetic paths", "Marked points", "Noise interval"})
      rules.push_back({std::string("Common noise/") + name, "unless 'Equation' of the section is one with noise"});
  return rules;
}

void CommonNoiseParameters::check(const LearningProblem &problem) const
{
  if (!active())
    return;
  const std::vector<std::string> names = problem.parameter_names();
  if (problem.has_external_potential())
    throw InputError(Refusal::unsupported, "Learning problem/Neuron",
                     "a landscape has no samples, whose common noise could move it. Choose neurons, or set 'Common "
                     "noise/Equation = none'.");
  if (std::find(names.begin(), names.end(), "r") != names.end())
    throw InputError(Refusal::unsupported, "Learning problem/Neuron",
                     "this problem is reduced by its symmetry, which a path of the common noise breaks: a sample x moves w "
                     "along x, so that the law does not stay a function of r. Choose a neuron that is not reduced, such as "
                     "'weighted ridge', or set 'Common noise/Equation = none'.");
  if (!problem.twice_differentiable())
    throw InputError(Refusal::unsupported,
                     problem.particle_neuron().type == ParticleNeuron::Type::bump ? "Learning problem/Neuron" :
                                                                                    "Learning problem/Activation",
                     "common noise needs two continuous derivatives of the neuron, which the activation has not at its kinks "
                     "and a bump has not at its centre. Choose a smooth activation, such as tanh, and no bump.");
  if (problem.data_set_size() > 0 && batch_size > problem.data_set_size())
    throw InputError(Refusal::inconsistent, "Common noise/Batch size",
                     "a batch of " + std::to_string(batch_size) + " samples is larger than the data set, which has " +
                       std::to_string(problem.data_set_size()) + ".");
}
} // namespace rhoflow
