#pragma once

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/continuity/density_on_mesh.h>

namespace rhoflow
{
struct RunContext;

/// The error of the risk of a density on a mesh, by its parts:
/// - mesh and time steps: the difference to a second solution with DensityOnMesh::coarser(), which costs a tenth to a half;
/// - data: MeanFieldSetup::data_nodes, relative to the excess risk, or to AccuracyParameters::floor of the first one;
/// - what the compression of the features and the box leave out is told, but not estimated as an error of the risk.
class ErrorEstimate
{
public:
  /// Both live longer.
  ErrorEstimate(const ContinuityInputs &inputs, const RunContext &context);

  /// Projects the initial law. Collective.
  void start();
  /// Takes the second solution to `time`, by steps that are not beyond `end`. Collective.
  void advance(double time, double end);
  /// Compares at an output time, at which the steps of both have ended. Collective.
  void look(double risk, double excess_risk);

  /// |δR| at the last output; NaN where the second solution failed or is not asked for.
  double risk_error() const { return last; }
  /// Rows for the report.
  std::vector<std::pair<std::string, std::string>> report() const;

  /// Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint);

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("failure", self.failure);
    visit("first excess risk", self.first_excess);
    visit("first energy", self.energies.initial);
    visit("last energy", self.energies.last_output);
    visit("error", self.last);
    visit("error of the mesh", self.of_mesh);
    visit("error of the data nodes", self.of_data);
    visit("largest relative error", self.largest);
  }

private:
  /// What the work throws ends the second solution, not the run.
  template <class Work>
  void attempt(const Work &work);

  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();

  const ContinuityInputs        &inputs;
  const RunContext              &context;
  std::unique_ptr<DensityOnMesh> coarse;  ///< null: not asked for, or it failed
  std::string                    failure; ///< why it failed
  Energies                       energies;
  double                         of_data; ///< relative; as the run that this one goes on with found it
  double                         first_excess = nan, last = nan, of_mesh = nan, largest = 0.;
};
} // namespace rhoflow
