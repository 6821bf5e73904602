#include <solvers/discretization/dg/curvature_tables.h>
#include <solvers/mean_field/mean_field.h>

#include <utility>

namespace rhoflow
{
CurvatureTables::CurvatureTables(const MeanField &mean_field)
  : field(&mean_field)
{}

void CurvatureTables::tabulate(Table &table) const
{
  const unsigned int  n_omega = field->n_feature_parameters(), n_pairs = n_omega * (n_omega + 1) / 2, n = field->n_modes();
  std::vector<double> values(points * n), gradients(points * n_omega * n), hessians(points * n_pairs * n);
  field->modes_to_second_order(points, table.omega.data(), values.data(), gradients.data(), hessians.data());
  table.modes.assign(static_cast<std::size_t>(rows) * n, 0.);
  for (std::size_t j = 0; j < n; ++j)
    {
      double *const column = table.modes.data() + j * rows;
      for (std::size_t i = 0; i < points; ++i)
        {
          column[i] = values[i * n + j];
          for (std::size_t c = 0; c < n_omega; ++c)
            column[(1 + c) * points + i] = gradients[(i * n_omega + c) * n + j];
          for (std::size_t pair = 0; pair < n_pairs; ++pair)
            column[(1 + n_omega + pair) * points + i] = hessians[(i * n_pairs + pair) * n + j];
        }
    }
}

void CurvatureTables::rebuild(const DGMesh &mesh, const Coupling &coupling)
{
  const std::vector<CellKey> &features = mesh.feature_cells();
  const unsigned int          n_omega  = field->n_feature_parameters();
  decltype(known)             now_known;
  tables.assign(features.size(), nullptr);
  for (std::size_t f = 0; f < features.size(); ++f)
    if (coupling.modes(f) != nullptr)
      {
        Table     &table = now_known[features[f]];
        const auto old   = known.find(features[f]);
        if (old != known.end())
          table = std::move(old->second);
        else
          {
            table.omega = coupling.points(mesh, features[f]);
            points      = static_cast<unsigned int>(table.omega.size() / n_omega);
            rows        = ((1 + n_omega + n_omega * (n_omega + 1) / 2) * points + 7) / 8 * 8;
            tabulate(table);
          }
      }
  known.swap(now_known);
  for (std::size_t f = 0; f < features.size(); ++f)
    if (const auto entry = known.find(features[f]); entry != known.end() && coupling.modes(f) != nullptr)
      tables[f] = &entry->second;
}

void CurvatureTables::evaluate(const std::size_t feature, const std::vector<double> &e, double *result) const
{
  const ModeTable view{rows, field->n_modes(), 0, const_cast<double *>(tables[feature]->modes.data()), nullptr};
  evaluate_potential(view, e, 0, rows / 8, result);
}
} // namespace rhoflow
