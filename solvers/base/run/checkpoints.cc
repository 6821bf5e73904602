#include <solvers/base/run/checkpoints.h>
#include <solvers/base/text.h>

#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_binding.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/premises.h>
#include <solvers/base/run/run_directory.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <filesystem>
#include <stdexcept>

namespace rhoflow
{
namespace
{
std::string slot(std::uint64_t number)
{
  return "checkpoints/" + std::string(number % 2 == 0 ? "even" : "odd");
}
} // namespace

void CheckpointParameters::bind(ParameterBinding &p)
{
  p.section("Checkpoint");
  p.add("Every n-th step", every_steps, at_least(0), "Keep the state after every n-th step; 0: not for this reason [steps].",
        may_change);
  p.add("Time interval", simulated_time, at_least(0.),
        "Keep the state whenever so much time of the run's has passed; 0: not for this reason [time].", may_change);
  p.add("Wall-clock interval", wall_clock, at_least(0.),
        "Keep the state whenever the run has worked for so long; 0: not for this reason [s].", may_change);
  p.add("At the end", at_the_end,
        "Keep the state at the end of the run, so that it can be taken further: rhoflow --resume RUN_DIR \"End time=...\".",
        may_change);
}

void CheckpointParameters::declare(dealii::ParameterHandler &prm)
{
  declare_parameters<CheckpointParameters>(prm);
}

void CheckpointParameters::parse(const dealii::ParameterHandler &prm)
{
  read_parameters(*this, prm);
}

Checkpoints::Checkpoints(const CheckpointParameters &settings, const RunDirectory &run_directory, const bool restart,
                         StopRequests *const shared_requests)
  : parameters(settings)
  , directory(run_directory)
  , own_requests(shared_requests == nullptr ? std::make_unique<StopRequests>() : nullptr)
  , requests(shared_requests == nullptr ? *own_requests : *shared_requests)
  , last_written(Clock::now())
{
  if (restart)
    {
      std::vector<std::string> complaints;
      state = CheckpointReader::newest({directory.path(slot(0)), directory.path(slot(1))}, directory.communicator(),
                                       complaints);
      std::string text;
      for (const std::string &complaint : complaints)
        text += (text.empty() ? "" : " ") + complaint;
      if (!state)
        throw InputError(
          text.empty() ? Refusal::missing : Refusal::damaged, "",
          "'" + directory.path("") + "' has no checkpoint to go on from. " +
            (text.empty() ? "The run ended before its first one (section 'Checkpoint'); start it again." : text));
      if (!text.empty())
        damaged = text + " The other one is used.";
      number    = state->number();
      last_time = state->time();
    }
}

Checkpoints::Reason Checkpoints::reason(const double time, const bool end)
{
  int        result = none;
  const auto now    = Clock::now();
  if (rank_of(directory.communicator()) == 0)
    {
      const auto passed = [](double interval, double since) { return interval > 0. && since >= interval; };
      if (passed(parameters.simulated_time, (time - last_time) * (1. + 1e-12)) ||
          passed(parameters.wall_clock, std::chrono::duration<double>(now - last_written).count()) ||
          (parameters.every_steps > 0 && steps_since >= parameters.every_steps) || (end && parameters.at_the_end))
        result = due;
      // Looking at a file system that many share is not for every step.
      if (now - last_look > std::chrono::milliseconds(200))
        {
          last_look = now;
          std::error_code ignored;
          if (std::filesystem::exists(directory.path("stop"), ignored) || requests.has_file())
            result = stop_file;
        }
    }
  // A signal may reach one rank only.
  if (requests.asks_for_checkpoint())
    result = std::max<int>(result, asked);
  if (const int signal = requests.end_signal(); signal != 0)
    result = signal == SIGINT ? interrupted : signal == SIGHUP ? hung_up : terminated;
  return static_cast<Reason>(dealii::Utilities::MPI::max(result, directory.communicator()));
}

void Checkpoints::load(const std::function<void(const CheckpointReader &)> &take) const
{
  try
    {
      take(*state);
    }
  catch (const std::logic_error &error) // also indices and lengths
    {
      throw InputError(Refusal::damaged, "",
                       "the checkpoint '" + state->file() + "' does not fit this run (" + error.what() +
                         "): another version of rhoflow wrote it, or it was damaged before its checksums were taken. "
                         "Go on with that version, or start the run again.");
    }
}

std::string Checkpoints::advice() const
{
  if (number == 0)
    return "";
  return (last_place.empty() ? " The last state" : " The state at " + last_place) + " is kept: rhoflow --resume " +
         directory.path("") + " [\"Section/Name=value\"] goes on from there.";
}

void Checkpoints::consider(const double time, const bool end, const Save &save, const std::string &place)
{
  begun = true;
  ++steps_since;
  keep_if(reason(time, end), time, end, save, place);
}

void Checkpoints::keep_if(const Reason why, const double time, const bool end, const Save &save, const std::string &place)
{
  if (why == none)
    return;
  requests.checkpoint_is_done();
  const bool stops = why >= stop_file;
  if (why == stop_file && rank_of(directory.communicator()) == 0)
    {
      std::error_code ignored;
      std::filesystem::remove(directory.path("stop"), ignored); // the run that goes on should not stop at once
    }
  const std::string file = directory.file(slot(number + 1));
  directory.file(slot(number + 1) + ".good");
  CheckpointWriter writer(directory.communicator());
  if (!premises.empty())
    writer.put(Premises::section, premises);
  save(writer);
  try
    {
      // After a loss of power the run goes on from this state: what it had written before must be there, too.
      if (!directory.make_durable())
        throw RunError("cannot make the results in '" + directory.path("") +
                       "' durable: is the disk full? No state is kept, and the one before it is still valid.");
      writer.write(file, time, number + 1);
      ++number;
      last_place = place.empty() ? "t = " + short_number(time, 6) : place;
    }
  catch (const RunError &error)
    {
      if (stops)
        throw;
      if (progress != nullptr)
        progress->warning(error.what());
    }
  steps_since                  = 0;
  last_time                    = time;
  last_written                 = Clock::now();
  const char *const on_request = why == terminated  ? " on SIGTERM" :
                                 why == hung_up     ? " on SIGHUP, as the terminal is gone" :
                                 why == interrupted ? " on SIGINT (Ctrl-C)" :
                                                      " since there was a file 'stop'";
  if (stops && !end)
    throw StoppedOnRequest("Stopped at " + last_place + on_request + "; the state is kept. Go on with: rhoflow --resume " +
                           directory.path(""));
}
} // namespace rhoflow
