#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/input_files.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/study/series.h>

#include <cstdio>
#include <filesystem>
#include <map>

namespace rhoflow
{
StudySeries::StudySeries(const Registry &solvers, const MPI_Comm mpi_communicator)
  : registry(solvers)
  , communicator(mpi_communicator)
{}

void StudySeries::read(const std::vector<std::string> &names, const std::vector<std::string> &changes)
{
  // The leaders of all groups work with the files of the study.
  if (const std::string warning = share_working_directory(communicator); !warning.empty())
    Progress(rank_of(communicator) == 0).warning(warning);
  for (const std::string &name : names)
    {
      current = files.size();
      files.push_back(ParameterFile::read(name, communicator));
      for (const std::string &change : changes)
        files.back().change(change);
    }
  for (current = 0; current < files.size(); ++current)
    studies.push_back(std::make_unique<Study>(registry, files[current], communicator));
  refuse_common_directories();
}

void StudySeries::refuse_common_directories()
{
  std::map<std::string, std::string> owners;
  for (current = 0; current < studies.size(); ++current)
    {
      const auto path             = std::filesystem::absolute(studies[current]->directory()).lexically_normal();
      const auto [owner, is_free] = owners.try_emplace(path.string(), files[current].name());
      if (!is_free)
        throw InputError(Refusal::repeated, "Output directory",
                         "'" + studies[current]->directory() + "' is that of " + owner->second +
                           " already: every study needs a directory of its own.");
    }
}

void StudySeries::validate()
{
  for (current = 0; current < studies.size(); ++current)
    {
      studies[current]->validate();
      if (rank_of(communicator) == 0)
        std::printf("%s: valid, %s\n", files[current].name().c_str(), studies[current]->size().c_str());
    }
}

void StudySeries::list()
{
  for (const auto &study : studies)
    study->list();
}

void StudySeries::execute(const bool retry_failed)
{
  for (current = 0; current < studies.size(); ++current)
    studies[current]->prepare(retry_failed);
  std::string complaints;
  for (current = 0; current < studies.size(); ++current)
    if (const std::string missing = studies[current]->execute(retry_failed); !missing.empty())
      complaints += (complaints.empty() ? "" : "\n") + files[current].name() + ": " + missing;
  if (studies.size() > 1)
    print_all_fits();
  if (!complaints.empty())
    throw RunError(complaints);
}

void StudySeries::print_all_fits() const
{
  Progress progress(rank_of(communicator) == 0);
  progress.heading("All fits");
  std::vector<std::vector<std::string>> cells = {StudyTables::fit_header()};
  cells[0].insert(cells[0].begin(), "study");
  for (std::size_t i = 0; i < studies.size(); ++i)
    for (std::vector<std::string> row : studies[i]->fits())
      {
        row.insert(row.begin(), name_of_parameter_file(files[i].name()));
        cells.push_back(row);
      }
  for (const std::string &line : aligned(cells))
    progress.line(line);
}

std::string StudySeries::describe(const InputError &error) const
{
  return current < files.size() ? files[current].describe(error) : error.what();
}
} // namespace rhoflow
