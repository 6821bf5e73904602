#pragma once

#include <array>
#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/run/statistics.h>
#include <solvers/comparison/distances.h>
#include <solvers/comparison/parameters.h>
#include <solvers/model/measure.h>
#include <solvers/particles/ensemble/particle_output.h>
#include <solvers/particles/ensemble/prediction_band.h>
#include <solvers/particles/ensemble/replicas.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class LearningProblem;
class Progress;
class RunDirectory;

/// What a density solver tells the comparison at an output time: a measure of mass one over all ranks, and what follows from
/// it.
struct DensitySnapshot : Measure
{
  double risk           = 0.;                                       ///< R(ρ), irreducible risk included
  double risk_error     = std::numeric_limits<double>::quiet_NaN(); ///< |δR|; NaN: not estimated
  double risk_deviation = std::numeric_limits<double>::quiet_NaN(); ///< predicted for the networks; NaN: not predicted
  std::vector<double> prediction; ///< f(x_k; ρ) at the data nodes, [K], the same on every rank
};

/// The finite networks beside a density: trained for the same time on the same learning problem, compared at the output times
/// in `comparison.csv`, with the risk of every network in `replicas.csv` and the neurons in `particles.pvd`.
///
/// At t = 0 the mean risk of networks of M independent neurons differs from R(ρ_0) by exactly
///   E R_M − R = (1/2M) [∫ U(θ,θ) ρ_0 − ∬ U ρ_0 ρ_0],     ∬ U ρ ρ = Σ_k p_k f_k²
/// (expand the square in R_M; U(θ,θ') = E σ*(x;θ) σ*(x;θ')). Later the bias is A/M + Bη + higher orders: `Bias estimation =
/// richardson` also trains every network with M/2 neurons (the first half of them) and with the step 2η, and extrapolates
/// replica by replica, R* = 3 R(M,η) − R(M/2,η) − R(M,2η), so that the spread of R* over the replicas is the error of the
/// extrapolated mean, all correlations included.
///
/// In a landscape nothing interacts: the mean of L over M independent walkers has no bias of width, at t = 0 or later, and only
/// the step is extrapolated, R* = 2 R(η) − R(2η).
class CompanionNetworks
{
public:
  /// `progress`: told how far training is, unless null. Collective.
  CompanionNetworks(const LearningProblem &problem, const CompanionSettings &settings, const RunDirectory &directory,
                    Progress *progress = nullptr);

  /// Trains the networks towards `time` for hardly longer than a second, to where a pause changes no digit; true if all of
  /// them are there. save() keeps how far each is. Collective.
  bool train(double time);

  /// Trains the networks up to `time`, if they are not there yet, and writes a row. Collective.
  void compare(double time, const DensitySnapshot &density);

  /// The networks' f(x_k) as they are now, [R][K], and their band for FittedCurve: mean and quantiles over the networks at the
  /// data nodes (none for problems without a curve). The same bits on every rank. Collective.
  std::vector<double> predictions() const { return networks.predictions(); }
  Curves              band() const { return prediction_band(networks); }
  /// Their mean on the grid between and around the data of two inputs (none for other problems). Collective.
  Curves map() const { return prediction_map(networks); }

  /// Rows for the report at the end of a run: the networks and the largest deviation.
  std::vector<std::pair<std::string, std::string>> report() const;

  /// Keeps the networks, the tables and what the report says. Collective.
  void save(CheckpointWriter &checkpoint) const;
  /// Takes them, in place of those at t = 0. Collective.
  void load(const CheckpointReader &checkpoint);

  /// Largest |deviation| so far, in standard errors, and its time.
  double largest_deviation() const { return largest; }

private:
  /// (1/2M) [∫ U(θ,θ) ρ − Σ_k p_k f_k²]
  double static_bias(const DensitySnapshot &density) const;
  /// The columns of the distances between the density and the neurons.
  void set_distances(const DensitySnapshot &density);

  const LearningProblem    &problem;
  CompanionSettings         settings;
  MPI_Comm                  communicator;
  Progress                 *progress;
  Replicas                  networks;
  std::unique_ptr<Replicas> half_width, double_step; ///< null without extrapolation, or where there is no bias
  Distances                 distances;
  Statistics                comparison_table, replicas_table;
  ParticleOutput            pictures;
  std::array<double, 3>     trained{};     ///< times of `networks`, `half_width`, `double_step`
  double                    compared = 0.; ///< the last output time
  double                    largest = 0., time_of_largest = 0.;
  double                    own_error     = 0.;                  ///< of the density at that time, in standard errors
  double                    last_distance = 0., last_floor = 0.; ///< sliced
};
} // namespace rhoflow
