#pragma once

#include <vector>

#include <solvers/discretization/density_output.h>
#include <solvers/evolution/density_outputs.h>
#include <solvers/fokker_planck/fokker_planck_state.h>

namespace rhoflow
{
/// The density of the Fokker–Planck equation at an output time.
class FokkerPlanckView : public DensityView
{
public:
  /// `risk`: of the state. References live longer. Collective.
  FokkerPlanckView(const FokkerPlanckState &state, double risk, DensityOutput &pictures);

  double              risk() const override { return present_risk; }
  std::vector<double> prediction() const override;
  std::vector<double> map_prediction() const override;
  /// Masses that are spread over the boxes which the Lobatto weights give the nodes of a cell, per unit of mass.
  Measure measure() override;
  double  mass() const override { return 1.; }
  void    draw(double time) override;

private:
  const FokkerPlanckState &state;
  double                   present_risk;
  DensityOutput           &pictures;
  std::vector<double>      moments;
};
} // namespace rhoflow
