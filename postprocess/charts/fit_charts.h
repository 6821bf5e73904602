#pragma once

#include <vector>

#include <postprocess/charts/run_charts.h>

namespace rhoflow
{
/// The fitted function of a regression (curve.csv): over one input with data and the networks' band at the last time, and as it
/// came about; over two inputs as a map.
void add_fit_charts(const RunRecord &run, std::vector<PlannedPicture> &pictures);
} // namespace rhoflow
