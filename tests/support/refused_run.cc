#include <tests/support/refusals.h>
#include <tests/support/refused_run.h>

#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/run/single_run.h>
#include <solvers/registry/registry.h>

#include <sstream>
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

std::string last_part(const std::string &path)
{
  return path.substr(path.find_last_of('/') + 1);
}

RefusedRun refused_run(const ParameterFile &file, const InputError &error)
{
  RefusedRun result{"", error.parameter, error.why, error.what()};
  for (const ParameterFile::Setting &setting : file.given()) // the last one of a path counts
    {
      // The file itself refuses values that are out of the declared range, and says where.
      const std::string start = setting.where + ": " + setting.path() + ": ";
      if (error.parameter.empty() ? result.message.rfind(start, 0) == 0 : setting.path() == error.parameter)
        {
          result.where     = last_part(setting.where);
          result.parameter = setting.path();
        }
    }
  return result;
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
      return refused_run(file, error);
    }
  return {};
}

std::vector<UnreadSetting> TrialRun::unread_settings(const std::vector<std::string> &changes) const
{
  Progress  silent(false);
  SingleRun run(registry(), file_with(folder + "/run.prm", text, changes));
  run.prepare(MPI_COMM_SELF, silent);
  return run.unread();
}

std::vector<std::string> TrialRun::unread(const std::vector<std::string> &changes) const
{
  std::vector<std::string> settings;
  for (const UnreadSetting &setting : unread_settings(changes))
    settings.push_back(last_part(setting.where) + ": " + setting.path());
  return settings;
}

std::string TrialRun::reason(const std::string &path, const std::vector<std::string> &changes) const
{
  for (const UnreadSetting &setting : unread_settings(changes))
    if (setting.path() == path)
      return setting.reason;
  return "";
}

std::string Catch::StringMaker<std::optional<RefusedRun>>::convert(const std::optional<RefusedRun> &refused)
{
  std::ostringstream text;
  if (refused)
    text << *refused;
  else
    text << "nothing was refused";
  return text.str();
}
