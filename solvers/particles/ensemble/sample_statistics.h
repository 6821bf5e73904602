#pragma once

#include <solvers/base/numerics/sample_statistics.h>

namespace rhoflow
{
/// The quantiles that every table of replicas shows.
constexpr double shown_quantiles[] = {0.05, 0.25, 0.5, 0.75, 0.95};
} // namespace rhoflow
