#pragma once

#include <solvers/mean_field/fitted_curve.h>

namespace rhoflow
{
class Replicas;

/// What the networks predict at the data nodes, for curve.csv: "network mean", the mean of f_M(x_k) over the replicas, and its
/// quantiles "network 5 %", "network 25 %", "network 75 %", "network 95 %". The quantiles are those of one network of M
/// neurons, not of the mean: they do not narrow with more replicas. Empty for problems without a curve. Collective; the same
/// bits on every rank.
Curves prediction_band(const Replicas &replicas);

/// The mean of the networks' functions over LearningProblem::map_inputs() for decision.csv: "network mean". Empty unless there
/// are two inputs. Collective; the same bits on every rank.
Curves prediction_map(const Replicas &replicas);
} // namespace rhoflow
