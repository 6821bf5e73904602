#pragma once

#include <cstdint>
#include <vector>

namespace rhoflow
{
/// The sweep of one step in the two ways of compiling it.
void plain_sgd_step(std::uint64_t n_neurons, unsigned int length, double step_size, const double *input,
                    const double *last_input, double y, double *weights, double *outer, double *gradients,
                    double *preactivations);
void plain_sgd_step_in_order(std::uint64_t n_neurons, unsigned int length, double step_size, const double *input,
                             const double *last_input, double y, double *weights, double *outer, double *gradients,
                             double *preactivations);

/// Batch-1 SGD of f(x) = (1/M) Σ_j a_j σ(w_j·x), σ = erf(·/√2), sample by sample, as one writes it in C++ when it shall be
/// fast: weights by rows, padded and aligned to cache lines, one sweep over them a step (the update of the last sample and the
/// product with the present one), the loops left to the compiler. With -O3 -march=native -ffast-math it vectorises all of them,
/// erf and exp with glibc's vector library; without leave to change the order of sums (-O3 -march=native) it does not.
class PlainSgd
{
public:
  /// `theta` [M][1 + d]: (a_j, w_j). `in_order`: without -ffast-math.
  PlainSgd(std::uint64_t n_neurons, unsigned int d, double step_size, const std::vector<double> &theta, bool in_order = false);

  /// a_j, w_j ← + η (y − f(x)) ∇σ*(x; a_j, w_j).
  void step(const double *x, double y);

  /// [M][1 + d].
  std::vector<double> parameters() const;

private:
  struct alignas(64) Line
  {
    double value[8] = {};
  };
  static double       *begin(std::vector<Line> &lines) { return lines.data()->value; }
  static const double *begin(const std::vector<Line> &lines) { return lines.data()->value; }

  std::uint64_t     n_neurons;
  unsigned int      d, n_lines; ///< of a row of weights
  double            step_size;
  bool              in_order;
  std::vector<Line> weights, outer;
  std::vector<Line> gradients;         ///< what w_j still misses is gradients[j] × last_input
  std::vector<Line> input, last_input; ///< filled up with zeros
  std::vector<Line> preactivations;
};
} // namespace rhoflow
