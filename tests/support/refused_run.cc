#include <tests/support/refused_run.h>
#include <tests/support/refusals.h>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/single_run.h>
#include <solvers/base/run/unread_parameters.h>
#include <solvers/registry/registry.h>

#include <tuple>
#include <utility>

using namespace rhoflow;

namespace
{
ParameterFile file_with(const std::string &name, const std::string &text, const std::vector<std::string> &changes)
{
  ParameterFile file(name, text);
  for (const std::string &change : changes)
    file.change(change);
  return file;
}

/// The last setting of a path counts.
std::string place_of(const ParameterFile &file, const std::string &path)
{
  std::string where;
  for (const ParameterFile::Setting &setting : file.given())
    if (setting.path() == path)
      where = setting.where;
  return where.substr(where.find_last_of('/') + 1);
}
} // namespace

bool operator==(const RefusedRun &a, const RefusedRun &b)
{
  return std::tie(a.where, a.parameter, a.why) == std::tie(b.where, b.parameter, b.why);
}

std::ostream &operator<<(std::ostream &stream, const RefusedRun &refused)
{
  return stream << refused.where << ": " << Refused{refused.parameter, refused.why, refused.message};
}

TrialRun::TrialRun(std::string of_folder, std::string of_text)
  : folder(std::move(of_folder))
  , text(std::move(of_text))
{}

std::optional<RefusedRun> TrialRun::refused(const std::vector<std::string> &changes, const MPI_Comm communicator) const
{
  const ParameterFile file = file_with(folder + "/run.prm", text, changes);
  try
    {
      Progress silent(false);
      SingleRun(registry(), file).prepare(communicator, silent);
    }
  catch (const InputError &error)
    {
      return RefusedRun{place_of(file, error.parameter), error.parameter, error.why, error.what()};
    }
  return {};
}

std::vector<std::string> TrialRun::unread(const std::vector<std::string> &changes) const
{
  Progress  silent(false);
  SingleRun run(registry(), file_with(folder + "/run.prm", text, changes));
  run.prepare(MPI_COMM_SELF, silent);
  std::vector<std::string> settings;
  for (const UnreadSetting &setting : run.unread())
    settings.push_back(setting.where.substr(setting.where.find_last_of('/') + 1) + ": " + setting.path());
  return settings;
}
