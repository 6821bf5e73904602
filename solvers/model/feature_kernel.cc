#include <solvers/model/feature_kernel.h>

#include <algorithm>
#include <cstring>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace kernel
{
using namespace vector_math;

NodeTable::NodeTable(const std::vector<double> &nodes, unsigned int d)
  : n_nodes(static_cast<unsigned int>(nodes.size() / d))
  , dimension(d)
  , stride(padded(n_nodes))
  , coordinates(static_cast<std::size_t>(stride) * d, 0.)
{
  for (unsigned int k = 0; k < n_nodes; ++k)
    for (unsigned int c = 0; c < d; ++c)
      coordinates[c * stride + k] = nodes[k * d + c];
}

void neuron_features(const ParticleNeuron &neuron, const Activation &activation, const NodeTable &nodes, unsigned int n,
                     const double *omega, double *values, double *gradients, double *hessians)
{
  using Type               = ParticleNeuron::Type;
  const unsigned int d     = nodes.dimension;
  const unsigned int K     = nodes.n_nodes;
  const unsigned int s     = nodes.stride;
  const bool         bump  = neuron.type == Type::bump;
  const bool         bias  = neuron.type == Type::biased_ridge;
  const unsigned int n_dof = d + (bias ? 1 : 0);
  const double      *x     = nodes.coordinates.data();

  std::vector<double> arguments(s), sigma(s), slope(s, 1.), row(s), curvature(hessians != nullptr ? s : 0);
  for (unsigned int i = 0; i < n; ++i)
    {
      const double *point = omega + static_cast<std::size_t>(i) * n_dof;
      // Four independent sums at a time hide the latency of the additions.
      constexpr unsigned int group = 4;
      for (unsigned int first = 0; first < s; first += group * lanes)
        {
          const unsigned int width = std::min(group, (s - first) / lanes);
          Vector             sums[group];
          for (Vector &sum : sums)
            sum = broadcast(bias ? point[d] : 0.);
          const auto add = [&](unsigned int c, unsigned int v) {
            const Vector coordinate = load(x + c * s + first + v * lanes), parameter = broadcast(point[c]);
            const Vector difference = coordinate - parameter;
            sums[v]                 = sums[v] + (bump ? difference * difference : coordinate * parameter);
          };
          if (width == group)
            for (unsigned int c = 0; c < d; ++c)
              for (unsigned int v = 0; v < group; ++v)
                add(c, v);
          else
            for (unsigned int c = 0; c < d; ++c)
              for (unsigned int v = 0; v < width; ++v)
                add(c, v);
          for (unsigned int v = 0; v < width; ++v)
            store(&arguments[first + v * lanes], bump ? sqrt(sums[v]) * broadcast(1. / neuron.bump_width) : sums[v]);
        }

      if (neuron.type == Type::linear)
        sigma = arguments;
      else
        activation.evaluate(arguments.data(), s, sigma.data(), gradients != nullptr ? slope.data() : nullptr);
      std::memcpy(values + static_cast<std::size_t>(i) * K, sigma.data(), K * sizeof(double));
      if (gradients == nullptr)
        continue;

      for (unsigned int c = 0; c < n_dof; ++c)
        {
          for (unsigned int k = 0; k < s; k += lanes)
            {
              Vector gradient = load(&slope[k]);
              if (bump)
                {
                  // (θ − x)/(|x − θ| δ), 0 at the centre
                  const Vector distance = load(&arguments[k]) * broadcast(neuron.bump_width * neuron.bump_width);
                  const Vector ratio    = (broadcast(point[c]) - load(x + c * s + k)) / distance;
                  gradient              = distance > broadcast(0.) ? gradient * ratio : broadcast(0.);
                }
              else if (c < d)
                gradient = gradient * load(x + c * s + k);
              store(&row[k], gradient);
            }
          std::memcpy(gradients + (static_cast<std::size_t>(i) * n_dof + c) * K, row.data(), K * sizeof(double));
        }
      if (hessians == nullptr)
        continue;

      // σ'' x_c x_e, where the input of the bias is 1.
      if (neuron.type == Type::linear)
        std::fill(curvature.begin(), curvature.end(), 0.);
      else
        activation.evaluate_curvature(arguments.data(), s, curvature.data());
      double *hessian = hessians + static_cast<std::size_t>(i) * (n_dof * (n_dof + 1) / 2) * K;
      for (unsigned int c = 0; c < n_dof; ++c)
        for (unsigned int e = c; e < n_dof; ++e, hessian += K)
          {
            for (unsigned int k = 0; k < s; k += lanes)
              {
                Vector product = load(&curvature[k]);
                if (c < d)
                  product = product * load(x + c * s + k);
                if (e < d)
                  product = product * load(x + e * s + k);
                store(&row[k], product);
              }
            std::memcpy(hessian, row.data(), K * sizeof(double));
          }
    }
}
} // namespace kernel
} // namespace rhoflow
