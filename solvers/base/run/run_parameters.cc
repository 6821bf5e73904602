#include <solvers/base/error.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/run/unread_parameters.h>

#include <deal.II/base/parameter_handler.h>
#include <deal.II/base/utilities.h>

#include <charconv>
#include <cmath>
#include <filesystem>
#include <memory>

namespace rhoflow
{
using namespace dealii;

namespace
{
/// Patterns::Integer ends at 2147483647.
class Unsigned64 : public Patterns::PatternBase
{
public:
  bool match(const std::string &text) const override
  {
    std::uint64_t number;
    const char   *end           = text.data() + text.size();
    const auto [behind, result] = std::from_chars(text.data(), end, number);
    return behind == end && result == std::errc();
  }
  std::string description(OutputStyle) const override { return "[Integer range 0...18446744073709551615 (inclusive)]"; }
  std::unique_ptr<PatternBase> clone() const override { return std::make_unique<Unsigned64>(); }
};
} // namespace

void RunParameters::declare(ParameterHandler &prm)
{
  prm.declare_entry("Solver", "single neuron", Patterns::Anything(),
                    "Name of the solver; rhoflow --print-parameters lists them.");
  prm.declare_entry("Title", "", Patterns::Anything(), "One line that is printed at the start and in the report.");
  prm.declare_entry(
    "Output directory", "", Patterns::Anything(),
    "Directory of the run, relative to the working directory. Empty: runs/ followed by the name of the parameter "
    "file without its extension.");
  prm.declare_entry(
    "Overwrite", "false", Patterns::Bool(),
    "Replace the run that the output directory already holds: the files in its list .rhoflow-files are removed, "
    "and no others. Nothing is overwritten otherwise.");
  prm.declare_entry("End time", "10", Patterns::Double(0), "Time at which the run ends [step size times number of SGD steps].");
  prm.declare_entry("Output interval", "1", Patterns::Double(0),
                    "Time between two rows of statistics and two snapshots [time]. The end time is always an output time.");
  prm.declare_entry(
    "Output times", "", Patterns::List(Patterns::Double(0)),
    "Output times instead of the interval: increasing numbers, separated by commas [time]. 0 and the end time are "
    "added where they are missing.");
  prm.declare_entry("Seed", "1", Unsigned64(),
                    "Seed of all random numbers. The same seed gives the same results on any number of ranks.");
  prm.declare_entry("Compare with SGD", "false", Patterns::Bool(),
                    "Also train finite networks by stochastic gradient descent on the same problem and compare them with the "
                    "density at every output time.");
  CheckpointParameters::declare(prm);
}

void RunParameters::parse(ParameterHandler &prm)
{
  solver           = prm.get("Solver");
  title            = prm.get("Title");
  output_directory = prm.get("Output directory");
  overwrite        = prm.get_bool("Overwrite");
  end_time         = prm.get_double("End time");
  output_interval  = prm.get_double("Output interval");
  output_times     = Utilities::string_to_double(Utilities::split_string_list(prm.get("Output times")));
  seed             = seed_of(prm.get("Seed"));
  compare_with_sgd = prm.get_bool("Compare with SGD");

  if (!(end_time > 0.))
    throw InputError("End time", "the end time must be larger than 0.");
  for (std::size_t i = 0; i < output_times.size(); ++i)
    {
      if (i > 0 && !(output_times[i] > output_times[i - 1]))
        throw InputError("Output times", "the times must increase, but " + Utilities::to_string(output_times[i]) + " follows " +
                                           Utilities::to_string(output_times[i - 1]) + ".");
      if (output_times[i] > end_time)
        throw InputError("Output times", Utilities::to_string(output_times[i]) + " lies behind the end time " +
                                           Utilities::to_string(end_time) + ".");
    }
  if (output_times.empty())
    {
      if (!(output_interval > 0.))
        throw InputError("Output interval", "the interval must be larger than 0.");
      if (end_time / output_interval > 1e6)
        throw InputError("Output interval", "there would be more than a million output times; choose a longer interval.");
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
