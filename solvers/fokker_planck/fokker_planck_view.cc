#include <algorithm>

#include <solvers/fokker_planck/fokker_planck_view.h>
#include <solvers/fokker_planck/nodal_fields.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
FokkerPlanckView::FokkerPlanckView(const FokkerPlanckState &s, const double risk, DensityOutput &output)
  : state(s)
  , present_risk(risk)
  , pictures(output)
{
  std::vector<double> masses(state.p.size());
  for (std::size_t i = 0; i < masses.size(); ++i)
    masses[i] = state.space.weights()[i] * state.p[i];
  moments = state.potential.moments(masses);
}

std::vector<double> FokkerPlanckView::prediction() const
{
  return state.potential.mean_field().prediction(moments);
}

std::vector<double> FokkerPlanckView::map_prediction() const
{
  return state.potential.mean_field().map_prediction(moments);
}

Measure FokkerPlanckView::measure()
{
  const NodalSpace         &space = state.space;
  const LobattoLine        &line  = space.line();
  const unsigned int        dim   = space.dimension();
  const std::vector<double> local = state.fitted.values_at_nodes(state.p);
  const double              mass  = state.mass();
  Measure                   result;
  if (!space.mesh().has_counted_cells())
    return result;
  std::vector<double> ends(line.n + 1, 0.);
  for (unsigned int i = 0; i < line.n; ++i)
    ends[i + 1] = ends[i] + line.weights[i];
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    for (unsigned int i = 0; i < space.points_per_cell(); ++i)
      {
        double       w   = 1.;
        const double p   = std::max(local[space.cell(c)[i]], 0.);
        const auto  &key = space.mesh().cells()[c];
        for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= line.n)
          {
            const double h = space.mesh().extent(key, d), lower = space.mesh().position(key, d, 0);
            const auto   q = rest % line.n;
            w *= line.weights[q] * h;
            result.points.push_back(lower + .5 * h * (ends[q] + ends[q + 1]));
            result.extents.push_back(h * line.weights[q]);
          }
        result.weights.push_back(w * p / mass);
      }
  return result;
}

void FokkerPlanckView::draw(const double time)
{
  pictures.write(time, NodalFields(state));
}
} // namespace rhoflow
