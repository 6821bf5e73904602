#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/run/statistics.h>
#include <solvers/base/run/time_loop.h>
#include <solvers/continuity/density_on_mesh.h>
#include <solvers/continuity/diagnostics.h>
#include <solvers/continuity/inputs.h>
#include <solvers/discretization/density_output.h>
#include <solvers/evolution/density_outputs.h>
#include <solvers/evolution/error_estimate.h>
#include <solvers/evolution/running_checks.h>

namespace rhoflow
{
class Progress;
struct RunContext;

/// The density of the continuity equation in time: steps, adaptation of the mesh, rows of statistics.
class ContinuityEvolution : public Evolution
{
public:
  /// Both live longer.
  ContinuityEvolution(const ContinuityInputs &inputs, const RunContext &context);

  double                                           time() const override { return density.time(); }
  void                                             step(double end) override;
  bool                                             prepare_output() override { return outputs.prepare(time()); }
  void                                             output() override;
  void                                             save(CheckpointWriter &checkpoint) const override;
  void                                             load(const CheckpointReader &checkpoint) override;
  std::vector<std::pair<std::string, std::string>> progress() const override;

  /// The report's rows: the answer, conservation, throughput, memory.
  std::vector<std::pair<std::string, std::string>> report();
  /// timing.csv, and its rows for the report.
  std::vector<std::pair<std::string, std::string>> write_timing();

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("first mass", self.first_mass);
    Energies::visit(visit, self.energies);
    visit("dissipated energy", self.dissipated);
    visit("energy balance", self.energy_balance);
    visit("largest drift", self.largest_drift);
    visit("largest negative mass", self.largest_negative_mass);
    visit("largest deviation", self.largest_deviation);
    visit("last risk", self.last.risk);
    visit("last certificate", self.last.certificate);
    visit("last negative mass", self.last.negative_mass);
    visit("unknowns times stages", self.unknown_stages);
    visit("dissipation times", self.dissipation_times);
    visit("dissipation values", self.dissipation_values);
    RunningChecks::visit(visit, self.checks);
  }

private:
  void start();
  void announce();
  /// Beyond which the next step may not go, where the next output is at `end`.
  double      end_of_step(double end) const;
  void        record_dissipation(double when, double value);
  void        check(const Diagnostics &diagnostics);
  void        write_row();
  std::string cells_and_unknowns() const;
  /// R_λ − inf R_λ is at most the Frank–Wolfe gap; told where that says more than R_λ itself.
  std::string certified_distance() const;

  const ContinuityInputs &inputs;
  const RunContext       &context;
  DensityOnMesh           density;
  ErrorEstimate           errors;
  Statistics              statistics;
  DensityOutput           pictures;
  DensityOutputs          outputs;
  RunningChecks           checks;
  const std::vector<bool> natural_sides; ///< natural_lower_sides()

  std::uint64_t       unknown_stages = 0, stages_before = 0; ///< ... of the run that this one goes on with
  double              first_mass = 0., dissipated = 0., energy_balance = 0.;
  Energies            energies;
  double              largest_drift = 0., largest_negative_mass = 0., stepping_seconds = 0.;
  double              largest_deviation = 0.; ///< of the moments of what is written
  Diagnostics         last;
  std::vector<double> dissipation_times, dissipation_values; ///< since the last output
};
} // namespace rhoflow
