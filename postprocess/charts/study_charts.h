#pragma once

#include <string>
#include <vector>

#include <postprocess/charts/run_charts.h>

namespace rhoflow
{
struct StudyRecord;

/// The charts of a study: for every fit of fits.csv (those that differ in other parameters together) the points of study.csv
/// with their standard errors, the power law and the expected one over the range that was fitted; then the results without a
/// fit against the numeric parameter with most values, with a line for every combination of the others. Errors of a mesh
/// against its cells, of a step against its size and so on are charts of this kind too. Points that are not positive are not in
/// a logarithmic chart.
std::vector<PlannedPicture> study_charts(const StudyRecord &study);

/// "−0.994 [−1.013, −0.975]", with so many decimals that the interval shows; only the value where there is no interval.
std::string with_interval(double value, double lower, double upper);

/// "−1/2", "0", "1"; decimals where the number is no simple fraction.
std::string simple_fraction(double value);
} // namespace rhoflow
