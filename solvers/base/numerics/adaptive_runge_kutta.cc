#include <solvers/base/numerics/adaptive_runge_kutta.h>

#include <boost/numeric/odeint/stepper/controlled_runge_kutta.hpp>
#include <boost/numeric/odeint/stepper/runge_kutta_dopri5.hpp>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace rhoflow
{
namespace
{
namespace odeint = boost::numeric::odeint;
using Method     = odeint::runge_kutta_dopri5<AdaptiveRungeKutta::State>;
using LocalError = odeint::default_error_checker<double, Method::algebra_type, Method::operations_type>;

/// The largest error of all ranks; infinite, and `all_finite` false on all of them, if something was not finite.
class GlobalError : public LocalError
{
public:
  GlobalError(double tolerance, MPI_Comm communicator, bool &all_finite)
    : LocalError(tolerance, tolerance)
    , comm(communicator)
    , finite(all_finite)
  {}

  template <typename State, typename Error>
  double error(algebra_type &algebra, const State &x, const State &derivative, Error &difference, double step) const
  {
    double largest = LocalError::error(algebra, x, derivative, difference, step);
    if (!finite || !std::isfinite(largest))
      largest = std::numeric_limits<double>::infinity();
    largest = dealii::Utilities::MPI::max(largest, comm);
    finite  = std::isfinite(largest);
    return largest;
  }

private:
  MPI_Comm comm;
  bool    &finite;
};

bool all_finite(const AdaptiveRungeKutta::State &x)
{
  return std::all_of(x.begin(), x.end(), [](const double value) { return std::isfinite(value); });
}
} // namespace

struct AdaptiveRungeKutta::Stepper
{
  Stepper(double tolerance, MPI_Comm communicator, bool &finite)
    : method(GlobalError(tolerance, communicator, finite))
  {}
  odeint::controlled_runge_kutta<Method, GlobalError> method;
};

AdaptiveRungeKutta::AdaptiveRungeKutta(double tolerance, double first_step, MPI_Comm communicator)
  : stepper(std::make_unique<Stepper>(tolerance, communicator, finite))
  , next(first_step)
{}

AdaptiveRungeKutta::~AdaptiveRungeKutta() = default;

void AdaptiveRungeKutta::restore(double time, double next_step, State velocity)
{
  present    = time;
  next       = next_step;
  derivative = std::move(velocity);
}

bool AdaptiveRungeKutta::step(const Velocity &velocity, State &x, double end, double shortest)
{
  const auto system = [&](const State &at, State &rate, double) {
    velocity(at, rate);
    finite = finite && all_finite(at) && all_finite(rate);
  };
  while (true)
    {
      const bool   last = (present + next >= end);
      double       step = (last ? end - present : next), t = present;
      const double tried = step;
      finite             = true;
      if (derivative.empty())
        system(x, derivative, t);
      if (stepper->method.try_step(system, x, derivative, t, step) == odeint::success)
        {
          present = (last ? end : t);
          // A step that was cut at an output time says nothing against the longer one.
          next = (last ? std::max(next, step) : step);
          return true;
        }
      next = step;
      if (!(next > shortest * std::max(1., present)) || !(tried > 0.))
        return false;
    }
}
} // namespace rhoflow
