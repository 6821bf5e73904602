#include <postprocess/plot_arguments.h>

#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/spelling.h>

#include <cmath>
#include <sstream>

namespace rhoflow
{
namespace
{
const std::vector<std::string> options{"--output",    "--times",        "--format", "--mesh",
                                       "--potential", "--no-animation", "--help",   "--version"};

std::vector<double> parse_times(const std::string &text)
{
  std::vector<double> times;
  std::istringstream  list(text);
  for (std::string item; std::getline(list, item, ',');)
    {
      double time;
      if (!parse_number(trimmed(item), time) || !std::isfinite(time))
        throw InputError(Refusal::malformed, "",
                         "--times wants numbers separated by commas, such as --times 0,5,10; '" + item + "' is none.");
      times.push_back(time);
    }
  if (times.empty())
    throw InputError(Refusal::missing, "", "--times wants numbers separated by commas, such as --times 0,5,10.");
  return times;
}
} // namespace

PlotArguments PlotArguments::parse(const std::vector<std::string> &arguments)
{
  PlotArguments result;
  for (std::size_t i = 0; i < arguments.size(); ++i)
    {
      std::string       word   = arguments[i];
      const std::size_t equal  = word.find('=');
      const bool        joined = word.rfind("--", 0) == 0 && equal != std::string::npos;
      std::string       attached;
      if (joined)
        {
          attached = word.substr(equal + 1);
          word     = word.substr(0, equal);
        }
      const auto value = [&](const char *what) {
        if (joined)
          return attached;
        if (i + 1 == arguments.size())
          throw InputError(Refusal::missing, "", word + " wants " + what + " behind it.");
        return arguments[++i];
      };
      if (word == "--help" || word == "-h")
        result.action = Action::help;
      else if (word == "--version")
        result.action = Action::version;
      else if (word == "--output")
        result.output = value("a directory");
      else if (word == "--times")
        result.times = parse_times(value("times, such as 0,5,10,"));
      else if (word == "--format")
        {
          const std::string format = value("png or svg");
          if (format != "png" && format != "svg")
            throw InputError(Refusal::unknown_name, "", "--format is png or svg, not '" + format + "'.");
          result.extension = "." + format;
        }
      else if (word == "--mesh")
        result.mesh = true;
      else if (word == "--potential")
        result.potential = true;
      else if (word == "--no-animation")
        result.animation = false;
      else if (word.rfind('-', 0) == 0)
        throw InputError(Refusal::unknown_name, "",
                         "unknown option '" + word + "'." + did_you_mean(word, options) +
                           " rhoflow-plot --help lists the options.");
      else
        result.directories.push_back(arguments[i]);
    }
  if (result.action == Action::plot && result.directories.empty())
    throw InputError(Refusal::missing, "",
                     "which run? rhoflow-plot wants the directory of a run or of a study; rhoflow-plot --help says more.");
  if (!result.output.empty() && result.directories.size() > 1)
    throw InputError(Refusal::inconsistent, "",
                     "--output goes with one directory of a run; without it each run gets its pictures into its own.");
  return result;
}

std::string PlotArguments::usage()
{
  return R"(Pictures and a report of runs and studies.

  rhoflow-plot [options] DIRECTORY [DIRECTORY ...]

DIRECTORY is what a run of rhoflow or rhoflow-study left behind, also of one that is still going on. Pictures go to
DIRECTORY/pictures, the report to DIRECTORY/report.html: one page that holds all pictures and opens without a network.

  --times T1,T2,...  output times to show; standard: the first, the last and some between
  --mesh             the edges of the cells over densities
  --potential        colours show the potential of the mean field (densities in two dimensions, surfaces in three)
  --no-animation     no frames and no video (which ffmpeg makes of them if it is there)
  --format png|svg   of charts (maps and volumes are png); standard: png
  --output DIR       pictures and report go to DIR instead
  --help, --version

Without a display (DISPLAY unset) a virtual one is started with xvfb-run. Exit status: 0 success, 2 a directory is no run or
is damaged, 3 pictures could not be made, 1 anything else.
)";
}
} // namespace rhoflow
