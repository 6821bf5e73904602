#pragma once

#include <cstddef>
#include <vector>

#include <solvers/comparison/transport.h>

namespace rhoflow
{
/// A measure on R^D, D ≤ 3, represented by at most n points of equal weight: it is halved again and again by mass, across the
/// axis of its largest variance, and every part of mass 1/n is drawn together into its barycentre.
struct Quantization
{
  Measure points;
  /// W1 and W2 to the measure are at most this: the cost of drawing together, boxes with their width:
  /// W_2² ≤ Σ_pieces m (|c − b|² + Σ_d δ_d²/12), W_1 ≤ Σ m (|c − b|² + Σ_d δ_d²/12)^{1/2}.
  TransportDistances error;
  /// Share of each label in a point, [n][labels]; the sum over the labels is one of n parts, the sum over the points the
  /// label's mass (all normalised to a total of one).
  std::vector<double> label_masses;
  /// Across which axes it was halved, from the whole to the parts, the lower half first.
  std::vector<unsigned int> axes;
};

/// `labels` [pieces] in [0, n_labels), or empty. `axes`: those of another measure with the same n, instead of the largest
/// variances. The result is bitwise the same for every order of the pieces. Measures that are alike are halved alike if they
/// are halved across the same axes: the distance between the points is then much nearer to that of the measures than `error`
/// says, and much nearer than that of random samples of n points. `keep_small`: at most n pieces stay as they are, boxes too.
Quantization quantize(const Measure &measure, unsigned int dimension, std::size_t n_points,
                      const std::vector<unsigned int> &labels = {}, unsigned int n_labels = 1,
                      const std::vector<unsigned int> &axes = {}, bool keep_small = false);
} // namespace rhoflow
