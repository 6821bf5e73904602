#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/unread_parameters.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <cmath>
#include <filesystem>

namespace rhoflow
{
using namespace dealii;

void RunParameters::bind(ParameterBinding &p)
{
  p.section("");
  p.add("Solver", solver, "Name of the solver; rhoflow --print-parameters lists them.");
  p.add("Title", title, "One line that is printed at the start and in the report.", may_change);
  p.add("Output directory", output_directory,
        "Directory of the run, relative to the working directory. Empty: runs/ followed by the name of the parameter file "
        "without its extension.",
        may_change);
  p.add("Overwrite", overwrite,
        "Replace the run that the output directory already holds: the files in its list .rhoflow-files are removed, and no "
        "others. Nothing is overwritten otherwise.",
        may_change);
  p.add("End time", end_time, at_least(0.), "Time at which the run ends [step size times number of SGD steps].", may_change);
  p.add("Output interval", output_interval, at_least(0.),
        "Time between two rows of statistics and two snapshots [time]. The end time is always an output time.", may_change);
  p.add("Output times", output_times, at_least(0.), ListLength(),
        "Output times instead of the interval: increasing numbers, separated by commas [time]. 0 and the end time are added "
        "where they are missing.",
        may_change);
  p.add("Seed", seed, "Seed of all random numbers. The same seed gives the same results on any number of ranks.");
  p.add("Compare with SGD", compare_with_sgd,
        "Also train finite networks by stochastic gradient descent on the same problem and compare them with the density at "
        "every output time.");
}

void RunParameters::declare(ParameterHandler &prm)
{
  declare_parameters<RunParameters, CheckpointParameters>(prm);
}

void RunParameters::parse(const ParameterHandler &prm)
{
  read_parameters(*this, prm);

  if (!(end_time > 0.))
    throw InputError(Refusal::out_of_range, "End time", "the end time must be larger than 0.");
  for (std::size_t i = 0; i < output_times.size(); ++i)
    {
      if (i > 0 && !(output_times[i] > output_times[i - 1]))
        throw InputError(Refusal::out_of_range, "Output times",
                         "the times must increase, but " + Utilities::to_string(output_times[i]) + " follows " +
                           Utilities::to_string(output_times[i - 1]) + ".");
      if (output_times[i] > end_time)
        throw InputError(Refusal::inconsistent, "Output times",
                         Utilities::to_string(output_times[i]) + " lies behind the end time " + Utilities::to_string(end_time) +
                           ".");
    }
  if (output_times.empty())
    {
      if (!(output_interval > 0.))
        throw InputError(Refusal::out_of_range, "Output interval", "the interval must be larger than 0.");
      if (end_time / output_interval > 1e6)
        throw InputError(Refusal::too_large, "Output interval",
                         "there would be more than a million output times; choose a longer interval.");
    }
}

std::uint64_t RunParameters::seed_of(const std::string &value)
{
  return std::stoull(value);
}

std::vector<Unread> RunParameters::unread(ParameterHandler &prm)
{
  if (prm.get("Output times").empty())
    return {};
  return {{"Output interval", "beside 'Output times'"}};
}

std::vector<double> RunParameters::all_output_times() const
{
  std::vector<double> times = output_times;
  if (times.empty())
    for (unsigned int i = 1; i * output_interval < end_time * (1. - 1e-9); ++i)
      times.push_back(i * output_interval);
  if (times.empty() || times.front() > 0.)
    times.insert(times.begin(), 0.);
  if (times.back() < end_time)
    times.push_back(end_time);
  return times;
}

std::string name_of_parameter_file(const std::string &path)
{
  const std::filesystem::path name = std::filesystem::path(path).filename();
  return (name.extension() == ".prm" ? name.stem() : name).string();
}
} // namespace rhoflow
