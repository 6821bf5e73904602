#include <solvers/fokker_planck/adaptation.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/numerics/exact_sum.h>

namespace rhoflow
{
namespace
{
unsigned int power(unsigned int base, unsigned int exponent)
{
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

/// The weights of the n nodes for the value at ξ: of the polynomial, or of the piecewise linear function.
void line_weights(const LobattoLine &line, double xi, bool linear, double *weights)
{
  std::fill(weights, weights + line.n, 0.);
  if (!linear)
    for (unsigned int i = 0; i < line.n; ++i)
      weights[i] = line.value(i, xi);
  else
    {
      unsigned int i = 0;
      while (i + 2 < line.n && xi > line.nodes[i + 1])
        ++i;
      const double part = (xi - line.nodes[i]) / (line.nodes[i + 1] - line.nodes[i]);
      weights[i]        = 1. - part;
      weights[i + 1]    = part;
    }
}

/// p and Φ at the place `xi` [D] of a cell with nodal values p, Φ.
void evaluate(const LobattoLine &line, unsigned int dim, const double *p, const double *phi, const double *xi, double &p_value,
              double &phi_value)
{
  const unsigned int n_points = power(line.n, dim);
  for (const bool linear : {false, true})
    {
      double weights[3][max_points];
      for (unsigned int d = 0; d < dim; ++d)
        line_weights(line, xi[d], linear, weights[d]);
      const auto weight = [&](unsigned int i) {
        double w = 1.;
        for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= line.n)
          w *= weights[d][rest % line.n];
        return w;
      };
      phi_value = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        phi_value += weight(i) * phi[i];
      p_value = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        if (p[i] > 0.)
          p_value += weight(i) * p[i] * std::exp(std::clamp(phi[i] - phi_value, -600., 600.));
      // Polynomials of u may leave the range of p where Φ is steep.
      if (p_value >= 0. && p_value <= 2. * *std::max_element(p, p + n_points))
        return;
    }
  // Linearly in p: nothing can go wrong.
  double weights[3][max_points];
  for (unsigned int d = 0; d < dim; ++d)
    line_weights(line, xi[d], true, weights[d]);
  p_value = 0.;
  for (unsigned int i = 0; i < n_points; ++i)
    {
      double w = 1.;
      for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= line.n)
        w *= weights[d][rest % line.n];
      p_value += w * p[i];
    }
}
} // namespace

CellDensities cell_densities(const FokkerPlanckState &state)
{
  const NodalSpace         &space    = state.space;
  const unsigned int        n_points = space.points_per_cell();
  const std::vector<double> local    = state.fitted.values_at_nodes(state.p);
  CellDensities             result;
  result.values.resize(space.n_cells() * 2 * n_points);
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    for (unsigned int i = 0; i < n_points; ++i)
      {
        result.values[2 * c * n_points + i]       = std::max(local[space.cell(c)[i]], 0.);
        result.values[(2 * c + 1) * n_points + i] = state.fitted.exponents()[space.cell(c)[i]];
      }
  return result;
}

std::vector<double> resolution_indicator(const FokkerPlanckState &state, const CellDensities &densities, double peclet_limit)
{
  const NodalSpace   &space    = state.space;
  const LobattoLine  &line     = space.line();
  const unsigned int  n_points = space.points_per_cell(), n = line.n, dim = space.dimension();
  std::vector<double> indicator(space.n_cells());
  for (std::size_t c = 0; c < space.n_cells(); ++c)
    {
      const double *const u      = densities.values.data() + 2 * c * n_points;
      double              volume = 1., mass = 0., sum = 0.;
      for (unsigned int d = 0; d < dim; ++d)
        volume *= space.mesh().extent(space.mesh().cells()[c], d);
      for (unsigned int i = 0; i < n_points; ++i)
        {
          double w = volume;
          for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= n)
            w *= line.weights[rest % n];
          mass += w * u[i];
        }
      for (unsigned int d = 0, stride = 1; d < dim; ++d, stride *= n)
        for (unsigned int i = 0; i < n_points; ++i)
          if (i / stride % n == 0)
            {
              double across = volume, coefficient = 0.;
              for (unsigned int e = 0, rest = i; e < dim; ++e, rest /= n)
                if (e != d)
                  across *= line.weights[rest % n];
              for (unsigned int q = 0; q < n; ++q)
                coefficient += line.top_mode[q] * u[i + q * stride];
              sum += across * std::abs(coefficient) * line.top_size;
            }
      indicator[c] = peclet_limit > 0. && state.fitted.peclet(c) > peclet_limit ? std::max(sum, mass) : sum;
    }
  return indicator;
}

CellTransfer fitted_transfer(unsigned int dim, unsigned int degree)
{
  const LobattoLine *const line     = &lobatto_line(degree);
  const unsigned int       n_points = power(degree + 1, dim);
  CellTransfer             transfer;
  transfer.refine = [line, n_points, dim](const CellKey &child, const double *parent, double *result) {
    for (unsigned int i = 0; i < n_points; ++i)
      {
        double xi[3];
        for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= line->n)
          xi[d] = .5 * (line->nodes[rest % line->n] + (child.index[d] & 1U));
        evaluate(*line, dim, parent, parent + n_points, xi, result[i], result[n_points + i]);
      }
  };
  transfer.coarsen = [line, n_points, dim](const CellKey &, const double *children, double *result) {
    for (unsigned int i = 0; i < n_points; ++i)
      {
        double       xi[3];
        unsigned int c = 0;
        for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= line->n)
          {
            xi[d] = 2. * line->nodes[rest % line->n];
            if (xi[d] > 1.)
              {
                xi[d] -= 1.;
                c |= 1U << d;
              }
          }
        const double *const child = children + c * 2 * n_points;
        evaluate(*line, dim, child, child + n_points, xi, result[i], result[n_points + i]);
      }
  };
  return transfer;
}

std::vector<double> collect_density(const NodalSpace &space, const std::vector<double> &cell_values, double mass)
{
  // Cells that share a node agree up to rounding, but for those that were coarsened: the mean of what they say.
  const unsigned int  n_points = space.points_per_cell();
  std::vector<double> sum      = space.sum_to_owned(
    [&](std::size_t c, unsigned int i) { return cell_values[2 * c * n_points + i]; });
  const std::vector<double> count = space.sum_to_owned([](std::size_t, unsigned int) { return 1.; });
  ExactSum                  total;
  for (std::size_t i = 0; i < sum.size(); ++i)
    {
      sum[i] /= count[i];
      total.add(space.weights()[i] * sum[i]);
    }
  const double factor = mass / global_sum(total, space.mesh().communicator());
  for (double &value : sum)
    value *= factor;
  return sum;
}
} // namespace rhoflow
