#include <solvers/fokker_planck/nodal_fields.h>

#include <algorithm>

namespace rhoflow
{
NodalFields::NodalFields(const FokkerPlanckState &fokker_planck_state)
  : state(fokker_planck_state)
  , density(state.fitted.values_at_nodes(state.p))
  , potential(state.potential.potential(state.e))
{}

void NodalFields::values(std::size_t c, const std::string &field, double *result) const
{
  const NodalSpace   &space = state.space;
  const LobattoLine  &line  = space.line();
  const unsigned int  n = line.n, n_points = space.points_per_cell(), dim = space.dimension();
  const bool          gradient = field == "velocity";
  std::vector<double> values(n_points), next(n_points);
  for (unsigned int component = 0; component < (gradient ? dim : 1); ++component)
    {
      const std::vector<double> &source = field == "density" ? density : potential;
      for (unsigned int i = 0; i < n_points; ++i)
        values[i] = source[space.cell(c)[i]];
      for (unsigned int d = 0, stride = 1; d < dim; ++d, stride *= n)
        {
          const bool   differentiate = gradient && d == component;
          const double extent        = space.mesh().extent(space.mesh().cells()[c], d);
          for (unsigned int i = 0; i < n_points; ++i)
            {
              const unsigned int q   = i / stride % n;
              double             sum = 0.;
              for (unsigned int j = 0; j < n; ++j)
                sum += (differentiate ? -line.derivative(j, static_cast<double>(q) / (n - 1)) / extent :
                                        line.equidistant[q][j]) *
                       values[i + j * stride - q * stride];
              next[i] = sum;
            }
          values.swap(next);
        }
      if (field == "density")
        for (double &value : values)
          value = std::max(value, 0.);
      std::copy(values.begin(), values.end(), result + component * n_points);
    }
}
} // namespace rhoflow
