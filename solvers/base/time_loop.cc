#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/time_loop.h>

#include <stdexcept>

namespace rhoflow
{
void run_time_loop(Evolution &evolution, const std::vector<double> &output_times, Progress &progress)
{
  if (output_times.empty() || evolution.time() != output_times.front())
    throw std::logic_error("the first output time must be the present time of the evolution");

  const double start = output_times.front();
  const double end   = output_times.back();
  evolution.output();
  for (std::size_t i = 1; i < output_times.size(); ++i)
    {
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
        }
      if (evolution.time() != output_times[i])
        throw std::logic_error("a step went beyond the output time");
      evolution.output();
    }
}
} // namespace rhoflow
