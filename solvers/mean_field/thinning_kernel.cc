#include <solvers/mean_field/thinning_kernel.h>

#include <cmath>

#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
using namespace wide_vector;

namespace
{
constexpr unsigned int lanes = n_lanes;
static_assert(sketch_width == lanes, "one vector of the sketch is one lane");

double sum(const Vector &vector)
{
  double v[lanes];
  store(v, vector);
  return ((v[0] + v[1]) + (v[2] + v[3])) + ((v[4] + v[5]) + (v[6] + v[7]));
}
} // namespace

void sketch_vectors(std::size_t n_nodes, const SketchEntry *entries, const double *root, const double *g, double *sums)
{
  for (std::size_t k = 0; k < n_nodes; ++k)
    {
      double of_node[lanes];
      for (unsigned int v = 0; v < lanes; ++v)
        of_node[v] = g[v * n_nodes + k];
      const Vector       x     = root[k] * load(of_node);
      const SketchEntry &entry = entries[k];
      for (unsigned int i = 0; i < SketchEntry::n_sums; ++i)
        {
          double *const to = sums + static_cast<std::size_t>(entry.sum[i]) * lanes;
          store(to, load(to) + entry.sign[i] * x);
        }
    }
}

void remove_direction(const double *q, std::size_t count, std::size_t length, double *vectors, double *norms)
{
  const std::size_t whole = length / (2 * lanes) * (2 * lanes);
  for (std::size_t i = 0; i < count; ++i)
    {
      double *const v      = vectors + i * length;
      Vector        dot[2] = {};
      for (std::size_t k = 0; k < whole; k += 2 * lanes)
        for (unsigned int l = 0; l < 2; ++l)
          dot[l] += load(q + k + l * lanes) * load(v + k + l * lanes);
      double c = sum(dot[0] + dot[1]);
      for (std::size_t k = whole; k < length; ++k)
        c += q[k] * v[k];
      Vector square[2] = {};
      for (std::size_t k = 0; k < whole; k += 2 * lanes)
        for (unsigned int l = 0; l < 2; ++l)
          {
            const Vector rest = load(v + k + l * lanes) - c * load(q + k + l * lanes);
            store(v + k + l * lanes, rest);
            square[l] += rest * rest;
          }
      double s = sum(square[0] + square[1]);
      for (std::size_t k = whole; k < length; ++k)
        {
          v[k] -= c * q[k];
          s += v[k] * v[k];
        }
      if (norms != nullptr)
        norms[i] = std::sqrt(s);
    }
}
} // namespace rhoflow
