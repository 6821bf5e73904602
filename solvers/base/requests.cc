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

Requests::Requests(std::string file)
  : stop_file(std::move(file))
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

bool Requests::has_stop_file() const
{
  std::error_code ignored;
  return !stop_file.empty() && std::filesystem::exists(stop_file, ignored);
}

void Requests::make_stop_file() const
{
  if (!stop_file.empty())
    std::ofstream(stop_file, std::ios::app);
}

void Requests::remove_stop_file() const
{
  std::error_code ignored;
  if (!stop_file.empty())
    std::filesystem::remove(stop_file, ignored);
}
} // namespace rhoflow
