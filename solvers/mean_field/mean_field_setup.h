#pragma once

#include <limits>
#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <meshes/domain.h>
#include <solvers/base/memory_guard.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/mean_field/accuracy.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/mean_field/pilot_flow.h>
#include <solvers/model/data_nodes.h>

namespace rhoflow
{
class LearningProblem;
class Progress;
struct ModelChoices;

/// What every solver for a density reads first and then works with: how long, the box, what is learned, the mean field on the
/// box. The mean field refers to the problem: a set-up stays where it is.
struct MeanFieldSetup
{
  MeanFieldSetup();
  virtual ~MeanFieldSetup();
  MeanFieldSetup(const MeanFieldSetup &)            = delete;
  MeanFieldSetup &operator=(const MeanFieldSetup &) = delete;

  /// Reads the top of the file and the sections "Domain", "Accuracy", "Mean field", "Learning problem", "Data", "Target" and
  /// "Initial law"; makes the problem. What the file leaves to the program is chosen and takes the place of "automatic" in the
  /// handler: the corners of the box, with `on_box`, and the data nodes. With `on_box` it throws InputError unless the box has
  /// one coordinate for each parameter of the neuron, and where a radius may be negative.
  void parse(dealii::ParameterHandler &prm, bool on_box = true);

  /// Throws InputError if most of the initial law, which must have a density, is clearly outside of the box.
  void check_initial_mass() const;

  /// Makes the mean field with `parameters` as they are by then: the costly part, so that a solver makes its cheap checks
  /// before. Work that takes longer than a second shows itself on `progress`, unless it is null.
  /// Throws InputError, the same on all ranks, if it needs more memory than there is. Collective.
  void make_mean_field(MPI_Comm communicator = MPI_COMM_SELF, Progress *progress = nullptr);

  /// The error of the data nodes, for the report: "1e-06 of the risk".
  static std::string data_error(double relative_error);

  RunParameters       run;
  Domain              domain;
  AccuracyParameters  accuracy;
  DataNodes           data_nodes;                                          ///< set by parse()
  double              box_until = std::numeric_limits<double>::infinity(); ///< time until which the box was looked for
  bool                extended  = false; ///< the box has coarse cells more than the parameters say
  MeanFieldParameters parameters;
  std::unique_ptr<LearningProblem> problem;    ///< set by parse()
  std::unique_ptr<MeanField>       mean_field; ///< set by make_mean_field()
  MemoryEstimate                   memory;     ///< of what the solver will make of it

protected:
  /// Where the density will be, as far as that is known before the run: here that of the equation without entropy. The box is
  /// that of the file, or the search's first one is up to it if the file has none.
  virtual DensityPlaces find_places();

  /// Whether the solver can take a state into a larger box.
  virtual bool can_extend_box() const { return false; }

private:
  /// Adds coarse cells to a box that is too small for the places, and makes the problem anew.
  void extend_box(ModelChoices &choices, const DensityPlaces &places);
  /// Throws InputError unless the box suits the parameters of the neuron.
  void check_box() const;
  void choose_data_nodes(dealii::ParameterHandler &prm, ModelChoices choices, const std::vector<Measure> &densities);
};
} // namespace rhoflow
