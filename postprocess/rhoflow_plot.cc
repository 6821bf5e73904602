#include <postprocess/drawing/display.h>
#include <postprocess/plot_arguments.h>
#include <postprocess/plot_run.h>

#include <solvers/base/error.h>
#include <solvers/base/run/version.h>

#include <vtkObject.h>
#include <vtkVersion.h>

#include <algorithm>
#include <cstdio>
#include <exception>
#include <string>
#include <vector>

namespace
{
using namespace rhoflow;

void say(const std::string &text)
{
  std::printf("%s\n", text.c_str());
  std::fflush(stdout);
}

bool is_readable(const std::string &directory)
{
  try
    {
      check_directory(directory);
      return true;
    }
  catch (const InputError &)
    {
      return false;
    }
}

/// The exit status: the worst of all directories, of which each is tried.
int plot(const PlotArguments &arguments, char **argv)
{
  // Only what can be drawn needs a display; and nothing is said before the program is where it stays.
  if (std::any_of(arguments.directories.begin(), arguments.directories.end(), is_readable))
    ensure_display(argv);
  int        status = 0;
  const auto failed = [&](const std::exception &error, int how) {
    std::fprintf(stderr, "%s\n", error.what());
    status = std::max(status, how);
  };
  for (const std::string &directory : arguments.directories)
    try
      {
        say("Report  " + plot_directory(directory, arguments, [](const std::string &line) { say("  " + line); }));
      }
    catch (const InputError &error)
      {
        failed(error, 2);
      }
    catch (const RunError &error)
      {
        failed(error, 3);
      }
  return status;
}
} // namespace

int main(int argc, char **argv)
{
  try
    {
      const PlotArguments arguments = PlotArguments::parse(std::vector<std::string>(argv + 1, argv + argc));
      switch (arguments.action)
        {
          case PlotArguments::Action::help:
            std::fputs(PlotArguments::usage().c_str(), stdout);
            return 0;
          case PlotArguments::Action::version:
            for (const auto &[name, version] : version_information())
              say(name + " " + version);
            say(std::string("VTK ") + vtkVersion::GetVTKVersion());
            return 0;
          case PlotArguments::Action::plot:
            break;
        }
      // What goes wrong is said by us, once, and not by each of VTK's filters.
      vtkObject::GlobalWarningDisplayOff();
      return plot(arguments, argv);
    }
  catch (const InputError &error)
    {
      std::fprintf(stderr, "%s\n", error.what());
      return 2;
    }
  catch (const RunError &error)
    {
      std::fprintf(stderr, "%s\n", error.what());
      return 3;
    }
  catch (const std::exception &error)
    {
      std::fprintf(stderr, "%s\n", error.what());
      return 1;
    }
}
