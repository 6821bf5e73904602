#pragma once

#include <deal.II/base/quadrature_lib.h>
#include <deal.II/distributed/tria.h>
#include <deal.II/dofs/dof_handler.h>
#include <deal.II/fe/fe_dgq.h>
#include <deal.II/fe/mapping_q1.h>
#include <deal.II/lac/affine_constraints.h>
#include <deal.II/lac/la_parallel_vector.h>
#include <deal.II/matrix_free/fe_evaluation.h>
#include <deal.II/matrix_free/matrix_free.h>

#include <cmath>
#include <unordered_map>
#include <utility>

#include <benchmarks/peer/matrix_free_advection.h>
#include <meshes/adaptive_mesh.h>

namespace rhoflow
{
template <int dim, int degree>
class MatrixFreeAdvectionOfDegree : public MatrixFreeAdvection
{
  using DensityVector = dealii::LinearAlgebra::distributed::Vector<double>;
  using Lanes         = dealii::VectorizedArray<double>;
  using CellValues    = dealii::FEEvaluation<dim, degree, degree + 1, 1, double>;
  using FaceValues    = dealii::FEFaceEvaluation<dim, degree, degree + 1, 1, double>;
  using Range         = std::pair<unsigned int, unsigned int>;
  using Data          = dealii::MatrixFree<dim, double>;

public:
  MatrixFreeAdvectionOfDegree(const AdaptiveMesh &adaptive_mesh, const Velocity &velocity)
    : mesh(adaptive_mesh)
    , element(dealii::QGauss<1>(degree + 1))
    , dof_handler(mesh.triangulation<dim>())
  {
    dof_handler.distribute_dofs(element);
    typename Data::AdditionalData options;
    options.tasks_parallel_scheme = Data::AdditionalData::none;
    options.mapping_update_flags  = dealii::update_gradients | dealii::update_JxW_values | dealii::update_quadrature_points;
    options.mapping_update_flags_inner_faces = dealii::update_JxW_values | dealii::update_normal_vectors |
                                               dealii::update_quadrature_points;
    options.mapping_update_flags_boundary_faces = options.mapping_update_flags_inner_faces;
    data.reinit(dealii::MappingQ1<dim>(), dof_handler, dealii::AffineConstraints<double>(), dealii::QGauss<1>(degree + 1),
                options);
    for (DensityVector *vector : {&rho, &result, &inverse_mass})
      data.initialize_dof_vector(*vector);
    store_velocity(velocity);
    store_inverse_mass();
    store_order();
  }

  void set_density(const std::vector<double> &values) override
  {
    for (std::size_t i = 0; i < values.size(); ++i)
      rho.local_element(position[i]) = values[i];
  }

  std::vector<double> density() const override { return in_order(rho); }

  std::vector<double> rate_of_change() override
  {
    apply();
    result.scale(inverse_mass);
    return in_order(result);
  }

  void stages(unsigned int count, double dt) override
  {
    const unsigned int n = rho.locally_owned_size();
    for (unsigned int s = 0; s < count; ++s)
      {
        apply();
        double *const       u = rho.begin();
        const double *const l = result.begin();
        const double *const m = inverse_mass.begin();
        DEAL_II_OPENMP_SIMD_PRAGMA
        for (unsigned int i = 0; i < n; ++i)
          u[i] += dt * (m[i] * l[i]);
      }
  }

private:
  /// result ← ∫ ∇φ · v ρ − ∫_faces [φ] F.
  void apply()
  {
    data.loop(&MatrixFreeAdvectionOfDegree::cells, &MatrixFreeAdvectionOfDegree::faces,
              &MatrixFreeAdvectionOfDegree::boundary_faces, this, result, rho, true, Data::DataAccessOnFaces::values,
              Data::DataAccessOnFaces::values);
  }

  void cells(const Data &, DensityVector &dst, const DensityVector &src, const Range &range) const
  {
    CellValues u(data);
    for (unsigned int cell = range.first; cell < range.second; ++cell)
      {
        u.reinit(cell);
        u.gather_evaluate(src, dealii::EvaluationFlags::values);
        const dealii::Tensor<1, dim, Lanes> *const v = cell_velocity.data() + cell * u.n_q_points;
        for (unsigned int q = 0; q < u.n_q_points; ++q)
          u.submit_gradient(v[q] * u.get_value(q), q);
        u.integrate_scatter(dealii::EvaluationFlags::gradients, dst);
      }
  }

