#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/fokker_planck/spectral_gap.h>

namespace rhoflow
{
/// A line through log(F(ρ_t) − F*) against t. Everything is NaN if there are too few rows for it.
struct RelaxationFit
{
  double       rate;        ///< minus its slope [1/time]
  double       error;       ///< standard error of the slope
  double       drift;       ///< rate of the later half minus that of the earlier one: large where faster modes are not yet gone
  double       first, last; ///< times of the rows that were taken
  unsigned int rows = 0;
};

/// By least squares over the last rows where the distance has fallen below 1/100 of the first one and is above 1e-9 of it and
/// above `resolution`, the rounding error of a distance. Early rows are left out, down to five, until the slopes of the two
/// halves of the rest agree to 1/1000: faster modes are then gone.
RelaxationFit fit_relaxation(const std::vector<double> &times, const std::vector<double> &distances, double resolution);

/// How a density comes to rest. A logarithmic Sobolev inequality with the constant α predicts F(ρ_t) − F* ≤ e^{−2αt/β}
/// (F(ρ_0) − F*); small perturbations decay like e^{−2 μ_1 t} with the linearised gap μ_1, and 2α/β ≤ 2 μ_P ≤ 2 μ_1 with the
/// frozen gap μ_P. What is fitted contains the error of the time steps: implicit Euler of step Δt makes 2 log(1 + μ_1 Δt)/Δt
/// out of 2 μ_1.
struct Relaxation
{
  double        beta;
  RelaxationFit fit;
  bool          with_gap = false;
  SpectralGap   gap      = {};

  /// relaxation.csv, one row; NaN where nothing was computed. Only the rank that is told to writes.
  void write(const std::string &path, bool writes) const;
  /// Rows for the report.
  std::vector<std::pair<std::string, std::string>> report() const;
};
} // namespace rhoflow
