#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/continuity/density_path.h>
#include <solvers/evolution/step_control.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <vector>

namespace rhoflow
{
namespace
{
constexpr double infinity = std::numeric_limits<double>::infinity();

/// Relative error of the squares in moment space, which enter the drift times α/4.
constexpr double squares_tolerance = 1e-8;
} // namespace

SquareModes squares_of(const ContinuityInputs &inputs)
{
  const auto first = static_cast<std::ptrdiff_t>(inputs.problem->has_outer_weight() ? 1 : 0);
  const auto of    = [first](const auto &corner) { return std::vector<double>(corner.begin() + first, corner.end()); };
  return SquareModes(*inputs.problem, of(inputs.domain.lower), of(inputs.domain.upper),
                     inputs.parameters.tolerance == 0. ? 0. : squares_tolerance);
}

DensityPath::DensityPath(const ContinuityInputs &given, const SgdField &sgd, const SquareModes &squares,
                         const MPI_Comm communicator)
  : inputs(given)
  , density(given, DensityOnMesh::given(given), communicator)
  , transport(*given.mean_field, sgd, squares)
  , of_drift(given.scheme, given.scheme.time_stepping)
  , of_noise(given.scheme, given.scheme.time_stepping == "SSP(10,4)" ? "SSP(4,3)" : given.scheme.time_stepping)
{}

DensityPath::Method::Method(const ContinuityParameters &scheme, const std::string &name)
  : runge_kutta(RungeKutta::from_name(name))
  , limit(runge_kutta.stability_limit[scheme.degree - 1])
{
  if (scheme.limit)
    limit = std::min(limit, runge_kutta.positivity_limit(scheme.degree));
}

void DensityPath::start()
{
  density.start();
  drift_rate = density.solution().max_rate();
}

void DensityPath::flow(const Method &method, const double length, const double longest, double &rate)
{
  ContinuityState &state = density.solution();
  state.step_by(method.runge_kutta);
  double       done     = 0.;
  double       shorter  = 1.;
  unsigned int halvings = 0;
  bool         again    = false;
  while (done < length)
    {
      if (!again && density.adapt(steps))
        rate = state.max_rate();
      const double rest    = length - done;
      const double most    = shorter * std::min(longest, rate > 0. ? inputs.scheme.cfl * method.limit / rate : rest);
      const double n       = std::max(1., std::ceil(rest / most * (1. - StepControl::round_off)));
      const double dt      = rest / n;
      std::string  problem = "was beyond the stability limit, since the velocity grew";
      bool         stable = false, finite = true;
      if (!(done + dt > done))
        throw RunError("the velocities at t = " + short_number(time()) + " leave only steps of length " + short_number(dt, 2) +
                       ": the density on this path has probably diverged. Choose a smaller 'Common noise/Step size'.");
      try
        {
          stable = state.step(dt, method.limit * (1. + StepControl::round_off));
          // The next step begins with them: it throws here, or there.
          if (stable)
            state.moments();
        }
      catch (const RunError &)
        {
          finite  = false;
          problem = "let the moments of the density become infinite or grow a thousandfold";
        }
      if (stable && finite)
        {
          ++steps;
          rate  = state.max_rate();
          done  = n == 1. ? length : done + dt;
          again = false;
          continue;
        }
      again = true;
      state.undo();
      ++repeated;
      last_failure = "a step of length " + short_number(dt, 2) + " on a path at t = " + short_number(time()) + " " + problem;
      if (finite)
        rate = state.max_rate();
      else if (halvings++ == StepControl::max_halvings)
        throw RunError(last_failure + ", and so did shorter ones. Choose a smaller 'Common noise/Step size', a larger box or a "
                                      "finer mesh.");
      else
        shorter *= .5;
    }
}

void DensityPath::step(const double interval, const NoiseIncrement &increment, const double end)
{
  ContinuityState &state = density.solution();
  transport.follow_drift();
  state.move_with(&transport);
  flow(of_drift, pending + .5 * interval, inputs.scheme.maximum_time_step, drift_rate);
  pending = 0.;
  transport.follow_noise(increment);
  state.move_with(&transport);
  double rate = 0.;
  flow(of_noise, 1., infinity, rate);
  pending = .5 * interval;
  density.set_time(end);
}

void DensityPath::finish()
{
  ContinuityState &state = density.solution();
  if (pending > 0.)
    {
      transport.follow_drift();
      state.move_with(&transport);
      flow(of_drift, pending, inputs.scheme.maximum_time_step, drift_rate);
      pending = 0.;
    }
  transport.follow_gradient();
  state.move_with(&transport);
}

void DensityPath::save_cells(CheckpointWriter &checkpoint, const std::string &prefix, const DensityPath *const path)
{
  DensityOnMesh::save_cells(checkpoint, prefix, path != nullptr ? &path->density : nullptr);
}

void DensityPath::load_cells(const CheckpointReader &checkpoint, const std::string &prefix, const Domain &box,
                             DensityPath *const path)
{
  DensityOnMesh::load_cells(checkpoint, prefix, box, path != nullptr ? &path->density : nullptr);
}

std::vector<double> DensityPath::numbers() const
{
  std::vector<double> result = density.numbers();
  result.insert(result.end(), {pending, drift_rate, static_cast<double>(steps), static_cast<double>(repeated)});
  return result;
}

void DensityPath::set_numbers(const double *const numbers)
{
  density.set_numbers(numbers);
  pending    = numbers[4];
  drift_rate = numbers[5];
  steps      = static_cast<std::uint64_t>(numbers[6]);
  repeated   = static_cast<std::uint64_t>(numbers[7]);
}
} // namespace rhoflow