  void faces(const Data &, DensityVector &dst, const DensityVector &src, const Range &range) const
  {
    FaceValues inner(data, true), outer(data, false);
    for (unsigned int face = range.first; face < range.second; ++face)
      {
        inner.reinit(face);
        outer.reinit(face);
        inner.gather_evaluate(src, dealii::EvaluationFlags::values);
        outer.gather_evaluate(src, dealii::EvaluationFlags::values);
        const Lanes *const v = face_velocity.data() + face * inner.n_q_points;
        for (unsigned int q = 0; q < inner.n_q_points; ++q)
          {
            const Lanes a = inner.get_value(q), b = outer.get_value(q);
            // v⁺ a + v⁻ b.
            const Lanes flux = 0.5 * (v[q] * (a + b) + std::abs(v[q]) * (a - b));
            inner.submit_value(-flux, q);
            outer.submit_value(flux, q);
          }
        inner.integrate_scatter(dealii::EvaluationFlags::values, dst);
        outer.integrate_scatter(dealii::EvaluationFlags::values, dst);
      }
  }

  void boundary_faces(const Data &, DensityVector &, const DensityVector &, const Range &) const {} // nothing flows

  void store_velocity(const Velocity &velocity)
  {
    const auto at = [&](const dealii::Point<dim, Lanes> &points) {
      dealii::Tensor<1, dim, Lanes> result_v;
      for (unsigned int lane = 0; lane < Lanes::size(); ++lane)
        {
          double theta[dim], v[dim];
          for (unsigned int d = 0; d < dim; ++d)
            theta[d] = points[d][lane];
          velocity(theta, v);
          for (unsigned int d = 0; d < dim; ++d)
            result_v[d][lane] = v[d];
        }
      return result_v;
    };
    CellValues cell_values(data);
    for (unsigned int cell = 0; cell < data.n_cell_batches(); ++cell)
      {
        cell_values.reinit(cell);
        for (unsigned int q = 0; q < cell_values.n_q_points; ++q)
          cell_velocity.push_back(at(cell_values.quadrature_point(q)));
      }
    FaceValues face_values(data, true);
    for (unsigned int face = 0; face < data.n_inner_face_batches(); ++face)
      {
        face_values.reinit(face);
        for (unsigned int q = 0; q < face_values.n_q_points; ++q)
          face_velocity.push_back(at(face_values.quadrature_point(q)) * face_values.get_normal_vector(q));
      }
  }

  void store_inverse_mass()
  {
    CellValues u(data);
    for (unsigned int cell = 0; cell < data.n_cell_batches(); ++cell)
      {
        u.reinit(cell);
        for (unsigned int q = 0; q < u.n_q_points; ++q)
          u.submit_value(Lanes(1.), q);
        u.integrate_scatter(dealii::EvaluationFlags::values, inverse_mass);
      }
    for (unsigned int i = 0; i < inverse_mass.locally_owned_size(); ++i)
      inverse_mass.local_element(i) = 1. / inverse_mass.local_element(i);
  }

  /// Where the unknowns of AdaptiveMesh::cells() are in the vectors of MatrixFree.
  void store_order()
  {
    const Domain                                         &box = mesh.domain();
    std::unordered_map<CellKey, std::size_t, CellKeyHash> index;
    for (std::size_t c = 0; c < mesh.cells().size(); ++c)
      index.emplace(mesh.cells()[c], c);
    const unsigned int                           n_points = element.n_dofs_per_cell();
    std::vector<dealii::types::global_dof_index> dofs(n_points);
    position.resize(mesh.cells().size() * n_points);
    for (const auto &cell : dof_handler.active_cell_iterators())
      if (cell->is_locally_owned())
        {
          CellKey key;
          key.level = static_cast<std::uint32_t>(cell->level());
          for (unsigned int d = 0; d < dim; ++d)
            key.index[d] = static_cast<std::uint32_t>((cell->center()[d] - box.lower[d]) / (box.upper[d] - box.lower[d]) *
                                                      std::ldexp(box.subdivisions[d], cell->level()));
          const std::size_t c = index.at(key);
          cell->get_dof_indices(dofs);
          for (unsigned int i = 0; i < n_points; ++i)
            position[c * n_points + i] = rho.get_partitioner()->global_to_local(dofs[i]);
        }
  }

  std::vector<double> in_order(const DensityVector &vector) const
  {
    std::vector<double> values(position.size());
    for (std::size_t i = 0; i < values.size(); ++i)
      values[i] = vector.local_element(position[i]);
    return values;
  }

  const AdaptiveMesh                                  &mesh;
  const dealii::FE_DGQArbitraryNodes<dim>              element;
  dealii::DoFHandler<dim>                              dof_handler;
  Data                                                 data;
  DensityVector                                        rho, result, inverse_mass;
  dealii::AlignedVector<dealii::Tensor<1, dim, Lanes>> cell_velocity;
  dealii::AlignedVector<Lanes>                         face_velocity; ///< along the normal of the inner cell
  std::vector<unsigned int>                            position;
};

template <int dim, int degree>
std::unique_ptr<MatrixFreeAdvection> make_matrix_free_advection(const AdaptiveMesh                  &mesh,
                                                                const MatrixFreeAdvection::Velocity &velocity)
{
  return std::make_unique<MatrixFreeAdvectionOfDegree<dim, degree>>(mesh, velocity);
}
} // namespace rhoflow
