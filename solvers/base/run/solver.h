#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/parameters/parameter_catalogue.h>
#include <solvers/base/parameters/unread.h>
#include <solvers/base/run/solver_traits.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class Checkpoints;
class RunDirectory;
class Progress;

/// What every solver is handed.
struct RunContext
{
  MPI_Comm            communicator;
  const RunDirectory &directory;
  Progress           &progress;
  Checkpoints        *checkpoints = nullptr; ///< null: the state is not kept
};

/// One system of equations with its discretisation, from parameters to written results.
class Solver
{
public:
  virtual ~Solver() = default;

  /// Reads parameters, builds everything, checks that choices fit together: all InputErrors that can be known before the first
  /// step are thrown here, so that `--validate` finds them. Writes nothing but to `progress`, on which long work shows itself.
  virtual void prepare(dealii::ParameterHandler &parameters, MPI_Comm communicator, Progress &progress) = 0;

  /// Throws the InputErrors that only the state at t = 0 shows. After prepare(), for a run that begins there. Collective.
  virtual void check_start(MPI_Comm /*communicator*/) {}

  /// Solves and writes into the run directory.
  virtual void run(const RunContext &context) = 0;
};

/// A solver by name, with the paragraph that the manual and the error messages print.
struct SolverEntry
{
  std::string                              name;
  std::string                              description;
  std::function<std::unique_ptr<Solver>()> make;
  SolverTraits                             traits   = {};
  std::vector<std::string>                 sections = {}; ///< of the parameters that it reads; empty: all
  /// What it does not read of them with these parameters; null: it reads all.
  std::function<std::vector<Unread>(dealii::ParameterHandler &)> unread = {};
  /// Whether PETSc solves its equations, so that options behind '--' have an effect.
  bool uses_petsc = false;
};

/// The solvers of a program and the parameters that they have together.
struct Registry
{
  std::vector<SolverEntry> solvers;
  /// Declares every parameter of every section.
  ParameterCatalogue (*declare)(dealii::ParameterHandler &parameters) = nullptr;
  /// Paths of the parameters that name files which a run reads beside its parameters.
  std::vector<std::string> (*input_files)(const dealii::ParameterHandler &parameters) = nullptr;

  /// The entry of that name; null if there is none.
  const SolverEntry *find(const std::string &name) const;
  /// The same. Throws InputError of "Solver" with the valid names and the nearest spelling.
  const SolverEntry &solver(const std::string &name) const;
};
} // namespace rhoflow
