#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <vector>

namespace rhoflow
{
class AdaptiveMesh;

/// Linear advection ∂_t ρ = −∇·(ρ v) with a frozen velocity field and no flux through the boundary, by deal.II's own MatrixFree
/// on the same triangulation: collocated elements of degree k at the Gauss points, upwind flux, diagonal mass matrix. It shares
/// no line of code with rhoflow's kernels: a reference for their results, and a peer for their speed.
class MatrixFreeAdvection
{
public:
  /// v(θ): `theta` [D], `v` [D].
  using Velocity = std::function<void(const double *theta, double *v)>;

  virtual ~MatrixFreeAdvection() = default;

  /// The density, [cells][points], in the order of AdaptiveMesh::cells().
  virtual void                set_density(const std::vector<double> &values) = 0;
  virtual std::vector<double> density() const                                = 0;
  /// L(ρ) = −∇·(ρ v), in the same order. Collective.
  virtual std::vector<double> rate_of_change() = 0;
  /// `count` times ρ ← ρ + Δt L(ρ), the stage of which strong-stability-preserving Runge–Kutta methods consist. Collective.
  virtual void stages(unsigned int count, double dt) = 0;
};

/// The velocity is evaluated once, at all quadrature points of cells and faces, and kept. The mesh must not be periodic.
/// Collective.
template <int dim, int degree>
std::unique_ptr<MatrixFreeAdvection> make_matrix_free_advection(const AdaptiveMesh                  &mesh,
                                                                const MatrixFreeAdvection::Velocity &velocity);
} // namespace rhoflow
