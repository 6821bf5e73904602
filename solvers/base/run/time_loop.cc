#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/base/text.h>

#include <stdexcept>

namespace rhoflow
{
namespace
{
const char *const last_output_section = "last output";

enum class Occasion
{
  step,  ///< after a step or an output
  pause, ///< before an output, in the work for it
  end
};

/// The state at evolution.time(), of whose output times those up to `last_output` are written.
void keep(Checkpoints *checkpoints, const Evolution &evolution, double last_output, Occasion moment)
{
  if (checkpoints == nullptr)
    return;
  const auto save = [&](CheckpointWriter &checkpoint) {
    checkpoint.put(last_output_section, last_output);
    evolution.save(checkpoint);
  };
  if (moment == Occasion::pause)
    checkpoints->consider_in_pause(evolution.time(), save);
  else
    checkpoints->consider(evolution.time(), moment == Occasion::end, save);
}
} // namespace

void run_time_loop(Evolution &evolution, const std::vector<double> &output_times, Progress &progress, Checkpoints *checkpoints)
{
  if (output_times.empty() || evolution.time() != output_times.front())
    throw std::logic_error("the first output time must be the present time of the evolution");

  const double start       = output_times.front();
  const double end         = output_times.back();
  double       last_output = start;
  if (checkpoints != nullptr && checkpoints->restart() != nullptr)
    {
      checkpoints->load([&](const CheckpointReader &state) {
        evolution.load(state);
        last_output = state.number_of(last_output_section);
        if (evolution.time() != state.time())
          throw std::logic_error("its times contradict each other");
      });
      progress.line("Going on at t = " + short_number(evolution.time(), 6) + " from " + checkpoints->restart()->file());
    }
  else
    evolution.output();
  for (std::size_t i = 1; i < output_times.size(); ++i)
    {
      // Skip output times that the checkpointed run already wrote.
      if (output_times[i] <= last_output || output_times[i] < evolution.time())
        continue;
      while (evolution.time() < output_times[i])
        {
          const double before = evolution.time();
          evolution.step(output_times[i]);
          if (!(evolution.time() > before))
            throw RunError("the time step at t = " + short_number(before) +
                           " became too small to advance the time: the solution has probably diverged.");
          auto values = evolution.progress();
          values.insert(values.begin(), {"t", short_number(evolution.time())});
          progress.update((evolution.time() - start) / (end - start), values);
          if (evolution.time() < output_times[i])
            keep(checkpoints, evolution, last_output, Occasion::step);
        }
      if (evolution.time() != output_times[i])
        throw std::logic_error("a step went beyond the output time");
      while (!evolution.prepare_output())
        keep(checkpoints, evolution, last_output, Occasion::pause);
      evolution.output();
      last_output = output_times[i];
      keep(checkpoints, evolution, last_output, i + 1 == output_times.size() ? Occasion::end : Occasion::step);
    }
}
} // namespace rhoflow
