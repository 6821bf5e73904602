#pragma once

#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/run_parameters.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterFile;
class Progress;
class Solver;

/// One run of the program, from a parameter file to its run directory.
class SingleRun
{
public:
  /// Declares all parameters, takes the values of the file and parses those of the run. Throws InputError.
  explicit SingleRun(const ParameterFile &file);
  ~SingleRun();

  /// Makes the solver and lets it check everything that it can before the first step. Writes nothing. Collective.
  void prepare(MPI_Comm communicator);

  /// Prepares, creates and fills the run directory, and solves. Throws InputError if the directory may not be used. Collective.
  void execute(MPI_Comm communicator, Progress &progress, const std::vector<std::string> &command_line);

  dealii::ParameterHandler &parameters() const { return *handler; }

private:
  std::string                               file_name;
  std::unique_ptr<dealii::ParameterHandler> handler;
  RunParameters                             run_parameters;
  std::unique_ptr<Solver>                   solver;
};
} // namespace rhoflow
