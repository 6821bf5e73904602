#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/timing.h>
#include <solvers/comparison/companion_networks.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/evolution/spread_of_networks.h>
#include <solvers/mean_field/fitted_curve.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class SnapshotSeries;
struct EvolutionInputs;
struct RunContext;

/// A density at an output time, as DensityOutputs asks for it. What is not asked for is not made.
class DensityView
{
public:
  virtual ~DensityView() = default;

  virtual double risk() const = 0;
  /// f(x_k; ρ) at the data nodes, [K], the same on every rank.
  virtual std::vector<double> prediction() const = 0;
  /// The same on LearningProblem::map_inputs(); empty where there are none. Collective.
  virtual std::vector<double> map_prediction() const = 0;
  /// This rank's part of the density as a measure, and its whole mass. Collective.
  virtual Measure measure()    = 0;
  virtual double  mass() const = 0;
  /// Writes the files for ParaView. Collective.
  virtual void draw(double time) = 0;
};

/// What a run writes about a density besides statistics.csv: files for ParaView, the density as a measure for `rhoflow
/// --distance`, the finite networks beside it (comparison.csv), the fitted curve.
class DensityOutputs
{
public:
  /// `pictures`: the series into which DensityView::draw() writes; null if there is none. All three references and the pointer
  /// live longer. Collective.
  DensityOutputs(const EvolutionInputs &inputs, const RunContext &context, Timing &timing, SnapshotSeries *pictures);

  /// A part of the training of the networks up to the output time; true at its end. Collective.
  bool prepare(double time);
  /// At an output time. `risk_error`: of the density, for the comparison with the networks. Collective.
  void write(double time, DensityView &density, double risk_error);

  /// How far the risks of finite networks are apart, as predicted from the density.
  const SpreadOfNetworks &spread_of_networks() const { return spread; }

  /// Tables, series and networks as they are, and as they were at `time`. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint, double time);

  /// Rows for the report: the networks, if there are any.
  std::vector<std::pair<std::string, std::string>> report() const;

private:
  double                             end_time;
  Timing                            &timing;
  SnapshotSeries                    *pictures;
  SpreadOfNetworks                   spread;
  FittedCurve                        curve;
  std::unique_ptr<CompanionNetworks> networks; ///< null for no comparison
  MeasureOutput                      measures;
};
} // namespace rhoflow
