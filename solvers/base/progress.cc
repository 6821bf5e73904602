#include <solvers/base/progress.h>
#include <solvers/base/text.h>
#include <solvers/base/utf8.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>

#include <unistd.h>

namespace rhoflow
{
namespace
{
/// Is a person looking? mpirun gives its processes a pseudo-terminal even when its own output goes to a file: then what
/// counts is where the parent process writes.
bool writes_to_terminal()
{
  if (!isatty(STDOUT_FILENO))
    return false;
  if (std::getenv("OMPI_COMM_WORLD_RANK") == nullptr && std::getenv("PMI_RANK") == nullptr)
    return true;
  char              target[256];
  const std::string link   = "/proc/" + std::to_string(getppid()) + "/fd/1";
  const ssize_t     length = readlink(link.c_str(), target, sizeof(target) - 1);
  if (length <= 0)
    return false;
  target[length] = '\0';
  const std::string output(target);
  return output.rfind("/dev/pts/", 0) == 0 || output.rfind("/dev/tty", 0) == 0;
}
} // namespace

Progress::Progress(const bool speak, const bool to_terminal)
  : speaks(speak)
  , prints(speak && to_terminal)
  , terminal(prints && writes_to_terminal())
  , start(Clock::now())
  , last(start)
{}

void Progress::record_to(const std::string &path, const bool append)
{
  if (!speaks)
    return;
  if (!append)
    std::ofstream(path, std::ios::trunc);
  // Another rank may add its message before it ends the job.
  log.open(path, std::ios::app);
  log << before_log << std::flush;
  before_log.clear();
}

void Progress::note(const std::string &text)
{
  if (log.is_open())
    log << text << std::endl;
  else
    before_log += text + '\n';
}

void Progress::clear_line()
{
  if (line_open)
    std::fputs("\r\033[K", stdout);
  line_open = false;
}

void Progress::heading(const std::string &text)
{
  line(text);
  if (speaks)
    line(std::string(text_width(text), '='));
}

void Progress::line(const std::string &text)
{
  if (!speaks)
    return;
  if (prints)
    {
      clear_line();
      std::printf("%s\n", text.c_str());
      std::fflush(stdout);
    }
  note(text);
}

void Progress::warning(const std::string &text)
{
  if (!speaks)
    return;
  if (prints)
    {
      clear_line();
      std::fflush(stdout);
      std::fprintf(stderr, "Warning: %s\n", text.c_str());
    }
  note("Warning: " + text);
}

void Progress::update(const double fraction, const std::vector<std::pair<std::string, std::string>> &values)
{
  if (!prints)
    return;
  const auto   now  = Clock::now();
  const double wait = terminal ? 0.5 : 5.;
  if (std::chrono::duration<double>(now - last).count() < wait)
    return;
  last = now;

  char percent[16];
  std::snprintf(percent, sizeof(percent), "%3.0f %%", 100. * std::clamp(fraction, 0., 1.));
  std::string text = percent;
  for (const auto &[name, value] : values)
    text += "  " + name + " = " + value;
  const double elapsed = std::chrono::duration<double>(now - start).count();
  if (fraction > 0. && fraction < 1.)
    text += "  " + duration(elapsed * (1. - fraction) / fraction) + " left";

  clear_line();
  std::printf(terminal ? "%s" : "%s\n", text.c_str());
  std::fflush(stdout);
  line_open = terminal;
}

void Progress::report(const std::string &title, const std::vector<std::pair<std::string, std::string>> &rows)
{
  if (!speaks)
    return;
  std::size_t widest = 0;
  for (const auto &row : rows)
    widest = std::max(widest, text_width(row.first));
  line("");
  heading(title);
  for (const auto &[name, value] : rows)
    line(name + std::string(widest - text_width(name) + 2, ' ') + value);
}
} // namespace rhoflow
