#pragma once

#include <vector>

#include <solvers/model/measure.h>

namespace rhoflow
{
/// W1 and W2 between the same two measures.
struct TransportDistances
{
  double w1 = 0., w2 = 0.;
};

/// A distribution function on the line as the polyline through (x_i, F_i), both nondecreasing: F is linear between its points,
/// a jump where x stays, a gap where F stays. The first F is 0, the last one 1.
struct DistributionLine
{
  std::vector<double> x, F;
};

/// W_p^p = ∫_0^1 |F^{-1}(u) − G^{-1}(u)|^p du, p = 1, 2 (C. Villani, Topics in Optimal Transportation, 2003, theorem 2.18), by
/// pieces on which both quantile functions are linear: exact up to round-off, time linear in the number of points.
TransportDistances line_distances(const DistributionLine &first, const DistributionLine &second);

/// The distribution function of pieces on the line (D = 1). Throws std::logic_error if there is no mass.
DistributionLine distribution_line(const Measure &pieces);

/// W_p^p = min Σ_ij π_ij |x_i − y_j|^p over plans π ≥ 0 with the two sets of weights as marginals, p = 1 or 2, by the network
/// simplex of LEMON on the complete bipartite graph. Each measure is normalised. Extents are not looked at.
///
/// Weights become 2^30 units of mass (by largest remainder, off by less than one unit each) and costs 2^−40 of the largest
/// cost, so that the pivots are exact and end; the optimal plan is then paid at the costs in double precision. The error of
/// W_p^p is below (n + m) 2^−30 of the largest cost. Time about n m √(n + m); memory 60 bytes for each pair.
double network_distance(const Measure &first, const Measure &second, unsigned int dimension, unsigned int p);
} // namespace rhoflow
