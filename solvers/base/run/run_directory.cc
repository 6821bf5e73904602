#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/files/complete_file.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint_file.h>
#include <solvers/base/run/replaced_run.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/base/text.h>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>
#include <thread>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

const char *const parameter_path  = "Output directory";
const char *const provenance_name = "provenance.json";

const char *const lock_file = ".rhoflow-lock";

/// More than the lock and the list of a run that came no further.
bool has_contents(const fs::path &path)
{
  if (!fs::exists(path))
    return false;
  const fs::path               list = FileList(path.string()).path();
  const fs::directory_iterator entries(path);
  return std::any_of(begin(entries), end(entries), [&](const fs::directory_entry &entry) {
    return entry.path() != list && entry.path() != list.string() + ".part" && entry.path() != path / lock_file;
  });
}

/// A job that is put into the queue again may start while the first one still works. What was killed a moment ago may take
/// another one to go.
void take_lock(FileLock &lock, const fs::path &path)
{
  using namespace std::chrono_literals;
  const auto deadline = std::chrono::steady_clock::now() + 2s;
  bool       is_free  = lock.take((path / lock_file).string());
  for (; !is_free && std::chrono::steady_clock::now() < deadline; is_free = lock.take((path / lock_file).string()))
    std::this_thread::sleep_for(50ms);
  if (!is_free)
    throw InputError(Refusal::in_use, parameter_path,
                     "another rhoflow is at work in '" + path.string() +
                       "'; wait for its end, or create a file 'stop' there, which lets it keep its state and end.");
}

void check_on_this_rank(const fs::path &path, const bool overwrite, const std::vector<std::string> &input_files)
{
  if (fs::exists(path) && !fs::is_directory(path))
    throw InputError(Refusal::exists, parameter_path,
                     "'" + path.string() + "' exists and is not a directory; choose another one.");
  if (!has_contents(path))
    return;
  if (!overwrite)
    throw InputError(Refusal::exists, parameter_path,
                     "'" + path.string() +
                       "' exists and is not empty. Choose another directory, or give 'Overwrite = true' to replace the run "
                       "in it.");
  FileList list(path.string());
  // A run may have been killed before it came to its first file behind the list.
  if (!fs::exists(path / provenance_name) && !fs::exists(list.path()))
    throw InputError(Refusal::exists, parameter_path,
                     "'" + path.string() +
                       "' holds files that are not a run of rhoflow (there is no provenance.json); nothing in it was "
                       "touched. Choose another directory.");
  list.read();
  check_replaced_run(path.string(), list, input_files);
}

/// The input files, and where they are as seen from the run.
std::vector<Provenance::InputFile> with_places(std::vector<Provenance::InputFile> files, const fs::path &root)
{
  for (Provenance::InputFile &file : files)
    {
      std::error_code ignored;
      file.from_run = fs::relative(file.path, root, ignored).string();
    }
  return files;
}

/// Creates a directory and returns those on the way to it that did not exist, the innermost first.
std::vector<std::string> create_directories(const fs::path &path)
{
  std::vector<std::string> made;
  std::error_code          error;
  for (fs::path place = path; !place.empty() && !fs::exists(place, error); place = place.parent_path())
    if (place.has_filename()) // no "/" at the end
      made.push_back(place.string());
  fs::create_directories(path, error);
  if (error)
    throw InputError(Refusal::unreadable, parameter_path,
                     "cannot create the directory '" + path.string() + "': " + error.message() + ".");
  return made;
}

/// Gives a file a name that is free, if there is one.
void set_aside(const std::string &path)
{
  std::error_code ignored;
  const auto      exists = [&](const std::string &name) {
    return fs::symlink_status(name, ignored).type() != fs::file_type::not_found;
  };
  if (!exists(path))
    return;
  std::string aside = path + ".before";
  for (unsigned int number = 2; exists(aside); ++number)
    aside = path + ".before" + std::to_string(number);
  fs::rename(path, aside, ignored);
}

std::string said_of_unlisted(const std::vector<std::string> &names, const std::string &path)
{
  return names.empty() ? "" :
                         "in " + path + " the list of the run that was there does not name " + listed_in_quotes(names, 3) +
                           ": they stay, and are no results of this run (where it needs such a name, '.before' is put behind "
                           "that of the old file)";
}
} // namespace

void RunDirectory::check(const std::string &path, const bool overwrite, const MPI_Comm communicator,
                         const std::vector<std::string> &input_files)
{
  on_rank_0(communicator, parameter_path, [&]() { check_on_this_rank(path, overwrite, input_files); });
}

