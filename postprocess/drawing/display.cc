#include <postprocess/drawing/display.h>

#include <postprocess/drawing/external_program.h>

#include <solvers/base/error.h>

#include <X11/Xlib.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <unistd.h>

namespace rhoflow
{
namespace
{
/// Tells the second start that it is the second: a server that xvfb-run started and that does not answer is no reason for a
/// third.
const char *const mark = "RHOFLOW_PLOT_VIRTUAL_DISPLAY";

/// Keeps the connection until the program ends: a virtual server starts afresh when its last client leaves, and VTK, which
/// connects anew for each picture, is turned away meanwhile and aborts.
bool display_answers()
{
  static std::unique_ptr<Display, int (*)(Display *)> connection(nullptr, &XCloseDisplay);
  const char *const                                   name = std::getenv("DISPLAY");
  if (!connection && name != nullptr && *name != '\0')
    connection.reset(XOpenDisplay(nullptr));
  return connection != nullptr;
}
} // namespace

void ensure_display(char **argv)
{
  if (display_answers())
    return;
  if (std::getenv(mark) != nullptr)
    throw RunError("the virtual display that xvfb-run started does not answer; try  xvfb-run -a glxinfo  to see why.");
  for (const char *const program : {"xvfb-run", "xauth"})
    if (find_program(program).empty())
      throw RunError(
        std::string("pictures need an X display, and there is none (DISPLAY is not set or does not answer). Install ") +
        program + " (Debian: apt-get install xvfb xauth) for a virtual one, which is then used by itself.");

  setenv(mark, "1", 1);
  // Whatever /proc holds is this program even if it was found through PATH or a relative name.
  std::error_code          error;
  const std::string        self = std::filesystem::read_symlink("/proc/self/exe", error).string();
  std::vector<std::string> words{"xvfb-run", "-a", "-s", "-screen 0 1280x1024x24 -nolisten tcp -noreset",
                                 error ? argv[0] : self};
  std::vector<char *>      command;
  for (std::string &word : words)
    command.push_back(word.data());
  for (char **argument = argv + 1; *argument != nullptr; ++argument)
    command.push_back(*argument);
  command.push_back(nullptr);
  execvp(command[0], command.data());
  throw RunError(std::string("cannot start xvfb-run: ") + std::strerror(errno));
}
} // namespace rhoflow
