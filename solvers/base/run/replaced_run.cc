#include <solvers/base/error.h>
#include <solvers/base/files/file_list.h>
#include <solvers/base/run/checkpoint_file.h>
#include <solvers/base/run/provenance.h>
#include <solvers/base/run/replaced_run.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <optional>
#include <set>
#include <sstream>
#include <stdexcept>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

bool exists(const fs::path &path)
{
  std::error_code ignored;
  return fs::exists(path, ignored);
}

bool is_same(const fs::path &one, const fs::path &other)
{
  std::error_code ignored;
  return fs::equivalent(one, other, ignored);
}

/// A run or a study that has a folder of its own inside of another one's directory.
bool is_of_its_own(const fs::path &folder)
{
  const auto marks = {FileList(folder.string()).path(), (folder / "provenance.json").string(),
                      (folder / ".rhoflow-lock").string(), (folder / "states").string(), (folder / "study.csv").string()};
  return std::any_of(marks.begin(), marks.end(), [](const std::string &mark) { return exists(mark); });
}

enum class Way
{
  open,
  link,  ///< through a symbolic link
  closed ///< out of the directory, through something that is no folder, or into a run or a study of its own
};

/// The way to a file that a list names; a folder that is on the way already is `known`.
Way way_to(const fs::path &directory, const fs::path &name)
{
  if (name.empty() || name.is_absolute() || *name.begin() == "..")
    return Way::closed;
  fs::path folder = directory;
  for (const fs::path &part : name.parent_path())
    {
      folder /= part;
      std::error_code ignored;
      const auto      type = fs::symlink_status(folder, ignored).type();
      if (type == fs::file_type::symlink)
        return Way::link;
      if (type != fs::file_type::directory || is_of_its_own(folder))
        return Way::closed;
    }
  return Way::open;
}

/// A link is removed as such, and not what it names.
bool is_file(const fs::path &path)
{
  std::error_code ignored;
  const auto      type = fs::symlink_status(path, ignored).type();
  return type == fs::file_type::regular || (type == fs::file_type::symlink && !fs::is_directory(path, ignored));
}

/// The files of a checkpoint that its seal proves to be one.
std::vector<fs::path> sealed_checkpoint(const fs::path &file)
{
  const fs::path seal = file.string() + ".good";
  if (!is_file(seal))
    return {};
  std::ostringstream text;
  text << std::ifstream(seal, std::ios::binary).rdbuf();
  std::error_code error;
  try
    {
      const std::uint64_t size = CheckpointSeal::parse(text.str()).size;
      if (is_file(file) && fs::file_size(file, error) == size && !error)
        return {seal, file};
      return {seal};
    }
  catch (const std::runtime_error &)
    {
      return {};
    }
}

/// The record of a run whose list does not name it, and what it says to be the run's.
std::vector<std::string> unlisted_record(const fs::path &root, const FileList &list)
{
  const std::string record = "provenance.json";
  if (list.names().count(record) > 0 || !is_file(root / record))
    return {};
  std::ostringstream text;
  text << std::ifstream(root / record, std::ios::binary).rdbuf();
  try
    {
      const Provenance  provenance = Provenance::parse(text.str());
      const std::string copy       = provenance.parameter_file;
      // A file that was given in this directory is no copy.
      const bool is_copy = copy == fs::path(copy).filename() && !is_same(provenance.parameter_directory, root);
      return {record, "parameters_used.prm", is_copy ? copy : record};
    }
  catch (const std::runtime_error &)
    {
      return {};
    }
}

/// By its name and its place only.
bool looks_like_a_result(const fs::path &name)
{
  static const std::set<std::string> tables{"statistics.csv", "timing.csv", "throughput.csv", "comparison.csv",
                                            "replicas.csv",   "curve.csv",  "decision.csv",   "relaxation.csv",
                                            "log.txt",        "report.html"};
  static const std::set<std::string> series{".vtu", ".vtp", ".pvtu", ".pvd"};
  return tables.count(name.filename().string()) > 0 || series.count(name.extension().string()) > 0 ||
         name.filename().string().rfind("distances_", 0) == 0;
}

