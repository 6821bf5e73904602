#include <solvers/base/checkpoint_file.h>
#include <solvers/base/complete_file.h>
#include <solvers/base/error.h>
#include <solvers/base/parameter_file.h>
#include <solvers/base/progress.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/run_parameters.h>

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

const char *const parameter_path = "Output directory";

/// Runs `work` on rank 0; if it throws, every rank throws.
template <typename Work>
void on_rank_0(const MPI_Comm communicator, const Work &work)
{
  std::string error;
  if (dealii::Utilities::MPI::this_mpi_process(communicator) == 0)
    {
      try
        {
          work();
        }
      catch (const std::exception &e)
        {
          error = e.what();
        }
    }
  error = dealii::Utilities::MPI::broadcast(communicator, error);
  if (!error.empty())
    throw InputError(parameter_path, error);
}

/// Whoever is interrupted leaves the text before or the text after.
void write_text(const fs::path &path, const std::string &text)
{
  write_complete_file(path.string(), [&](std::ostream &file) { file << text; });
}

const char *const lock_file = ".rhoflow-lock";

/// More than the lock and the list of a run that came no further.
bool has_contents(const fs::path &path)
{
  if (!fs::exists(path))
    return false;
  const fs::directory_iterator entries(path);
  return std::any_of(begin(entries), end(entries), [&](const fs::directory_entry &entry) {
    return entry.path() != FileList(path.string()).path() && entry.path() != path / lock_file;
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
    throw std::runtime_error("another rhoflow is at work in '" + path.string() +
                             "'; wait for its end, or create a file 'stop' there, which lets it keep its state and end.");
}

void check_on_this_rank(const fs::path &path, const bool overwrite)
{
  if (fs::exists(path) && !fs::is_directory(path))
    throw std::runtime_error("'" + path.string() + "' exists and is not a directory; choose another one.");
  if (!has_contents(path))
    return;
  if (!overwrite)
    throw std::runtime_error(
      "'" + path.string() +
      "' exists and is not empty. Choose another directory, or give 'Overwrite = true' to replace the run "
      "in it.");
  // A run may have been killed before it came to its first file behind the list.
  if (!fs::exists(path / "provenance.json") && !fs::exists(FileList(path.string()).path()))
    throw std::runtime_error("'" + path.string() +
                             "' holds files that are not a run of rhoflow (there is no provenance.json); nothing in it was "
                             "touched. Choose another directory.");
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

/// Results of the run that is replaced would be mistaken for results of this one. Only what rhoflow itself wrote goes.
void remove_old_results(const fs::path &path, FileList &list)
{
  std::vector<fs::path> old;
  // A run that goes on must not find them, whenever this is interrupted: the marks of validity first.
  for (const char *const ending : {".good", ""})
    for (const char *const slot : {"even", "odd"})
      old.push_back(path / "checkpoints" / (std::string(slot) + ending));
  for (const auto &[name, ignored] : list.names())
    if (fs::is_regular_file(path / name) && fs::path(name).lexically_normal().begin()->string() != "..")
      old.push_back(path / name);
  for (const auto &entry : fs::recursive_directory_iterator(path))
    {
      // A run that was killed may leave a file that is not complete.
      fs::path whole = entry.path();
      if (whole.extension() == ".part")
        whole.replace_extension();
      const std::string name = whole.lexically_relative(path).generic_string(), extension = whole.extension().string();
      const bool        of_a_series = extension == ".vtu" || extension == ".vtp" || extension == ".pvtu" || extension == ".pvd";
      const bool        incomplete  = whole != entry.path() &&
                              (list.names().count(name) > 0 || extension == ".prm" || extension == ".good" ||
                               name == "provenance.json" || whole == list.path());
      if (entry.is_regular_file() && (of_a_series || incomplete))
        old.push_back(entry.path());
    }
  // The list goes last: until then it knows what is still to be removed.
  old.push_back(list.path());
  for (const fs::path &file : old)
    fs::remove(file);
  list.open();
}
} // namespace

void RunDirectory::check(const std::string &path, const bool overwrite, const MPI_Comm communicator)
{
  on_rank_0(communicator, [&]() { check_on_this_rank(path, overwrite); });
}

RunDirectory::RunDirectory(const std::string &path, const bool overwrite, const MPI_Comm communicator)
  : root(path)
  , comm(communicator)
  , files(root)
{
  on_rank_0(comm, [&]() {
    check_on_this_rank(root, overwrite);
    std::error_code error;
    fs::create_directories(root, error);
    if (error)
      throw std::runtime_error("cannot create the directory '" + root + "': " + error.message() + ".");
    take_lock(lock, root);
    // The superuser passes any check of permissions: only writing shows whether one can write. From the first byte on the
    // directory is known to be a run's.
    files.open();
    remove_old_results(root, files);
  });
}

RunDirectory RunDirectory::of_earlier_run(const std::string &path, const MPI_Comm communicator)
{
  RunDirectory directory(path, communicator);
  try
    {
      on_rank_0(communicator, [&]() {
        for (const char *const needed : {"provenance.json", "parameters_used.prm"})
          if (!fs::exists(fs::path(path) / needed))
            throw std::runtime_error("'" + path + "' holds no run of rhoflow (there is no " + needed +
                                     "); --resume takes the directory that a run left.");
        take_lock(directory.lock, path);
        // The superuser passes any check of permissions: only writing shows whether one can write.
        directory.files.open();
      });
    }
  catch (const InputError &error)
    {
      throw InputError("", error.what());
    }
  return directory;
}

Provenance RunDirectory::provenance() const
{
  std::ifstream      file(path("provenance.json"), std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  return Provenance::parse(text.str());
}

std::string RunDirectory::parameter_directory() const
{
  std::string found = root;
  if (dealii::Utilities::MPI::this_mpi_process(comm) == 0)
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

std::string RunDirectory::record_again(const dealii::ParameterHandler &parameters, const double time,
                                       const std::vector<std::string>           &command_line,
                                       const std::vector<Provenance::InputFile> &input_files) const
{
  const int   n_ranks = static_cast<int>(dealii::Utilities::MPI::n_mpi_processes(comm));
  std::string warning;
  on_rank_0(comm, [&]() {
    write_text(fs::path(root) / "parameters_used.prm", parameters_text(parameters));

    Provenance known;
    try
      {
        known = provenance();
      }
    catch (const std::runtime_error &error)
      {
        warning = "'" + path("provenance.json") + "' is damaged (" + error.what() +
                  "): whether this run goes on with the program that began it is not known.";
        return;
      }
    const auto session = Provenance::Session::present(time, n_ranks, command_line);
    warning            = known.other_versions(session);
    known.continued.push_back(session);
    known.input_files = with_places(input_files, root);
    write_text(fs::path(root) / "provenance.json", known.json());
  });
  return dealii::Utilities::MPI::broadcast(comm, warning);
}

std::string RunDirectory::path(const std::string &name) const
{
  return name.empty() ? root : (fs::path(root) / name).string();
}

void RunDirectory::record(const std::string &parameter_file, const dealii::ParameterHandler &parameters,
                          const std::vector<std::string> &command_line, const std::vector<Provenance::InputFile> &input_files) const
{
  const int n_ranks = static_cast<int>(dealii::Utilities::MPI::n_mpi_processes(comm));
  on_rank_0(comm, [&]() {
    const fs::path given(parameter_file);
    // Someone may run the complete file of an earlier run.
    const std::string stem = given.stem() == "parameters_used" ? "parameters_given" : given.stem().string();
    const fs::path    copy = fs::path(root) / (stem + ".prm");
    std::error_code   ignored;
    if (!fs::equivalent(given, copy, ignored))
      {
        std::ifstream      file(given, std::ios::binary);
        std::ostringstream contents;
        contents << file.rdbuf();
        if (!file)
          throw std::runtime_error("cannot read '" + parameter_file + "' again to copy it.");
        write_text(copy, contents.str());
      }

    write_text(fs::path(root) / "parameters_used.prm", parameters_text(parameters));

    Provenance provenance;
    provenance.begun               = Provenance::Session::present(0., n_ranks, command_line);
    provenance.seed                = std::to_string(RunParameters::seed_of(parameters.get("Seed")));
    provenance.parameter_file      = copy.filename().string();
    provenance.parameter_directory = fs::absolute(given).parent_path().string();
    provenance.input_files         = with_places(input_files, root);
    write_text(fs::path(root) / "provenance.json", provenance.json());
  });
}

std::string RunDirectory::file(const std::string &name) const
{
  if (dealii::Utilities::MPI::this_mpi_process(comm) == 0)
    files.add(name);
  return (fs::path(root) / name).string();
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
  if (dealii::Utilities::MPI::this_mpi_process(comm) == 0)
    {
      good = files.make_durable();
      for (const char *const name : {"parameters_used.prm", "provenance.json"})
        good = rhoflow::make_durable(path(name)) && good;
    }
  return dealii::Utilities::MPI::broadcast(comm, good);
}

std::string RunDirectory::subdirectory(const std::string &name) const
{
  const fs::path path = fs::path(root) / name;
  on_rank_0(comm, [&]() {
    std::error_code error;
    fs::create_directories(path, error);
    if (error)
      throw std::runtime_error("cannot create the directory '" + path.string() + "': " + error.message() + ".");
  });
  return path.string();
}
} // namespace rhoflow
