#pragma once

#include <initializer_list>
#include <string>

#include <solvers/discretization/boundary_mass.h>

namespace rhoflow
{
class Observables;
class Progress;

/// What is checked of a density at every output time. Exact solutions keep their mass, never let their energy grow and stay in
/// a box that is large enough. A violation ends the run with the reason and with what to try; what is only suspicious is warned
/// of once.
class RunningChecks
{
public:
  /// For a density in a box. `more_advice`: what helps beside a larger box, such as ", give 'Mean field/Weight decay'".
  RunningChecks(const BoundaryMassParameters &box, Progress &progress, std::string more_advice = "");
  /// For points, which have no box.
  explicit RunningChecks(Progress &messages)
    : progress(messages)
  {}

  /// Throws RunError if a number is not finite. `advice`: a sentence.
  static void require_finite(std::initializer_list<double> numbers, double time, const std::string &advice);
  /// Throws RunError if the mass has changed by more than a part `tolerance`.
  static void require_mass(double mass, double first_mass, double tolerance, double time);

  /// Throws InputError if the mass is above the limit. `where`: "at t = 0".
  void refuse_small_box(double boundary_mass, const std::string &where) const;
  /// The same, and a warning.
  void check_box(double boundary_mass, const std::string &where);
  /// Warns of means that are not finite.
  void check_observables(const Observables &observables, const double *means, const std::string &where);
  /// Warns once of steps that had to be repeated, unless `failure` is empty.
  void warn_of_steps(const std::string &failure);

  /// "at t = 0.5".
  static std::string at_time(double time);

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("warned of the box", self.warned_of_box);
    visit("warned of observables", self.warned_of_observables);
    visit("warned of steps", self.warned_of_steps);
  }

private:
  BoundaryMassParameters box;
  Progress              &progress;
  std::string            advice;
  bool                   warned_of_box = false, warned_of_observables = false, warned_of_steps = false;
};
} // namespace rhoflow
