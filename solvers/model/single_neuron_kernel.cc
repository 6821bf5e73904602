#include <solvers/model/single_neuron_kernel.h>

#include <algorithm>
#include <cmath>
#include <cstring>

#include <solvers/base/vector_math.h>

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

double erf_kernel_sum(unsigned int d, std::uint64_t n_neurons, const double *coefficients, const double *weights,
                      std::uint64_t stride)
{
  // ŵ = w / √(1 + |w|²), one component after the other, neurons in lanes.
  constexpr unsigned int tile   = 2 * lanes;           // neurons j that are taken together,
  constexpr unsigned int rows   = tile < 4 ? tile : 4; // and neurons i that share their loads; rows divides tile
  const std::uint64_t    length = (n_neurons + tile - 1) / tile * tile;
  std::vector<double>    unit(length * d, 0.), c(length, 0.);
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      const double *w      = weights + j * stride;
      double        square = 1.;
      for (unsigned int k = 0; k < d; ++k)
        square += w[k] * w[k];
      const double scale = 1. / std::sqrt(square);
      for (unsigned int k = 0; k < d; ++k)
        unit[k * length + j] = w[k] * scale;
      c[j] = coefficients[j];
    }

  // Rounding may carry the product of two long vectors beyond 1.
  const auto bounded_asin = [](Vector product) { return asin(max(min(product, broadcast(1.)), broadcast(-1.))); };

  // Blocks of rows × tile on and above the diagonal; those strictly above count twice.
  double diagonal = 0., above = 0.;
  for (std::uint64_t i = 0; i < length; i += rows)
    {
      const std::uint64_t first = i / tile * tile;
      for (std::uint64_t j = first; j < length; j += tile)
        {
          Vector product[rows][2];
          for (unsigned int a = 0; a < rows; ++a)
            product[a][0] = product[a][1] = broadcast(0.);
          for (unsigned int k = 0; k < d; ++k)
            {
              const Vector left = load(&unit[k * length + j]), right = load(&unit[k * length + j + lanes]);
              for (unsigned int a = 0; a < rows; ++a)
                {
                  const Vector w = broadcast(unit[k * length + i + a]);
                  product[a][0]  = product[a][0] + w * left;
                  product[a][1]  = product[a][1] + w * right;
                }
            }
          Vector total = broadcast(0.);
          for (unsigned int a = 0; a < rows; ++a)
            total = total + broadcast(c[i + a]) *
                              (load(&c[j]) * bounded_asin(product[a][0]) + load(&c[j + lanes]) * bounded_asin(product[a][1]));
          // The tile that holds the diagonal is summed whole, over all its row blocks.
          (j == first ? diagonal : above) += sum(total);
        }
    }
  return 2. / 3.14159265358979323846 * (diagonal + 2. * above);
}

void ridge_network(const Activation &activation, unsigned int d, std::uint64_t n_neurons, const double *coefficients,
                   const double *weights, std::uint64_t stride, std::uint64_t n, const double *inputs, double *prediction)
{
  constexpr unsigned int block = 8 * lanes; // inputs that are taken together
  std::vector<double>    x(static_cast<std::size_t>(block) * d), t(block);
  Vector                 argument[8], f[8];
  for (std::uint64_t first = 0; first < n; first += block)
    {
      const std::uint64_t count = std::min<std::uint64_t>(block, n - first);
      std::fill(x.begin(), x.end(), 0.);
      for (std::uint64_t i = 0; i < count; ++i)
        for (unsigned int k = 0; k < d; ++k)
          x[k * block + i] = inputs[(first + i) * d + k];
      for (Vector &entry : f)
        entry = broadcast(0.);
      for (std::uint64_t j = 0; j < n_neurons; ++j)
        {
          const double *w = weights + j * stride;
          for (Vector &entry : argument)
            entry = broadcast(0.);
          for (unsigned int k = 0; k < d; ++k)
            for (unsigned int v = 0; v < 8; ++v)
              argument[v] = argument[v] + broadcast(w[k]) * load(&x[k * block + v * lanes]);
          for (unsigned int v = 0; v < 8; ++v)
            store(&t[v * lanes], argument[v]);
          activation.evaluate(t.data(), block, t.data(), nullptr);
          for (unsigned int v = 0; v < 8; ++v)
            f[v] = f[v] + broadcast(coefficients[j]) * load(&t[v * lanes]);
        }
      for (unsigned int v = 0; v < 8; ++v)
        store(&t[v * lanes], f[v]);
      std::copy(t.begin(), t.begin() + count, prediction + first);
    }
}
} // namespace kernel
} // namespace rhoflow