RunDirectory::RunDirectory(const std::string &path, const bool overwrite, const MPI_Comm communicator,
                           const std::vector<std::string> &input_files)
  : root(path)
  , comm(communicator)
  , files(root)
{
  on_rank_0(comm, parameter_path, [&]() {
    check_on_this_rank(root, overwrite, input_files);
    made = create_directories(root);
    take_lock(lock, root);
    // The superuser passes any check of permissions: only writing shows whether one can write. From the first byte on the
    // directory is known to be a run's.
    files.open();
    ReplacedRun replaced = remove_replaced_run(root, files, true);
    n_removed            = replaced.n_removed;
    old_parameters       = std::move(replaced.parameters);
    what_was_left        = said_of_unlisted(replaced.unlisted, root);
  });
}

RunDirectory RunDirectory::of_earlier_run(const std::string &path, const MPI_Comm communicator)
{
  RunDirectory directory(path, communicator);
  directory.is_new = false;
  try
    {
      on_rank_0(communicator, parameter_path, [&]() {
        for (const char *const needed : {provenance_name, "parameters_used.prm"})
          if (!fs::exists(fs::path(path) / needed))
            throw InputError(Refusal::missing, parameter_path,
                             "'" + path + "' holds no run of rhoflow (there is no " + needed +
                               "); --resume takes the directory that a run left.");
        take_lock(directory.lock, path);
        // The superuser passes any check of permissions: only writing shows whether one can write.
        directory.files.open();
      });
    }
  catch (const InputError &error)
    {
      throw InputError(error.why, "", error.what());
    }
  return directory;
}

