#include <solvers/base/requests.h>

#include <csignal>
#include <filesystem>
#include <fstream>

namespace rhoflow
{
namespace
{
volatile std::sig_atomic_t asked_to_write = 0, asked_to_stop = 0;

void on_signal(int number)
{
  (number == SIGTERM ? asked_to_stop : asked_to_write) = 1;
}
} // namespace

Requests::Requests(std::string file, std::string file_of_session)
  : stop_file(std::move(file))
  , handed_on(std::move(file_of_session))
{
  asked_to_write = asked_to_stop = 0;
  std::signal(SIGTERM, on_signal);
  std::signal(SIGUSR1, on_signal);
}

Requests::~Requests()
{
  std::signal(SIGTERM, SIG_DFL);
  std::signal(SIGUSR1, SIG_DFL);
}

bool Requests::asks_for_checkpoint() const
{
  return asked_to_write != 0;
}

void Requests::checkpoint_is_done()
{
  asked_to_write = 0;
}

bool Requests::asks_for_end() const
{
  return asked_to_stop != 0;
}

bool Requests::has_file() const
{
  std::error_code ignored;
  return (!stop_file.empty() && std::filesystem::exists(stop_file, ignored)) ||
         (!handed_on.empty() && std::filesystem::exists(handed_on, ignored));
}

void Requests::hand_on() const
{
  if (!handed_on.empty())
    std::ofstream(handed_on, std::ios::app);
}

void Requests::remove_files() const
{
  std::error_code ignored;
  for (const std::string &file : {stop_file, handed_on})
    if (!file.empty())
      std::filesystem::remove(file, ignored);
}
} // namespace rhoflow
