#include <solvers/base/timing.h>
#include <solvers/continuity/continuity_view.h>
#include <solvers/discretization/dg/dg_fields.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
ContinuityView::ContinuityView(ContinuityState &s, DensityOutput &output)
  : solution(s)
  , pictures(output)
{}

const PositiveDensity &ContinuityView::positive()
{
  if (!density)
    {
      Timing::Scope scope(solution.timing().section("positive density"));
      density = std::make_unique<PositiveDensity>(solution.mesh(), solution.coupling(), solution.values());
    }
  return *density;
}

double ContinuityView::risk() const
{
  return solution.coupling().mean_field().risk(solution.moments());
}

std::vector<double> ContinuityView::prediction() const
{
  return solution.coupling().mean_field().prediction(solution.moments());
}

std::vector<double> ContinuityView::map_prediction() const
{
  return solution.coupling().mean_field().map_prediction(solution.moments());
}

Measure ContinuityView::measure()
{
  return positive().boxes();
}

double ContinuityView::mass() const
{
  return density->mass();
}

void ContinuityView::draw(const double time)
{
  const PositiveDensity &reconstruction = positive();
  pictures.write(time, DGFields(solution.mesh(), solution.coupling(), reconstruction));
}
} // namespace rhoflow
