#pragma once

#include <vector>

#include <postprocess/charts/run_charts.h>

namespace rhoflow
{
/// The function over two inputs (decision.csv) as a map with the data (curve.csv) over it, filled with the colour that stands
/// for their label, and the line on which it takes the value in the middle of the labels: at the last time, of the density and
/// of the mean network, and at three earlier times. Without decision.csv the values at the data alone. Adds nothing for runs
/// with another number of inputs.
void add_decision_charts(const RunRecord &run, std::vector<PlannedPicture> &pictures);

/// How many inputs curve.csv has; 0 if it is not there.
unsigned int n_inputs(const RunRecord &run);

/// The lines along which values on a regular grid [ny][nx] over a rectangle take the value `level`, linear between the points:
/// one series whose pieces are separated by NaN.
ChartSeries contour(const std::vector<double> &values, unsigned int nx, unsigned int ny, const double lower[2],
                    const double upper[2], double level);
} // namespace rhoflow
