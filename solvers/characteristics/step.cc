#include <solvers/base/checkpoint.h>
#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/characteristics/step.h>

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace rhoflow
{
namespace
{
namespace odeint = boost::numeric::odeint;
using State      = std::vector<double>;
using Method     = odeint::runge_kutta_dopri5<State>;
using LocalError = odeint::default_error_checker<double, Method::algebra_type, Method::operations_type>;

/// The largest error of all ranks; infinite if a velocity was not finite, since comparisons pass over NaN.
class GlobalError : public LocalError
{
public:
  GlobalError(double tolerance, MPI_Comm communicator, const bool &all_finite)
    : LocalError(tolerance, tolerance)
    , comm(communicator)
    , finite(all_finite)
  {}

  template <typename Error>
  double error(algebra_type &algebra, const State &x, const State &derivative, Error &difference, double step) const
  {
    double largest = LocalError::error(algebra, x, derivative, difference, step);
    if (!finite || !std::isfinite(largest))
      largest = std::numeric_limits<double>::infinity();
    MPI_Allreduce(MPI_IN_PLACE, &largest, 1, MPI_DOUBLE, MPI_MAX, comm);
    return largest;
  }

private:
  MPI_Comm    comm;
  const bool &finite;
};
} // namespace

struct CharacteristicsStep::Stepper
{
  Stepper(double tolerance, MPI_Comm communicator, const bool &finite)
    : method(GlobalError(tolerance, communicator, finite))
  {}
  odeint::controlled_runge_kutta<Method, GlobalError> method;
};

CharacteristicsStep::CharacteristicsStep(CharacteristicsOperator &right_hand_side, double tolerance)
  : system(right_hand_side)
  , stepper(std::make_unique<Stepper>(tolerance, right_hand_side.communicator(), finite))
  , state(right_hand_side.start().points)
  , squares(right_hand_side.start().size())
{
  state.push_back(0.);
}

CharacteristicsStep::~CharacteristicsStep() = default;

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
  // The sum over all points is the same everywhere, and no number hides a NaN in it.
  finite = finite && std::isfinite(rate.back());
}

void CharacteristicsStep::step(double end)
{
  const auto right_hand_side = [this](const State &x, State &rate, double) { evaluate(x, rate); };
  while (true)
    {
      const bool last = (present + next_step >= end);
      double     step = (last ? end - present : next_step), t = present;
      finite = true;
      if (derivative.empty())
        evaluate(state, derivative);
      if (stepper->method.try_step(right_hand_side, state, derivative, t, step) == odeint::success)
        {
          ++steps;
          system.project(state.data());
          present = (last ? end : t);
          // A step that was cut at an output time says nothing against the longer one.
          next_step = (last ? std::max(next_step, step) : step);
          return;
        }
      next_step = step;
      if (!(next_step > 1e-13 * std::max(1., present)))
        throw RunError("The characteristics need time steps below 1e-13 at t = " + short_number(present) +
                       ": the velocity has a kink or grows without bound. Loosen 'Tolerance' in section 'Characteristics', or "
                       "check that the activation is smooth.");
    }
}

void CharacteristicsStep::save(CheckpointWriter &checkpoint) const
{
  const std::size_t n = squares.size(), D = (n > 0 ? (state.size() - 1) / n : 0);
  const auto        points = [&](const State &x) { return State(x.begin(), x.begin() + static_cast<std::ptrdiff_t>(n * D)); };
  checkpoint.put("time step", std::vector<double>{present, next_step, state.back()});
  checkpoint.put("numbers of steps", std::vector<std::uint64_t>{steps, evaluations});
  checkpoint.put_part("points", points(state), system.first_point() * D);
  checkpoint.put("velocities are known", std::uint64_t(derivative.empty() ? 0 : 1));
  if (derivative.empty())
    return;
  checkpoint.put("dissipation", derivative.back());
  checkpoint.put_part("velocities", points(derivative), system.first_point() * D);
}

void CharacteristicsStep::load(const CheckpointReader &checkpoint)
{
  const std::size_t n = squares.size(), D = checkpoint.size("points") / system.n_global_points();
  if (system.start().points.size() != n * D)
    throw std::length_error("its points have another number of coordinates");
  const std::vector<double>        times  = checkpoint.numbers("time step");
  const std::vector<std::uint64_t> counts = checkpoint.integers("numbers of steps");
  present                                 = times.at(0);
  next_step                               = times.at(1);
  steps                                   = counts.at(0);
  evaluations                             = counts.at(1);
  state                                   = checkpoint.numbers("points", system.first_point() * D, n * D);
  state.push_back(times.at(2));
  derivative.clear();
  if (checkpoint.integer("velocities are known") == 0)
    return;
  derivative = checkpoint.numbers("velocities", system.first_point() * D, n * D);
  derivative.push_back(checkpoint.number_of("dissipation"));
}
} // namespace rhoflow
