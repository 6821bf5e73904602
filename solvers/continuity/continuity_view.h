#pragma once

#include <memory>

#include <solvers/continuity/continuity_state.h>
#include <solvers/discretization/density_output.h>
#include <solvers/discretization/dg/positive_density.h>
#include <solvers/evolution/density_outputs.h>

namespace rhoflow
{
/// The density of the continuity equation at an output time; the operator's potential must be up to date. What is written,
/// drawn and compared is its positive reconstruction, whose mass and moments are those of the evolved density.
class ContinuityView : public DensityView
{
public:
  /// References live longer.
  ContinuityView(ContinuityState &solution, DensityOutput &pictures);

  double              risk() const override;
  std::vector<double> prediction() const override;
  std::vector<double> map_prediction() const override;
  Measure             measure() override;
  double              mass() const override;
  void                draw(double time) override;

  /// The largest deviation of a moment of the reconstruction, relative to its scale; 0 if it was not made.
  double deviation() const { return density ? density->deviation() : 0.; }

private:
  /// Made when it is first asked for. Collective.
  const PositiveDensity &positive();

  ContinuityState                 &solution;
  DensityOutput                   &pictures;
  std::unique_ptr<PositiveDensity> density;
};
} // namespace rhoflow
