#include <solvers/model/curvature_kernel.h>

#include <algorithm>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace kernel
{
using namespace vector_math;

void neuron_curvature(const ParticleNeuron &neuron, const Activation &activation, const NodeTable &nodes,
                      const std::vector<double> &coefficients, unsigned int n, const double *omega, double *result)
{
  using Type               = ParticleNeuron::Type;
  const unsigned int d     = nodes.dimension;
  const unsigned int s     = nodes.stride;
  const bool         bump  = neuron.type == Type::bump;
  const bool         bias  = neuron.type == Type::biased_ridge;
  const unsigned int n_dof = d + (bias ? 1 : 0);
  const double      *x     = nodes.coordinates.data();
  if (neuron.type == Type::linear)
    {
      std::fill_n(result, static_cast<std::size_t>(n) * n_dof * n_dof, 0.);
      return;
    }

  std::vector<double> arguments(s), slope(bump ? s : 0), curvature(s);
  for (unsigned int i = 0; i < n; ++i)
    {
      const double *point = omega + static_cast<std::size_t>(i) * n_dof;
      double       *h     = result + static_cast<std::size_t>(i) * n_dof * n_dof;
      for (unsigned int k = 0; k < s; k += lanes)
        {
          Vector argument = broadcast(bias ? point[d] : 0.);
          for (unsigned int c = 0; c < d; ++c)
            {
              const Vector coordinate = load(x + c * s + k), difference = coordinate - broadcast(point[c]);
              argument = argument + (bump ? difference * difference : coordinate * broadcast(point[c]));
            }
          store(&arguments[k], bump ? sqrt(argument) * broadcast(1. / neuron.bump_width) : argument);
        }
      activation.evaluate_curvature(arguments.data(), s, curvature.data());
      if (bump)
        {
          std::vector<double> values(s);
          activation.evaluate(arguments.data(), s, values.data(), slope.data());
        }

      for (unsigned int row = 0; row < n_dof; ++row)
        for (unsigned int column = 0; column <= row; ++column)
          {
            Vector total = broadcast(0.);
            for (unsigned int k = 0; k < s; k += lanes)
              {
                Vector       second  = load(&curvature[k]);
                const Vector c       = load(&coefficients[k]);
                const auto   factor  = [&](unsigned int e) { return e < d ? load(x + e * s + k) : broadcast(1.); };
                const Vector product = bump ? (broadcast(point[row]) - load(x + row * s + k)) *
                                                (broadcast(point[column]) - load(x + column * s + k)) :
                                              factor(row) * factor(column);
                if (bump)
                  {
                    // With u = |θ − x|/δ and n = (θ − x)/|θ − x|: [σ''(u) n nᵀ + σ'(u)/u (I − n nᵀ)]/δ², σ''(0) I/δ² at u = 0.
                    const Vector u = load(&arguments[k]), delta = broadcast(neuron.bump_width);
                    const Vector across   = u > broadcast(0.) ? load(&slope[k]) / u : second;
                    const Vector along    = u > broadcast(0.) ? (second - across) / (u * u * delta * delta) : broadcast(0.);
                    const Vector diagonal = row == column ? across : broadcast(0.);
                    total                 = total + c * (diagonal + along * product) / (delta * delta);
                  }
                else
                  total = total + c * second * product;
              }
            h[row * n_dof + column] = h[column * n_dof + row] = sum(total);
          }
    }
}

void reduced_curvature(const Activation &activation, const ReducedNodes &nodes, const std::vector<double> &coefficients,
                       unsigned int n, const double *points, double *result)
{
  const unsigned int  stride  = static_cast<unsigned int>(nodes.x1.size());
  const unsigned int  n_inner = static_cast<unsigned int>(nodes.inner_nodes.size());
  std::vector<double> t(static_cast<std::size_t>(n_inner) * stride);
  for (unsigned int i = 0; i < n; ++i)
    {
      const Vector s = broadcast(points[2 * i]), r = broadcast(points[2 * i + 1]);
      for (unsigned int l = 0; l < n_inner; ++l)
        for (unsigned int k = 0; k < stride; k += lanes)
          store(&t[l * stride + k], s * load(&nodes.x1[k]) + r * load(&nodes.rho[k]) * broadcast(nodes.inner_nodes[l]));
      activation.evaluate_curvature(t.data(), static_cast<unsigned int>(t.size()), t.data());

      Vector along = broadcast(0.), mixed = broadcast(0.), across = broadcast(0.);
      for (unsigned int k = 0; k < stride; k += lanes)
        {
          Vector mean = broadcast(0.), first = broadcast(0.), second = broadcast(0.);
          for (unsigned int l = 0; l < n_inner; ++l)
            {
              const Vector u = broadcast(nodes.inner_nodes[l]);
              const Vector w = broadcast(nodes.inner_weights[l]) * load(&t[l * stride + k]);
              mean           = mean + w;
              first          = first + w * u;
              second         = second + w * u * u;
            }
          const Vector c = load(&coefficients[k]), x1 = load(&nodes.x1[k]), rho = load(&nodes.rho[k]);
          along  = along + c * x1 * x1 * mean;
          mixed  = mixed + c * x1 * rho * first;
          across = across + c * rho * rho * second;
        }
      double *const h = result + 4 * static_cast<std::size_t>(i);
      h[0]            = sum(along);
      h[1] = h[2] = sum(mixed);
      h[3]        = sum(across);
    }
}
} // namespace kernel
} // namespace rhoflow
