#pragma once

#include <string>
#include <vector>

#include <postprocess/drawing/chart.h>
#include <postprocess/drawing/picture.h>

namespace rhoflow
{
struct RunRecord;

/// Charts that stand together in one picture; `about.file` is a name without a directory.
struct PlannedPicture
{
  Picture            about;
  std::vector<Chart> charts;
  unsigned int       columns = 1;
  int                width = 860, height = 500; ///< [units]
};

/// What the tables of a run have to show, as far as they are there: risk with finite networks, free energy and its bounds,
/// dissipation balance, mass and sign, moments, distances between density and neurons, fitted function. Series hold the numbers
/// of the CSV files as they are (or what the caption says).
std::vector<PlannedPicture> run_charts(const RunRecord &run);
} // namespace rhoflow
