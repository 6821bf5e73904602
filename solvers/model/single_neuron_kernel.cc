#include <solvers/model/single_neuron_kernel.h>

#include <cstring>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace kernel
{
using namespace vector_math;

void ReducedNodes::pad()
{
  x1.resize(padded(n_nodes), 0.);
  rho.resize(padded(n_nodes), 0.);
}

void reduced_features(const Activation &activation, const ReducedNodes &nodes, unsigned int n, const double *points,
                      double *values, double *gradients)
{
  const unsigned int  K       = nodes.n_nodes;
  const unsigned int  stride  = static_cast<unsigned int>(nodes.x1.size());
  const unsigned int  n_inner = static_cast<unsigned int>(nodes.inner_nodes.size());
  const unsigned int  n_pairs = n_inner / 2;
  std::vector<double> t(n_inner * stride), slope(gradients != nullptr ? t.size() : 0);
  std::vector<double> value_row(stride), s_row(stride), r_row(stride);

  for (unsigned int i = 0; i < n; ++i)
    {
      const Vector s = broadcast(points[2 * i]), r = broadcast(points[2 * i + 1]);
      // Rows 2 l and 2 l + 1: the arguments for u and −u of pair l; a last row for u = 0.
      for (unsigned int k = 0; k < stride; k += lanes)
        {
          const Vector along = s * load(&nodes.x1[k]), across = r * load(&nodes.rho[k]);
          for (unsigned int l = 0; l < n_pairs; ++l)
            {
              const Vector shift = across * broadcast(nodes.inner_nodes[n_inner - 1 - l]);
              store(&t[2 * l * stride + k], along + shift);
              store(&t[(2 * l + 1) * stride + k], along - shift);
            }
          if (n_inner % 2 == 1)
            store(&t[(n_inner - 1) * stride + k], along);
        }

      activation.evaluate(t.data(), static_cast<unsigned int>(t.size()), t.data(),
                          gradients != nullptr ? slope.data() : nullptr);

      for (unsigned int k = 0; k < stride; k += lanes)
        {
          Vector mean = broadcast(0.), mean_slope = broadcast(0.), mean_shear = broadcast(0.);
          for (unsigned int l = 0; l < n_pairs; ++l)
            {
              const Vector weight = broadcast(nodes.inner_weights[n_inner - 1 - l]);
              mean                = mean + weight * (load(&t[2 * l * stride + k]) + load(&t[(2 * l + 1) * stride + k]));
              if (gradients != nullptr)
                {
                  const Vector u    = broadcast(nodes.inner_nodes[n_inner - 1 - l]);
                  const Vector plus = load(&slope[2 * l * stride + k]), minus = load(&slope[(2 * l + 1) * stride + k]);
                  mean_slope = mean_slope + weight * (plus + minus);
                  mean_shear = mean_shear + weight * u * (plus - minus);
                }
            }
          if (n_inner % 2 == 1)
            {
              const Vector weight = broadcast(nodes.inner_weights[n_pairs]);
              mean                = mean + weight * load(&t[(n_inner - 1) * stride + k]);
              if (gradients != nullptr)
                mean_slope = mean_slope + weight * load(&slope[(n_inner - 1) * stride + k]);
            }
          store(&value_row[k], mean);
          if (gradients != nullptr)
            {
              store(&s_row[k], mean_slope * load(&nodes.x1[k]));
              store(&r_row[k], mean_shear * load(&nodes.rho[k]));
            }
        }

      std::memcpy(values + static_cast<std::size_t>(i) * K, value_row.data(), K * sizeof(double));
      if (gradients != nullptr)
        {
          std::memcpy(gradients + static_cast<std::size_t>(2 * i) * K, s_row.data(), K * sizeof(double));
          std::memcpy(gradients + static_cast<std::size_t>(2 * i + 1) * K, r_row.data(), K * sizeof(double));
        }
    }
}
} // namespace kernel
} // namespace rhoflow
