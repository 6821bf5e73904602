#pragma once

#include <algorithm>
#include <string>

namespace rhoflow
{
/// Lengths of time steps of which some fail. A step that failed is repeated with half its length, at most max_halvings times.
/// Later steps are shortened by the same factor, which grows back by 2^(1/8) a step.
class StepControl
{
public:
  /// A problem that so many halvings do not mend is not one of the step.
  static constexpr unsigned int max_halvings = 8;
  /// Of the quotients that make up a length.
  static constexpr double round_off = 1e-10;

  struct Length
  {
    double length;
    bool   reaches_end; ///< the step ends at `end` itself
  };

  /// At most `length`, not beyond `end`: what is left of the time where that is within reach, and two equal steps rather than a
  /// whole one and a sliver.
  static Length up_to(const double end, const double time, const double length)
  {
    const double left = end - time;
    if (left <= length * (1. + round_off))
      return {left, true};
    return {left < 2. * length ? .5 * left : length, false};
  }

  /// The length to try where `full` is what the scheme would take.
  Length next(const double full, const double time, const double end) const { return up_to(end, time, factor * full); }

  /// After a step that was accepted.
  void recover() { factor = std::min(1., factor * recovery); }
  /// Where a step of the length `full` succeeds, or is tried next, with `length` only.
  void shorten(const double length, const double full) { factor = length / full; }

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("step factor", self.factor);
  }

private:
  /// 2^(1/8): eight steps that are accepted make up for a halving.
  static constexpr double recovery = 1.0905077326652577;

  double factor = 1.; ///< by which steps are shorter than they are asked to be
};
} // namespace rhoflow
