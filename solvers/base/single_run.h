#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/checkpoints.h>
#include <solvers/base/run_parameters.h>

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
struct UnreadSetting;

/// One run of the program, from a parameter file to its run directory.
class SingleRun
{
public:
  /// Declares all parameters, takes the values of the file and parses those of the run. Throws InputError.
  explicit SingleRun(const ParameterFile &file);
  ~SingleRun();

  /// Makes the solver and lets it check everything that it can before the first step. Writes nothing but to `progress`. Collective.
  void prepare(MPI_Comm communicator, Progress &progress);

  /// Prepares, creates and fills the run directory, and solves. `requests`: those to the program, if it does more than this
  /// run. Throws InputError if the directory may not be used. Collective.
  void execute(MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line,
               Requests *requests = nullptr);

  /// Goes on with the run in `directory` from its last checkpoint, where this run's file says what that run's
  /// parameters_used.prm says, with changes. Throws InputError if a parameter was changed that the state depends on, and with
  /// an empty parameter if there is no checkpoint that can be used, or an input file has other contents. Collective.
  void resume(const std::string &directory, MPI_Comm communicator, Progress &progress,
              const std::vector<std::string> &command_line, Requests *requests = nullptr);

  /// What the user set and this run does not read. prepare() warns of it.
  std::vector<UnreadSetting> unread() const;

  dealii::ParameterHandler &parameters() const { return *handler; }

private:
  CheckpointParameters checkpoint_parameters() const;
  void                 solve(const RunDirectory &directory, Checkpoints &checkpoints, Progress &progress);

  std::unique_ptr<const ParameterFile>      file;
  std::string                               file_name;
  std::unique_ptr<dealii::ParameterHandler> handler;
  RunParameters                             run_parameters;
  std::unique_ptr<Solver>                   solver;
};
} // namespace rhoflow
