#pragma once

#include <cstdint>
#include <vector>

namespace rhoflow
{
/// Resampling of R ≥ 2 independent networks with replacement. More than 32 of them are drawn in groups (network r in group
/// r mod 32), which are independent of each other as well.
class Resampling
{
public:
  Resampling(unsigned int n_measures, std::uint64_t seed);

  unsigned int n_groups() const { return groups; }
  unsigned int group(unsigned int number) const { return number % groups; }

  /// How often each group is drawn, [groups], in resample `index`.
  std::vector<double> counts(unsigned int index) const;

  /// √(G/(G−1)): the spread of G values around their own mean is that much too small.
  double mean_factor() const;
  /// That times the ratio of the 97.5 % quantiles of Student's t_{G−1} and of N(0, 1), for quantiles from few groups
  /// (T. Hesterberg, Am. Stat. 69, 2015, section 4.1).
  double quantile_factor() const;

private:
  unsigned int  groups;
  std::uint64_t seed;
};
} // namespace rhoflow
