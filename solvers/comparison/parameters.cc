#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/parameters/unread.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/comparison/parameters.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>
#include <solvers/particles/ensemble/make_network.h>

#include <deal.II/base/parameter_handler.h>

namespace rhoflow
{
using dealii::ParameterHandler;

void ComparisonParameters::bind(ParameterBinding &p)
{
  p.section("Comparison");
  p.add("Bias estimation", bias_estimation,
        Choices<BiasEstimation>{{"none", BiasEstimation::none}, {"richardson", BiasEstimation::richardson}},
        "What is subtracted from the networks' mean risk after t = 0 before it is compared with the density: nothing, or "
        "the biases of width and step extrapolated from two more runs of every network, one with half the neurons and one "
        "with twice the step (about twice the cost). The walkers of a landscape have no bias of width.");
  p.add("Directions", n_directions, range(1, 10000),
        "Directions over which the sliced Wasserstein-1 distance is averaged [directions].");
  p.add("Bins", n_bins, range(16, 1000000),
        "Bins of the distribution functions behind the Wasserstein-1 distances, whose error is at most the range of the "
        "points divided by this number [bins].");
  p.add("Bootstrap samples", n_resamples, range(0, 100000),
        "Resamples of the networks behind the bounds 'low' and 'high' of every distance; 0 for no bounds [resamples]. The "
        "distances by network simplex take a tenth of them.");
  p.add("Transport points", n_points, range(0, 10000),
        "Points into which density and neurons are each drawn together for the Wasserstein distances in all coordinates at "
        "once, by network simplex; 0 for none [points]. The time grows like this number to the power of 2.5.");
  p.add("Predicted spread", predicted_spread,
        Choices<Prediction>{{"automatic", Prediction::automatic}, {"true", Prediction::yes}, {"false", Prediction::no}},
        "Predict how far the risks of finite networks are apart, from the density alone, by one run of points forwards in time "
        "and one of their adjoint equation backwards, for the equation without entropy and features with two derivatives: the "
        "variance of the risk for every step size, batch and width (statistics.csv), and its standard deviation beside that of "
        "the networks (comparison.csv). automatic: beside networks, where it is possible.");
  p.add("Write measures", write_measures,
        "Write the density at every output time to measures/, also without finite networks, so that 'rhoflow --distance "
        "RUN_A RUN_B' can tell how far two runs are apart.");
  p.add("Measure points", n_measure_points, range(16, 10000000),
        "A density of more boxes is drawn together into so many points where it is written; the distance that this makes is "
        "stated in measures/times.csv [points].");
}

void ComparisonParameters::declare(ParameterHandler &prm)
{
  declare_parameters<ComparisonParameters>(prm);
}

void ComparisonParameters::parse(const ParameterHandler &prm)
{
  read_parameters(*this, prm);
}

std::vector<Unread> ComparisonParameters::unread_without_networks(ParameterHandler &prm, const std::string &why)
{
  std::vector<Unread> rules;
  for (const char *name : {"Bias estimation", "Directions", "Bins", "Bootstrap samples", "Transport points"})
    rules.push_back({std::string("Comparison/") + name, why});
  if (parameter_value(prm, "Comparison/Write measures") != "true")
    rules.push_back({"Comparison/Measure points", "unless 'Write measures = true'"});
  return rules;
}

std::vector<Unread> CompanionSettings::unread(ParameterHandler &prm)
{
  const std::string compare = "unless 'Compare with SGD = true'";
  if (parameter_value(prm, "Compare with SGD") != "true")
    return std::vector<Unread>{{"Particles", compare}} + ComparisonParameters::unread_without_networks(prm, compare);
  return ParticleParameters::unread(prm, false);
}

ParticleParameters twice_the_step(ParticleParameters particles)
{
  particles.step_size *= 2.;
  particles.noise_parts = 2; // on the same Brownian path
  return particles;
}

void CompanionSettings::parse(ParameterHandler &prm, const RunParameters &run, const MeanFieldParameters &mean_field,
                              const ComparisonParameters &how)
{
  seed         = run.seed;
  output_times = run.all_output_times();
  particles.parse(prm);
  comparison                    = how;
  weight_decay                  = mean_field.weight_decay;
  particles.inverse_temperature = mean_field.inverse_temperature;
}

void CompanionSettings::check(const LearningProblem &problem) const
{
  if (particles.n_replicas < 2)
    throw InputError(Refusal::out_of_range, "Particles/Replicas", "a comparison in standard errors needs at least 2 replicas.");
  particles.check_output_times(output_times);
  particles.check_weight_decay(weight_decay, output_times);
  if (particles.scaling != ParticleParameters::Scaling::mean_field)
    throw InputError(Refusal::unsupported, "Particles/Output scaling",
                     "a density is the limit of wide networks in mean-field scaling, and cannot be compared with networks in "
                     "the lazy one. Choose 'mean field', or 'Solver = particles' for the networks alone.");
  if (particles.layers != TrainedLayers::both)
    throw InputError(Refusal::unsupported, "Particles/Trained layers",
                     "the equation of a density moves all parameters of the neurons, and cannot be compared with networks that "
                     "train one layer only. Choose 'both', or 'Solver = particles' for the networks alone.");
  if (comparison.bias_estimation == ComparisonParameters::BiasEstimation::richardson)
    {
      if (particles.n_neurons % 2 != 0 && !problem.has_external_potential())
        throw InputError(Refusal::inconsistent, "Particles/Number of neurons",
                         "'Bias estimation = richardson' also trains networks of half the width: "
                         "choose an even number, or 'Bias estimation = none'.");
      if (particles.method != ParticleParameters::Method::gradient_flow)
        for (const double time : output_times)
          if (particles.constant_step() && particles.steps_until(time) % 2 != 0)
            throw InputError(Refusal::inconsistent, "Particles/Step size",
                             "'Bias estimation = richardson' also trains with twice the step size: the "
                             "output times must be multiples of that too. Halve the step size, or choose "
                             "'Bias estimation = none'.");
      twice_the_step(particles).check_weight_decay(weight_decay, output_times);
    }
  check_network(problem, particles);
}
} // namespace rhoflow
