#include <solvers/base/error.h>
#include <solvers/base/memory_guard.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/text.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cmath>
#include <fstream>
#include <limits>
#include <sstream>

#include <sys/resource.h>
#include <unistd.h>

namespace rhoflow
{
namespace
{
constexpr double infinity = std::numeric_limits<double>::infinity();

/// The first number of a file; infinite if there is none ("max").
double number_in(const std::string &path)
{
  std::ifstream file(path);
  double        number;
  return file >> number ? number : infinity;
}

/// The number behind a name in a file of lines "name number ..."; `otherwise` if it is not there.
double number_behind(const std::string &path, const std::string &name, const double otherwise)
{
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);)
    {
      std::istringstream words(line);
      std::string        word;
      double             number;
      if (words >> word >> number && word == name)
        return number;
    }
  return otherwise;
}

/// What a control group leaves: files that were read or written count as used, but are given up when memory is short.
double left_by_group(const std::string &folder, const std::string &limit, const std::string &usage, const std::string &cache)
{
  // Without a limit version 1 says 2^63 rounded down to whole pages.
  const double most = number_in(folder + "/" + limit), used = number_in(folder + "/" + usage);
  if (!(most < 0x1p62) || !std::isfinite(used))
    return infinity;
  return std::max(0., most - std::max(0., used - number_behind(folder + "/memory.stat", cache, 0.)));
}

double left_by_groups(const std::string &root)
{
  double        left = infinity;
  std::ifstream file(root + "/proc/self/cgroup");
  for (std::string line; std::getline(file, line);) // "number:controllers:path"
    {
      const auto first = line.find(':'), second = line.find(':', first + 1);
      if (first == std::string::npos || second == std::string::npos)
        continue;
      const std::string controllers = "," + line.substr(first + 1, second - first - 1) + ",";
      const bool        unified = controllers == ",,", memory = controllers.find(",memory,") != std::string::npos;
      if (!unified && !memory)
        continue;
      // Inside a container the path may be that of the machine outside; the top of what is seen is then the container's.
      std::string path = line.substr(second + 1);
      while (true)
        {
          while (!path.empty() && path.back() == '/')
            path.pop_back();
          const std::string folder = root + "/sys/fs/cgroup" + (unified ? "" : "/memory") + path;
          left                     = std::min(
                                left, unified ? left_by_group(folder, "memory.max", "memory.current", "inactive_file") :
                                                left_by_group(folder, "memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"));
          if (path.empty())
            break;
          path.resize(path.find_last_of('/') == std::string::npos ? 0 : path.find_last_of('/'));
        }
    }
  return left;
}

/// The second number of /proc/self/statm is what is in memory, the first one the address space [pages].
double own_bytes(const std::string &root, const bool resident)
{
  std::ifstream file(root + "/proc/self/statm");
  double        all = 0., in_memory = 0.;
  file >> all >> in_memory;
  return (resident ? in_memory : all) * static_cast<double>(sysconf(_SC_PAGESIZE));
}
} // namespace

double available_memory(const std::string &root)
{
  double available = 1024. * number_behind(root + "/proc/meminfo", "MemAvailable:", infinity);
  rlimit limit{};
  if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
    available = std::min(available, std::max(0., static_cast<double>(limit.rlim_cur) - own_bytes(root, false)));
  return std::min(available, left_by_groups(root));
}

void MemoryEstimate::add(const std::string &what, const double bytes, const std::string &parameter, const std::string &advice)
{
  parts.push_back({what, parameter, advice, bytes});
}

double MemoryEstimate::bytes() const
{
  double sum = 0.;
  for (const Part &part : parts)
    sum += part.bytes;
  return sum;
}

void MemoryEstimate::require(MPI_Comm communicator) const
{
  if (parts.empty())
    return;
  MPI_Comm node;
  MPI_Comm_split_type(communicator, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &node);
  const double needed    = dealii::Utilities::MPI::sum(bytes(), node);
  const double available = dealii::Utilities::MPI::min(available_memory(), node);
  MPI_Comm_free(&node);

  // The node where it is tightest speaks for all, so that every rank says the same.
  struct
  {
    double ratio;
    int    rank;
  } tightest{needed / std::max(available, 1.), rank_of(communicator)};
  MPI_Allreduce(MPI_IN_PLACE, &tightest, 1, MPI_DOUBLE_INT, MPI_MAXLOC, communicator);
  double both[2] = {needed, available};
  MPI_Bcast(both, 2, MPI_DOUBLE, tightest.rank, communicator);
  std::vector<double> of_parts;
  for (const Part &part : parts)
    of_parts.push_back(part.bytes);
  MPI_Allreduce(MPI_IN_PLACE, of_parts.data(), static_cast<int>(of_parts.size()), MPI_DOUBLE, MPI_SUM, communicator);
  if (both[0] <= both[1])
    return;

  const auto  largest = std::max_element(of_parts.begin(), of_parts.end()) - of_parts.begin();
  const Part &part    = parts[static_cast<std::size_t>(largest)];
  const bool  several = number_of_ranks(communicator) > 1;
  throw InputError(
    Refusal::too_large, part.parameter,
    "the run needs about " + bytes_text(both[0]) + " of memory" + (several ? " for the ranks of one machine" : "") +
      ", of which " + bytes_text(of_parts[static_cast<std::size_t>(largest)]) + (several ? " on all ranks" : "") + " for " +
      part.what + ", but only " + bytes_text(both[1]) + " are free: " + part.advice + ", or take more machines.");
}

void MemoryEstimate::announce(Progress &progress, MPI_Comm communicator) const
{
  constexpr double much = 0x1p30;
  const double     own  = bytes() + own_bytes("", true);
  const double each = dealii::Utilities::MPI::max(own, communicator), total = dealii::Utilities::MPI::sum(own, communicator);
  if (total < much)
    return;
  progress.line("Memory: about " + bytes_text(each) +
                (number_of_ranks(communicator) > 1 ? " on a rank, " + bytes_text(total) + " in all" : std::string()));
}

void require_memory(const std::string &what, const double bytes, const std::string &parameter, const std::string &advice,
                    MPI_Comm communicator)
{
  MemoryEstimate estimate;
  estimate.add(what, bytes, parameter, advice);
  estimate.require(communicator);
}
} // namespace rhoflow
