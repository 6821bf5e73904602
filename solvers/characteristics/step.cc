#include <solvers/base/error.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/text.h>
#include <solvers/characteristics/step.h>

#include <stdexcept>

namespace rhoflow
{
namespace
{
using State                 = std::vector<double>;
constexpr double first_step = 1e-3;
} // namespace

CharacteristicsStep::CharacteristicsStep(CharacteristicsOperator &right_hand_side, double tolerance)
  : system(right_hand_side)
  , method(tolerance, first_step, right_hand_side.communicator())
  , state(right_hand_side.start().points)
  , squares(right_hand_side.start().weights.size())
{
  state.push_back(0.);
}

void CharacteristicsStep::evaluate(const State &x, State &rate)
{
  ++evaluations;
  rate.resize(x.size());
  system.update(x.data());
  system.velocity(rate.data());
  const std::size_t n = squares.size(), dimension = (n > 0 ? (x.size() - 1) / n : 0);
  for (std::size_t i = 0; i < n; ++i)
    {
      squares[i] = 0.;
      for (std::size_t d = 0; d < dimension; ++d)
        squares[i] += rate[i * dimension + d] * rate[i * dimension + d];
    }
  rate.back() = system.integrals(squares, 1)[0];
}

void CharacteristicsStep::step(double end)
{
  if (!method.step([this](const State &x, State &rate) { evaluate(x, rate); }, state, end, 1e-13))
    throw RunError("The characteristics need time steps below 1e-13 at t = " + short_number(time()) +
                   (method.met_infinity() ? ": the velocity is not finite. Check that the landscape and its gradient are "
                                            "finite where the points are, or that the data are of a usual size." :
                                            ": the velocity has a kink or grows without bound. Loosen 'Tolerance' in section "
                                            "'Characteristics', or check that the activation is smooth."));
  ++steps;
  system.project(state.data());
}

void CharacteristicsStep::save(CheckpointWriter &checkpoint, const std::string &prefix) const
{
  const std::size_t n = squares.size(), D = (n > 0 ? (state.size() - 1) / n : 0);
  const auto        points = [&](const State &x) { return State(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n * D)); };
  checkpoint.put(prefix + "time step", std::vector<double>{time(), method.next_step(), state.back()});
  checkpoint.put(prefix + "numbers of steps", std::vector<std::uint64_t>{steps, evaluations});
  checkpoint.put_part(prefix + "points", points(state), system.first_point() * D);
  const State &derivative = method.velocity();
  checkpoint.put(prefix + "velocities are known", std::uint64_t(derivative.empty() ? 0 : 1));
  if (derivative.empty())
    return;
  checkpoint.put(prefix + "dissipation", derivative.back());
  checkpoint.put_part(prefix + "velocities", points(derivative), system.first_point() * D);
}

void CharacteristicsStep::load(const CheckpointReader &checkpoint, const std::string &prefix)
{
  const std::size_t n = squares.size(), D = checkpoint.size(prefix + "points") / system.n_global_points();
  if (system.start().points.size() != n * D)
    throw std::length_error("its points have another number of coordinates");
  const std::vector<double>        times  = checkpoint.numbers(prefix + "time step");
  const std::vector<std::uint64_t> counts = checkpoint.integers(prefix + "numbers of steps");
  steps                                   = counts.at(0);
  evaluations                             = counts.at(1);
  state                                   = checkpoint.numbers(prefix + "points", system.first_point() * D, n * D);
  state.push_back(times.at(2));
  State derivative;
  if (checkpoint.integer(prefix + "velocities are known") != 0)
    {
      derivative = checkpoint.numbers(prefix + "velocities", system.first_point() * D, n * D);
      derivative.push_back(checkpoint.number_of(prefix + "dissipation"));
    }
  method.restore(times.at(0), times.at(1), derivative);
}
} // namespace rhoflow