std::vector<std::string> results_below(const fs::path &directory)
{
  std::vector<std::string> found;
  const auto               look = [&](const fs::path &folder) {
    std::error_code ignored;
    for (const auto &entry : fs::directory_iterator(directory / folder, ignored))
      if (is_file(entry.path()) && looks_like_a_result(entry.path()))
        found.push_back((folder / entry.path().filename()).string());
  };
  look("");
  for (const char *const folder : {"density", "particles", "points", "measures"})
    if (way_to(directory, fs::path(folder) / "any") == Way::open)
      look(folder);
  std::sort(found.begin(), found.end());
  return found;
}
} // namespace

void check_replaced_run(const std::string &directory, const FileList &list, const std::vector<std::string> &inputs)
{
  for (const auto &[listed, ignored] : list.names())
    {
      const fs::path name = fs::path(listed).lexically_normal(), path = fs::path(directory) / name;
      const Way      way = way_to(directory, name);
      if (way == Way::link)
        throw InputError(Refusal::exists, "Output directory",
                         "'" + path.parent_path().string() +
                           "' is, or is behind, a symbolic link: what the run wrote there is not removed, and not "
                           "overwritten. Remove the link, or choose another directory.");
      for (const std::string &input : inputs)
        if (way == Way::open && is_same(path, input))
          throw InputError(Refusal::exists, "Output directory",
                           "'" + input +
                             "', which is to be read, is a file of the run that 'Overwrite = true' would "
                             "remove. Copy it to another place, or choose another directory.");
    }
}

ReplacedRun remove_replaced_run(const std::string &directory, FileList &list, const bool keeps_parameters)
{
  const fs::path        root(directory);
  ReplacedRun           result;
  std::vector<fs::path> marks, files;
  std::set<fs::path>    folders;
  std::set<std::string> names;
  for (const auto &[listed, ignored] : list.names())
    names.insert(listed);
  for (const std::string &name : unlisted_record(root, list))
    names.insert(name);
  for (const std::string &listed : names)
    {
      const fs::path name = fs::path(listed).lexically_normal();
      if (way_to(root, name) != Way::open)
        continue;
      for (fs::path folder = name.parent_path(); !folder.empty(); folder = folder.parent_path())
        folders.insert(root / folder);
      const fs::path file = root / name;
      if (is_file(file) && keeps_parameters && name.extension() == ".prm" && name.parent_path().empty())
        result.parameters.push_back(listed);
      else if (is_file(file))
        (name.extension() == ".good" ? marks : files).push_back(file);
      if (const fs::path part = file.string() + ".part"; is_file(part))
        files.push_back(part);
    }
  if (way_to(root, "checkpoints/even") == Way::open)
    for (const char *const slot : {"even", "odd"})
      for (const fs::path &file : sealed_checkpoint(root / "checkpoints" / slot))
        if (std::find(marks.begin(), marks.end(), file) == marks.end() &&
            std::find(files.begin(), files.end(), file) == files.end())
          {
            (file.extension() == ".good" ? marks : files).push_back(file);
            folders.insert(root / "checkpoints");
          }

  // A run that goes on must not find the old states, whenever this is interrupted: the marks of their validity go first.
  marks.insert(marks.end(), files.begin(), files.end());
  for (const fs::path &file : marks)
    result.n_removed += fs::remove(file) ? 1 : 0;
  // Those inside of others first. One that is not empty stays.
  std::error_code not_empty;
  for (auto folder = folders.rbegin(); folder != folders.rend(); ++folder)
    fs::remove(*folder, not_empty);
  // Until now the list has known what is still to be removed.
  fs::remove(list.path() + ".part", not_empty);
  list.clear();
  for (const std::string &name : result.parameters)
    list.add(name);
  result.unlisted = results_below(root);
  return result;
}
} // namespace rhoflow
