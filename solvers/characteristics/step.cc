#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/characteristics/step.h>

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <algorithm>
#include <cmath>
#include <limits>

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

void CharacteristicsStep::evaluate(const State &x, State &derivative)
{
  ++evaluations;
  derivative.resize(x.size());
  system.update(x.data());
  system.velocity(derivative.data());
  const std::size_t n = squares.size(), dimension = (n > 0 ? (x.size() - 1) / n : 0);
  for (std::size_t i = 0; i < n; ++i)
    {
      squares[i] = 0.;
      for (std::size_t d = 0; d < dimension; ++d)
        squares[i] += derivative[i * dimension + d] * derivative[i * dimension + d];
    }
  derivative.back() = system.integrals(squares, 1)[0];
  // The sum over all points is the same everywhere, and no number hides a NaN in it.
  finite = finite && std::isfinite(derivative.back());
}

void CharacteristicsStep::step(double end)
{
  const auto right_hand_side = [this](const State &x, State &derivative, double) { evaluate(x, derivative); };
  while (true)
    {
      const bool last = (present + next_step >= end);
      double     step = (last ? end - present : next_step), t = present;
      finite = true;
      if (stepper->method.try_step(right_hand_side, state, t, step) == odeint::success)
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
} // namespace rhoflow
