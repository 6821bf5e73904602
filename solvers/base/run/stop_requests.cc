#include <solvers/base/run/stop_requests.h>

#include <cerrno>
#include <csignal>
#include <filesystem>
#include <fstream>

#include <unistd.h>

namespace rhoflow
{
namespace
{
volatile std::sig_atomic_t asked_to_write = 0, asked_to_stop = 0, interrupted = 0, has_terminal = 0;

struct Ignored
{
  bool interrupt, hang_up;
};

Ignored ignored_now()
{
  const auto is_ignored = [](const int number) {
    struct sigaction present = {};
    return sigaction(number, nullptr, &present) == 0 && present.sa_handler == SIG_IGN;
  };
  return {is_ignored(SIGINT), is_ignored(SIGHUP)};
}

// Before main(), and before the constructors of shared libraries: those of Debian 13 change what a hang-up does, and PETSc lets
// it end the program. An executable's .preinit_array comes first of all.
Ignored was_ignored;

[[gnu::section(".preinit_array"), gnu::used]] void (*const look_first)() = []() { was_ignored = ignored_now(); };

/// Calls only what may be called here.
void on_signal(int number)
{
  if (number == SIGUSR1)
    {
      asked_to_write = 1;
      return;
    }
  if (number == SIGINT && interrupted != 0)
    {
      std::signal(SIGINT, SIG_DFL);
      raise(SIGINT); // takes effect at the end of this function
      return;
    }
  asked_to_stop = number;
  if (number != SIGINT)
    return;
  interrupted = 1;
  if (has_terminal != 0)
    {
      constexpr char text[] = "\nThe state is saved after this step; Ctrl-C again ends the run at once.\n";
      const int      error  = errno;
      if (write(STDERR_FILENO, text, sizeof(text) - 1) < 0)
        has_terminal = 0;
      errno = error;
    }
}
} // namespace

void StopRequests::restore_ignored()
{
  if (was_ignored.interrupt)
    std::signal(SIGINT, SIG_IGN);
  if (was_ignored.hang_up)
    std::signal(SIGHUP, SIG_IGN);
}

StopRequests::StopRequests(std::string file, std::string file_of_session)
  : stop_file(std::move(file))
  , handed_on(std::move(file_of_session))
{
  restore_ignored();
  asked_to_write          = 0;
  asked_to_stop           = 0;
  interrupted             = 0;
  has_terminal            = isatty(STDERR_FILENO);
  struct sigaction action = {};
  action.sa_handler       = on_signal;
  action.sa_flags         = SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (const int number : {SIGTERM, SIGUSR1, SIGINT, SIGHUP})
    {
      struct sigaction present = {};
      sigaction(number, nullptr, &present);
      if ((number == SIGINT || number == SIGHUP) && present.sa_handler == SIG_IGN)
        continue;
      before.emplace_back(number, present);
      sigaction(number, &action, nullptr);
    }
}

StopRequests::~StopRequests()
{
  for (const auto &[number, action] : before)
    sigaction(number, &action, nullptr);
}

bool StopRequests::asks_for_checkpoint() const
{
  return asked_to_write != 0;
}

void StopRequests::checkpoint_is_done()
{
  asked_to_write = 0;
}

int StopRequests::end_signal() const
{
  return asked_to_stop;
}

bool StopRequests::has_file() const
{
  std::error_code ignored;
  return (!stop_file.empty() && std::filesystem::exists(stop_file, ignored)) ||
         (!handed_on.empty() && std::filesystem::exists(handed_on, ignored));
}

void StopRequests::forward() const
{
  if (!handed_on.empty())
    std::ofstream(handed_on, std::ios::app);
}

void StopRequests::remove_files() const
{
  std::error_code ignored;
  for (const std::string &file : {stop_file, handed_on})
    if (!file.empty())
      std::filesystem::remove(file, ignored);
}
} // namespace rhoflow
