#include <solvers/continuity/sgd_transport.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <cstddef>
#include <utility>

namespace rhoflow
{
namespace
{
/// The position of the pair (c, d) among those with c ≤ d, those of c = 0 first.
std::size_t pair_of(std::size_t n, std::size_t c, std::size_t d)
{
  if (c > d)
    std::swap(c, d);
  return c * n - c * (c + 1) / 2 + d;
}
} // namespace

SgdTransport::SgdTransport(const MeanField &field, const SgdField &sgd_field, const SquareModes &square_modes)
  : mean_field(field)
  , sgd(sgd_field)
  , squares(square_modes)
  , has_outer_weight(field.learning_problem().has_outer_weight())
  , values(field, {square_modes.n_modes(), square_modes.n_modes(), 0,
                   [&square_modes](unsigned int n, const double *omega, double *phi, double *gradients) {
                     square_modes.values(n, omega, phi, gradients);
                   }})
  , slopes(field, {square_modes.n_modes(), square_modes.n_modes(), 2,
                   [&square_modes](unsigned int n, const double *omega, double *gamma, double *gradients) {
                     square_modes.slopes(n, omega, gamma, gradients);
                   }})
  , curvature(field)
{}

double SgdTransport::confinement() const
{
  switch (kind)
    {
      case Kind::gradient:
        return sgd.weight_decay();
      case Kind::drift:
        return sgd.weight_decay() * (1. + .5 * sgd.step_size() * decay());
      default:
        return 0.;
    }
}

void SgdTransport::rebuild(const DGMesh &mesh, const Coupling &coupling)
{
  slopes.rebuild(mesh);
  if (has_outer_weight)
    {
      values.rebuild(mesh);
      const std::size_t n = mesh.batches().n_batches * 8 * coupling.shape().n_nodes;
      constant_columns.assign(n, 0.);
      square_columns.assign(n, 0.);
    }
  if (needs_curvature())
    {
      curvature.rebuild(mesh, coupling);
      derivatives.assign(mesh.feature_cells().size() * curvature.n_rows(), 0.);
    }
}

void SgdTransport::update(const DGMesh &mesh, Coupling &coupling, const std::vector<double> &moments, const double *u)
{
  switch (kind)
    {
      case Kind::gradient:
        coupling.update(mesh, mean_field.residual(moments));
        break;
      case Kind::drift:
        drift(mesh, coupling, moments, u);
        break;
      case Kind::noise:
        coupling.update(mesh, mean_field.in_modes(sgd.noise(sgd.residuals(mean_field.prediction(moments)), *increment)));
        break;
    }
}

void SgdTransport::drift(const DGMesh &mesh, Coupling &coupling, const std::vector<double> &moments, const double *u)
{
  const std::vector<double> r = sgd.residuals(mean_field.prediction(moments));
  if (has_outer_weight)
    compute_power_columns(mesh.batches(), u, constant_columns.data(), square_columns.data());
  std::vector<double> of_squares = slopes.moments(mesh, u, square_columns.data());
  if (has_outer_weight)
    {
      const std::vector<double> of_values = values.moments(mesh, u, constant_columns.data());
      for (std::size_t j = 0; j < of_squares.size(); ++j)
        of_squares[j] += of_values[j];
    }
  const std::vector<double> S = needs_curvature() ? slopes_along(mesh, coupling, mean_field.residual(moments), u) :
                                                    std::vector<double>(r.size(), 0.);
  coupling.update(mesh, mean_field.in_modes(sgd.drift(r, squares.at_nodes(of_squares), S)));

  std::vector<double> c = squares.in_modes(sgd.squares(r));
  for (double &x : c)
    x *= .25 * sgd.step_size();
  slopes.update(mesh, c);
  if (has_outer_weight)
    values.update(mesh, c);
  if (needs_curvature())
    add_curvature(mesh, coupling);
  if (!has_outer_weight)
    {
      const std::size_t n = mesh.feature_cells().size() * coupling.shape().n_rows;
      for (std::size_t i = 0; i < n; ++i)
        coupling.table()[i] += slopes.table()[i];
    }
}

std::vector<double> SgdTransport::slopes_along(const DGMesh &mesh, const Coupling &coupling, const std::vector<double> &e,
                                               const double *u)
{
  const std::size_t rows = curvature.n_rows(), n_points = curvature.n_points(), n_features = mesh.feature_cells().size();
  for (std::size_t f = 0; f < n_features; ++f)
    if (curvature.has(f))
      curvature.evaluate(f, e, derivatives.data() + f * rows);

  const VelocityTableShape &shape   = coupling.shape();
  const unsigned int        n_nodes = shape.n_nodes, first = shape.first, n_omega = mean_field.n_feature_parameters();
  const double              v = sgd.of_mean(), w_lambda = decay();
  std::vector<double>       linear(shape.n_padded_nodes), constant(linear), square(linear);
  // The rows of the modes and of their gradients lie one behind the other, the latter as −∂_cχ/h_c.
  const unsigned int n_blocks = (n_nodes * (1 + n_omega) + 7) / 8;
  const auto         weights  = [&](const std::size_t f, const std::size_t cell, double *w) {
    if (has_outer_weight)
      {
        coupling.masses(f, linear.data());
        values.masses(f, constant.data());
        slopes.masses(f, square.data());
      }
    else
      {
        coupling.masses(mesh, u, cell, square.data());
        linear = square;
      }
    const double *const        psi   = derivatives.data() + f * rows;
    const std::vector<double> &omega = curvature.omega(f);
    for (unsigned int i = 0; i < n_nodes; ++i)
      {
        w[i] = has_outer_weight ? v * psi[i] * constant[i] + w_lambda * linear[i] : 0.;
        for (unsigned int c = 0; c < n_omega; ++c)
          w[shape.gradient(c + first) + i] = -mesh.mesh().extent(mesh.feature_cells()[f], c + first) *
                                             (v * psi[(1 + c) * n_points + i] * square[i] +
                                              w_lambda * omega[i * n_omega + c] * linear[i]);
      }
  };
  // Generous: 1e-15 of one is what sums are rounded to.
  return mean_field.prediction(coupling.sums(mesh, n_blocks, BinnedScale(1e6), weights));
}

void SgdTransport::add_curvature(const DGMesh &mesh, Coupling &coupling)
{
  const VelocityTableShape &shape = coupling.shape();
  const std::size_t         rows = curvature.n_rows(), n_points = curvature.n_points(), D = mean_field.n_feature_parameters();
  const unsigned int        n_nodes = shape.n_nodes, n_side = shape.n_side, first = shape.first;
  const double              of_squares = .25 * sgd.step_size() * sgd.of_mean(), of_decay = .5 * sgd.step_size() * decay();
  for (std::size_t f = 0; f < mesh.feature_cells().size(); ++f)
    {
      if (!curvature.has(f) || mesh.feature_used()[f] == 0)
        continue;
      const double *const        psi      = derivatives.data() + f * rows;
      const std::vector<double> &omega    = curvature.omega(f);
      double *const              linear   = coupling.table() + f * shape.n_rows;
      double *const              square   = slopes.table() + f * shape.n_rows;
      double *const              constant = has_outer_weight ? values.table() + f * shape.n_rows : nullptr;
      const auto                 gradient = [&](std::size_t c, std::size_t i) { return psi[(1 + c) * n_points + i]; };
      const auto                 second   = [&](std::size_t c, std::size_t d, std::size_t i) {
        return psi[(1 + D + pair_of(D, c, d)) * n_points + i];
      };
      const auto add_slope = [&](const std::size_t d, const std::size_t i, const std::size_t row) {
        const double scale  = -1. / mesh.mesh().extent(mesh.feature_cells()[f], static_cast<unsigned int>(d) + first);
        double       curved = 0., stretched = gradient(d, i);
        for (std::size_t c = 0; c < D; ++c)
          {
            curved += gradient(c, i) * second(c, d, i);
            stretched += omega[i * D + c] * second(c, d, i);
          }
        square[row] += scale * of_squares * 2. * curved;
        if (has_outer_weight)
          {
            constant[row] += scale * of_squares * 2. * psi[i] * gradient(d, i);
            stretched += gradient(d, i);
          }
        linear[row] += scale * of_decay * stretched;
      };
      // Of values the velocities along a are made.
      for (unsigned int i = 0; i < n_nodes && has_outer_weight; ++i)
        {
          double slope = 0., along = psi[i];
          for (std::size_t c = 0; c < D; ++c)
            {
              slope += gradient(c, i) * gradient(c, i);
              along += omega[i * D + c] * gradient(c, i);
            }
          square[i] += of_squares * slope;
          linear[i] += of_decay * along;
          constant[i] += of_squares * psi[i] * psi[i];
        }
      for (std::size_t d = 0; d < D; ++d)
        {
          const unsigned int axis = static_cast<unsigned int>(d) + first;
          for (unsigned int i = 0; i < n_nodes; ++i)
            add_slope(d, i, shape.gradient(axis) + i);
          for (unsigned int s = 0; s < 2; ++s)
            for (unsigned int i = 0; i < n_side; ++i)
              add_slope(d, n_nodes + (2 * d + s) * n_side + i, shape.side(axis, s) + i);
        }
    }
}
} // namespace rhoflow
