#pragma once

#include <string>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
class Progress;

/// Bytes that this process may still take: the least of what the machine has (MemAvailable of /proc/meminfo), what the control
/// groups of the process leave (versions 1 and 2, and all groups around them), and its limit of address space (ulimit -v).
/// Infinite where the system does not say. `root` stands before the paths, for tests.
double available_memory(const std::string &root = "");

/// What a run is going to take, from its parameters, before it takes it. Peak values, right within a factor of 1.5.
class MemoryEstimate
{
public:
  /// `bytes`: on this rank. `parameter`: a path, to be blamed; `advice`: "choose fewer ...".
  void add(const std::string &what, double bytes, const std::string &parameter, const std::string &advice);

  double bytes() const;
  void   clear() { parts.clear(); }

  /// Throws InputError on every rank, with the largest part and how to make it smaller, if the ranks of a node together need
  /// more than there is. Every rank must have added the same parts. Collective.
  void require(MPI_Comm communicator) const;

  /// Prints what the run will need if that is much. Collective.
  void announce(Progress &progress, MPI_Comm communicator) const;

private:
  struct Part
  {
    std::string what, parameter, advice;
    double      bytes;
  };
  std::vector<Part> parts;
};

/// A single array: MemoryEstimate::add and require.
void require_memory(const std::string &what, double bytes, const std::string &parameter, const std::string &advice,
                    MPI_Comm communicator);
} // namespace rhoflow
