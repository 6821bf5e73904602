#include <solvers/base/run/platform.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include <sys/utsname.h>

namespace rhoflow
{
namespace
{
/// The names of a batch system's variables; empty: it has none.
struct BatchSystem
{
  const char *name, *mark, *id, *job_name, *array_job, *array_task;
  const char *no_task; ///< the value of `array_task` in a job that is no array
};

// JOB_ID alone is a name that other programs use, too.
constexpr BatchSystem batch_systems[] = {
  {"Slurm", "SLURM_JOB_ID", "SLURM_JOB_ID", "SLURM_JOB_NAME", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", ""},
  {"PBS", "PBS_JOBID", "PBS_JOBID", "PBS_JOBNAME", "PBS_ARRAY_ID", "PBS_ARRAY_INDEX", ""},
  {"LSF", "LSB_JOBID", "LSB_JOBID", "LSB_JOBNAME", "", "LSB_JOBINDEX", "0"},
  {"Grid Engine", "SGE_TASK_ID", "JOB_ID", "JOB_NAME", "", "SGE_TASK_ID", "undefined"}};

std::string variable(const char *const name)
{
  const char *const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

void count(std::vector<std::pair<std::string, int>> &numbers, const std::string &name)
{
  const auto found = std::find_if(numbers.begin(), numbers.end(), [&](const auto &entry) { return entry.first == name; });
  if (found == numbers.end())
    numbers.emplace_back(name, 1);
  else
    ++found->second;
}
} // namespace

std::vector<std::pair<std::string, std::string>> batch_job()
{
  for (const BatchSystem &system : batch_systems)
    {
      if (variable(system.mark).empty() || variable(system.id).empty())
        continue;
      std::vector<std::pair<std::string, std::string>> job  = {{"system", system.name}, {"id", variable(system.id)}};
      const std::string                                task = variable(system.array_task);
      if (const std::string name = variable(system.job_name); !name.empty())
        job.emplace_back("name", name);
      if (const std::string array = variable(system.array_job); !array.empty())
        job.emplace_back("array job", array);
      if (!task.empty() && task != system.no_task)
        job.emplace_back("array task", task);
      return job;
    }
  return {};
}

std::string processor_model(std::istream &cpuinfo)
{
  for (std::string line; std::getline(cpuinfo, line);)
    {
      const std::size_t colon = line.find(':');
      const std::string name  = line.substr(0, line.find_last_not_of(" \t:", colon) + 1);
      if (colon != std::string::npos && colon + 2 < line.size() && (name == "model name" || name == "cpu")) // POWER has "cpu"
        return line.substr(colon + 2);
    }
  utsname system;
  return uname(&system) == 0 ? system.machine : "";
}

Platform Platform::of(const MPI_Comm communicator)
{
  char host[MPI_MAX_PROCESSOR_NAME + 1] = "";
  int  length                           = 0;
  MPI_Get_processor_name(host, &length);
  std::ifstream     cpuinfo("/proc/cpuinfo");
  const std::string own = std::string(host, static_cast<std::size_t>(length)) + '\n' + processor_model(cpuinfo);

  Platform platform;
  for (const std::string &one : dealii::Utilities::MPI::gather(communicator, own))
    {
      const std::size_t line_end = one.find('\n');
      count(platform.hosts, one.substr(0, line_end));
      count(platform.processors, one.substr(line_end + 1));
    }
  platform.job = batch_job();
  return platform;
}
} // namespace rhoflow
