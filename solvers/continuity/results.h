#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/parameters.h>
#include <solvers/comparison/sgd_twin.h>
#include <solvers/continuity/operator.h>
#include <solvers/discretization/density_output.h>
#include <solvers/mean_field/fitted_curve.h>

namespace rhoflow
{
struct RunContext;

/// What a run writes besides statistics.csv: the density for ParaView, the fitted curve, the comparison with finite networks.
/// All of it is about the positive reconstruction of the density, whose mass and moments are those of the evolved one.
class DensityResults
{
public:
  /// `twin`: null for no comparison.
  DensityResults(const LearningProblem &problem, const OutputParameters &output, const TwinSettings *twin,
                 const RunContext &context);

  /// A note before the first step if what is to be written is large.
  void announce(const RunContext &context, const DGMesh &mesh) const
  {
    density_output.announce(context, mesh.mesh().n_global_cells() * mesh.points_per_cell());
  }

  /// A part of the training of the networks up to the output time; true at its end. Collective.
  bool prepare(double time, Timing &timing);
  /// At an output time; the operator's potential must be up to date. Collective.
  void write(double time, bool last, ContinuityOperator &solution);

  /// Tables, series and networks as they are, and as they were at `time`. Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint, double time);

  /// Rows for the report.
  std::vector<std::pair<std::string, std::string>> report() const;

private:
  const LearningProblem   &problem;
  DensityOutput            density_output;
  FittedCurve              curve;
  std::unique_ptr<SgdTwin> twin;
  MeasureOutput            measures;
  MPI_Comm                 communicator;
  double                   largest_deviation = 0.; ///< of the reconstruction's moments
};
} // namespace rhoflow
