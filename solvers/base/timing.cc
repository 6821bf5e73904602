#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/base/timing.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <fstream>

#include <sys/resource.h>

namespace rhoflow
{
double &Timing::section(const std::string &name)
{
  const auto inserted = seconds.emplace(name, 0.);
  if (inserted.second)
    order.push_back(name);
  return inserted.first->second;
}

std::vector<std::pair<std::string, std::string>> Timing::write(const std::string &path, const MPI_Comm communicator) const
{
  // A rank that had nothing to do in a section may not know its name.
  std::vector<std::string> names;
  for (const auto &of_rank : dealii::Utilities::MPI::all_gather(communicator, order))
    for (const std::string &name : of_rank)
      if (std::find(names.begin(), names.end(), name) == names.end())
        names.push_back(name);

  std::vector<double> mine;
  for (const std::string &name : names)
    mine.push_back(seconds.count(name) ? seconds.at(name) : 0.);
  const auto total = dealii::Utilities::MPI::min_max_avg(mine, communicator);

  on_rank_0(communicator, [&]() {
    std::ofstream file(path);
    file << "section,minimum [s],mean [s],maximum [s]\n";
    for (std::size_t i = 0; i < names.size(); ++i)
      file << names[i] << ',' << total[i].min << ',' << total[i].avg << ',' << total[i].max << '\n';
    file.close();
    if (!file)
      throw RunError("cannot write '" + path + "': is the disk full?");
  });

  std::vector<std::pair<std::string, std::string>> rows;
  for (std::size_t i = 0; i < names.size(); ++i)
    rows.emplace_back(names[i], short_number(total[i].avg, 3) + " s");
  return rows;
}

double Timing::peak_memory()
{
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.;
}
} // namespace rhoflow
