#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/parameters/parameter_catalogue.h>
#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/provenance.h>
#include <solvers/base/run/run_parameters.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterFile;
class Progress;
class RunDirectory;
class Solver;
struct Registry;
struct SolverEntry;
struct Outcome;
struct UnreadSetting;

/// One run of the program, from a parameter file to its run directory.
class SingleRun
{
public:
  /// Declares all parameters of the registry, which lives longer, takes the values of the file and parses those of the run.
  /// Throws InputError.
  SingleRun(const Registry &registry, const ParameterFile &file);
  ~SingleRun();

  /// Makes the solver and lets it check everything that it can before the first step of a new run. Writes nothing but to
  /// `progress`. Collective.
  void prepare(MPI_Comm communicator, Progress &progress);

  /// Prepares, creates and fills the run directory, and solves. `requests`: those to the program, if it does more than this
  /// run. Throws InputError if the directory may not be used. Collective.
  void execute(MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line,
               StopRequests *requests = nullptr);

  /// Goes on with the run in `directory` from its last checkpoint; this run's file has that run's parameters, with changes.
  /// Throws InputError if a parameter differs from the checkpoint's that the state depends on, and with an empty parameter if
  /// there is no checkpoint that can be used, or an input file has other contents. Collective.
  void resume(const std::string &directory, MPI_Comm communicator, Progress &progress,
              const std::vector<std::string> &command_line, StopRequests *requests = nullptr);

  /// How the run ended goes into its provenance.json and, unless it is done, to the end of its log.txt, if it has come to that.
  /// If it was refused before its first step, the directory that it made goes. For rank 0, or for the rank that ends the job.
  void conclude(const Outcome &outcome);

  /// What the user set and this run does not read. prepare() warns of it.
  std::vector<UnreadSetting> unread() const;

  dealii::ParameterHandler &parameters() const { return *handler; }

private:
  /// Puts the paths of data files in place of their names. Collective.
  void                 find_inputs(MPI_Comm communicator, Progress &progress);
  void                 prepare_from_the_start(MPI_Comm communicator, Progress &progress);
  void                 make_solver(MPI_Comm communicator, Progress &progress);
  CheckpointParameters checkpoint_parameters() const;
  void                 solve(Checkpoints &checkpoints, Progress &progress);

  const SolverEntry &entry() const;

  const Registry                           &registry;
  std::unique_ptr<const ParameterFile>      file;
  std::string                               file_name;
  std::vector<std::string>                  data_places; ///< where data files are looked for behind the working directory
  std::vector<Provenance::InputFile>        inputs;
  std::unique_ptr<dealii::ParameterHandler> handler;
  ParameterCatalogue                        catalogue;
  RunParameters                             run_parameters;
  std::unique_ptr<Solver>                   solver;
  std::unique_ptr<RunDirectory>             directory; ///< null until the run begins to write
  bool                                      has_begun = false;
};
} // namespace rhoflow
