#pragma once

#include <iosfwd>
#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// Where a program runs.
struct Platform
{
  /// The job of a batch system (Slurm, PBS, LSF, Grid Engine): "system", "id", and "name", "array job" and "array task" where
  /// there are such. Empty without a batch system.
  std::vector<std::pair<std::string, std::string>> job;
  /// Names of the hosts and models of the processors that the ranks are on, in the order of the ranks, and how many ranks each
  /// of them has.
  std::vector<std::pair<std::string, int>> hosts, processors;

  /// The one that the ranks are on now. Complete on rank 0. Collective.
  static Platform of(MPI_Comm communicator);
};

/// The job that the variables of the environment name.
std::vector<std::pair<std::string, std::string>> batch_job();

/// The model in the text of /proc/cpuinfo. Some processors have no name there: the kind of machine, such as "aarch64", then.
std::string processor_model(std::istream &cpuinfo);
} // namespace rhoflow
