#include <solvers/discretization/dg/dg_fields.h>

#include <algorithm>
#include <vector>

#include <solvers/discretization/dg/coupling.h>
#include <solvers/discretization/dg/dg_mesh.h>
#include <solvers/mean_field/mean_field.h>

namespace rhoflow
{
namespace
{
/// The velocity −∇Ψ − λ θ at the Gauss points of a cell, [D][points].
std::vector<double> velocity(const DGMesh &mesh, const Coupling &coupling, std::size_t c)
{
  const DGBatches          &b        = mesh.batches();
  const VelocityTableShape &shape    = coupling.shape();
  const unsigned int        n_points = mesh.points_per_cell(), n_line = b.has_outer_weight ? b.n : 1;
  const CellKey            &key    = mesh.mesh().cells()[c];
  const double *const       table  = coupling.table() + mesh.feature_of(c) * shape.n_rows;
  const double              lambda = coupling.mean_field().weight_decay();
  std::vector<double>       points(n_points * b.dim), result(b.dim * n_points);
  mesh.nodes(key, points.data());
  for (unsigned int i = 0; i < n_points; ++i)
    for (unsigned int d = 0; d < b.dim; ++d)
      {
        const double *const theta = points.data() + i * b.dim;
        const unsigned int  node  = i / n_line;
        double              minus_gradient;
        if (b.has_outer_weight && d == 0)
          minus_gradient = -table[node];
        else
          minus_gradient = (b.has_outer_weight ? theta[0] : 1.) * mesh.mesh().extent(key, d) * table[shape.gradient(d) + node];
        result[d * n_points + i] = minus_gradient - lambda * theta[d];
      }
  return result;
}

} // namespace

DGFields::DGFields(const DGMesh &mesh, const Coupling &mean_field_coupling, const PositiveDensity &positive_density)
  : space(mesh)
  , coupling(mean_field_coupling)
  , density(positive_density)
  , points(mesh)
{}

const AdaptiveMesh &DGFields::mesh() const
{
  return space.mesh();
}

unsigned int DGFields::degree() const
{
  return space.batches().n - 1;
}

void DGFields::values(std::size_t c, const std::string &field, double *result) const
{
  const unsigned int n_points = space.points_per_cell();
  const CellKey     &key      = space.mesh().cells()[c];
  if (field == "density")
    std::copy_n(density.values().begin() + static_cast<std::ptrdiff_t>(c * n_points), n_points, result);
  else if (field == "potential")
    {
      std::vector<double> gauss(n_points);
      coupling.potential(space, c, gauss.data());
      points.from_gauss(key, gauss.data(), result);
    }
  else
    {
      const std::vector<double> speed = velocity(space, coupling, c);
      for (unsigned int d = 0; d < space.dimension(); ++d)
        points.from_gauss(key, speed.data() + d * n_points, result + d * n_points);
    }
}
} // namespace rhoflow