Provenance RunDirectory::provenance() const
{
  std::ifstream      file(path(provenance_name), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return Provenance::parse(text.str());
}

std::string RunDirectory::parameter_directory() const
{
  std::string found = root;
  if (rank_of(comm) == 0)
    {
      try
        {
          found = provenance().parameter_directory;
        }
      catch (const std::runtime_error &)
        {
          // Without it, names of data files that are not absolute will not be found, which is then said.
        }
    }
  return dealii::Utilities::MPI::broadcast(comm, found);
}

void RunDirectory::write_text(const std::string &name, const std::string &text) const
{
  // Whoever is interrupted leaves the text before or the text after.
  write_complete_file(file(name), [&](std::ostream &out) { out << text; });
}

void RunDirectory::replace(const Provenance &provenance) const
{
  write_durable_file(file(provenance_name), [text = provenance.json()](std::ostream &out) { out << text; });
}

std::string RunDirectory::record_again(const dealii::ParameterHandler &parameters, const double time,
                                       const std::vector<std::string>           &command_line,
                                       const std::vector<Provenance::InputFile> &input_files) const
{
  const int   n_ranks  = number_of_ranks(comm);
  const auto  platform = Platform::of(comm);
  std::string warning;
  on_rank_0(comm, parameter_path, [&]() {
    write_text("parameters_used.prm", parameters_text(parameters));

    Provenance known;
    try
      {
        known = provenance();
      }
    catch (const std::runtime_error &error)
      {
        warning = "'" + path(provenance_name) + "' is damaged (" + error.what() +
                  "): whether this run goes on with the program that began it is not known.";
        return;
      }
    const auto session = Provenance::Session::present(time, n_ranks, command_line, platform);
    warning            = known.other_versions(session);
    known.continued.push_back(session);
    known.input_files = with_places(input_files, root);
    // That of a process that was killed, for this one has the lock.
    std::error_code ignored;
    fs::remove(path(std::string(provenance_name) + ".part"), ignored);
    replace(known);
    has_session = true;
  });
  has_session = dealii::Utilities::MPI::broadcast(comm, has_session);
  return dealii::Utilities::MPI::broadcast(comm, warning);
}

void RunDirectory::record_end(const int status, const std::string &reason) const
{
  if (!has_session)
    return;
  try
    {
      Provenance known         = provenance();
      known.last_session().end = Provenance::End::present(status, reason);
      replace(known);
    }
  catch (const std::exception &)
    {
      // How the run ended is told already, and is not another end because of this.
    }
}

std::string RunDirectory::path(const std::string &name) const
{
  return name.empty() ? root : (fs::path(root) / name).string();
}

void RunDirectory::record(const std::string &parameter_file, const dealii::ParameterHandler &parameters,
                          const std::vector<std::string>           &command_line,
                          const std::vector<Provenance::InputFile> &input_files) const
{
  const int  n_ranks  = number_of_ranks(comm);
  const auto platform = Platform::of(comm);
  on_rank_0(comm, parameter_path, [&]() {
    const fs::path given(parameter_file);
    // Someone may run the complete file of an earlier run.
    const std::string name = name_of_parameter_file(parameter_file);
    const std::string copy = (name == "parameters_used" ? "parameters_given" : name) + ".prm";
    std::error_code   ignored;
    if (!fs::equivalent(given, fs::path(root) / copy, ignored))
      {
        std::ifstream      file(given, std::ios::binary);
        std::ostringstream contents;
        contents << file.rdbuf();
        if (!file)
          throw InputError(Refusal::unreadable, parameter_path, "cannot read '" + parameter_file + "' again to copy it.");
        write_text(copy, contents.str());
      }

    for (const std::string &old : old_parameters)
      if (!fs::equivalent(given, fs::path(root) / old, ignored))
        {
          ++n_removed;
          if (old != copy)
            fs::remove(fs::path(root) / old);
        }
    old_parameters.clear();

    write_text("parameters_used.prm", parameters_text(parameters));

    Provenance provenance;
    provenance.begun               = Provenance::Session::present(0., n_ranks, command_line, platform);
    provenance.seed                = RunParameters::seed_of(parameters.get("Seed"));
    provenance.parameter_file      = copy;
    provenance.parameter_directory = fs::absolute(given).parent_path().string();
    provenance.input_files         = with_places(input_files, root);
    write_text(provenance_name, provenance.json());
  });
  has_session = true;
}

std::string RunDirectory::removed() const
{
  return n_removed == 0 ? "" :
                          "Removed " + std::to_string(n_removed) + (n_removed == 1 ? " file" : " files") +
                            " of the run that was in " + root + ".";
}

bool RunDirectory::withdraw()
{
  if (made.empty())
    return false;
  std::error_code not_empty;
  try
    {
      remove_replaced_run(root, files, false);
      if (!has_contents(root))
        for (const fs::path &own : {fs::path(files.path()), fs::path(root) / lock_file})
          fs::remove(own, not_empty);
    }
  catch (const std::exception &)
    {
      return false; // what is told is why the run is withdrawn
    }
  for (const std::string &directory : made)
    fs::remove(directory, not_empty);
  return !fs::exists(root, not_empty);
}

std::string RunDirectory::file(const std::string &name) const
{
  const std::string path = (fs::path(root) / name).string();
  if (rank_of(comm) == 0)
    {
      if (is_new && files.names().count(name) == 0)
        set_aside(path);
      files.add(name);
    }
  return path;
}

std::string RunDirectory::contents() const
{
  struct Part
  {
    unsigned int   n_files = 0;
    std::uintmax_t bytes   = 0;
  };
  Part                        all;
  std::map<std::string, Part> folders;
  FileList                    list(root);
  list.read();
  for (const auto &[name, ignored] : list.names())
    {
      std::error_code      error;
      const std::uintmax_t bytes = fs::file_size(fs::path(root) / name, error);
      if (error)
        continue;
      const std::string folder = fs::path(name).parent_path().string();
      for (Part *part : {&all, folder.empty() ? nullptr : &folders[folder]})
        if (part != nullptr)
          {
            ++part->n_files;
            part->bytes += bytes;
          }
    }
  const auto  megabytes = [](std::uintmax_t bytes) { return short_number(static_cast<double>(bytes) / 1e6, 3) + " MB"; };
  std::string text      = megabytes(all.bytes) + " in " + std::to_string(all.n_files) + " files";
  const char *separator = ": ";
  for (const auto &[folder, part] : folders)
    {
      text += separator + folder + "/ " + megabytes(part.bytes) + " in " + std::to_string(part.n_files);
      separator = ", ";
    }
  return text;
}

bool RunDirectory::make_durable() const
{
  bool good = true;
  if (rank_of(comm) == 0)
    {
      good = files.make_durable();
      // A state without them is of no use.
      for (const char *const name : {"parameters_used.prm", provenance_name})
        good = rhoflow::make_durable(path(name)) && good;
    }
  return dealii::Utilities::MPI::broadcast(comm, good);
}

std::string RunDirectory::subdirectory(const std::string &name) const
{
  const fs::path path = fs::path(root) / name;
  on_rank_0(comm, parameter_path, [&]() {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
      throw InputError(Refusal::unreadable, parameter_path,
                       "cannot create the directory '" + path.string() + "': " + error.message() + ".");
    files.add(name + "/");
  });
  return path.string();
}
} // namespace rhoflow
