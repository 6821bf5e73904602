#include <solvers/base/error.h>
#include <solvers/base/parameters/parameter_file.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/input_files.h>

#include <deal.II/base/mpi.h>
#include <deal.II/base/parameter_handler.h>

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <optional>
#include <stdexcept>

#include <unistd.h>

namespace rhoflow
{
namespace
{
namespace fs  = std::filesystem;
namespace mpi = dealii::Utilities::MPI;

constexpr std::uint64_t max_at_first = 64U << 20;

/// A regular file that can be read; other files could keep a reader waiting.
std::optional<Provenance::InputFile> readable(const std::string  &path,
                                              const std::uint64_t most = std::numeric_limits<std::uint64_t>::max())
{
  std::error_code ignored;
  if (!fs::is_regular_file(path, ignored))
    return {};
  try
    {
      return Provenance::InputFile::of(path, most);
    }
  catch (const std::runtime_error &)
    {
      return {};
    }
}

/// Where the file is now, if the run in `directory` read it and both were moved.
std::optional<std::string> moved_with_run(const std::string &name, const std::string &directory)
{
  std::error_code ignored;
  const fs::path  record = fs::path(directory) / "provenance.json";
  if (!fs::is_regular_file(record, ignored))
    return {};
  std::ifstream file(record, std::ios::binary);
  try
    {
      const Provenance known = Provenance::parse({std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()});
      for (const Provenance::InputFile &input : known.input_files)
        if (input.path == name && !input.from_run.empty())
          {
            const std::string moved        = (fs::path(directory) / input.from_run).string();
            const auto        has_contents = [&](const std::string &path) {
              const auto found = fs::file_size(path, ignored) == input.bytes ? readable(path) : std::nullopt;
              return found && found->same_contents(input);
            };
            if (has_contents(moved) && !has_contents(name))
              return moved;
          }
    }
  catch (const std::runtime_error &)
    {
      // A damaged record says nothing of where the file is.
    }
  return {};
}

std::string host_name()
{
  char name[256] = "";
  gethostname(name, sizeof(name) - 1);
  return name;
}

/// A name and what a rank reads under it.
struct Found
{
  std::string                          path;
  std::optional<Provenance::InputFile> file;

  Found(const std::string &name, const std::vector<std::string> &places)
    : path(find_input_file(name, places))
    , file(readable(path, max_at_first))
  {}

  /// The same for the same contents on all ranks; empty if there is no file.
  std::string contents() const
  {
    return file ? file->contents() + (file->bytes > max_at_first ? " of the first 64 MiB" : "") : "";
  }
  std::string described() const { return file ? "'" + file->path + "' (" + contents() + ")" : "no file that it can read"; }
};

/// Throws InputError on every rank unless `good` on all of them. `own`: what this rank has under the name.
void require_on_all_ranks(const bool good, const std::string &parameter, const std::string &name, const std::string &own,
                          const MPI_Comm communicator)
{
  const int n_ranks = number_of_ranks(communicator);
  const int other   = dealii::Utilities::MPI::min(good ? n_ranks : rank_of(communicator), communicator);
  if (other == n_ranks)
    return;
  const std::string first  = mpi::broadcast(communicator, own, 0);
  const std::string second = mpi::broadcast(communicator, own + " on " + host_name(), static_cast<unsigned int>(other));
  throw InputError(Refusal::inconsistent, parameter,
                   "the ranks do not read the same file under the name '" + name + "': rank 0 has " + first + ", rank " +
                     std::to_string(other) + " has " + second +
                     ". Start all ranks in one directory, or give the whole path of a file that is the same on all "
                     "machines.");
}
} // namespace

std::string share_working_directory(const MPI_Comm communicator)
{
  std::error_code   error;
  const std::string own    = fs::current_path(error).string();
  const std::string shared = mpi::broadcast(communicator, own);
  const int         others = dealii::Utilities::MPI::sum(own != shared ? 1 : 0, communicator);
  if (others == 0 || shared.empty())
    return "";
  if (own != shared)
    fs::current_path(shared, error);
  return "the ranks were started in different working directories; relative names are taken from that of rank 0, '" + shared +
         "'.";
}

std::string find_input_file(const std::string &name, const std::vector<std::string> &places)
{
  std::error_code ignored;
  if (name.empty())
    return name;
  if (name.front() == '/')
    {
      for (const std::string &place : places)
        if (const auto moved = moved_with_run(name, place))
          return *moved;
      return name;
    }
  if (fs::exists(name, ignored))
    return name;
  for (const std::string &place : places)
    if (const std::string beside = place + "/" + name; !place.empty() && fs::exists(beside, ignored))
      return beside;
  return name;
}

std::vector<Provenance::InputFile> agree_on_input_files(dealii::ParameterHandler       &prm,
                                                        const std::vector<std::string> &parameters,
                                                        std::vector<std::string> places, const MPI_Comm communicator,
                                                        std::string &warning)
{
  places = mpi::broadcast(communicator, places);
  // What a rank would have read where it was started must not be something else.
  std::vector<std::string> names;
  std::vector<Found>       found;
  for (const std::string &parameter : parameters)
    {
      names.push_back(parameter_value(prm, parameter));
      found.emplace_back(names.back(), places);
      const std::string own = found.back().contents(), first = mpi::broadcast(communicator, own);
      require_on_all_ranks(own.empty() || own == first, parameter, names.back(), found.back().described(), communicator);
    }
  warning = share_working_directory(communicator);

  std::vector<Provenance::InputFile> files;
  for (std::size_t i = 0; i < names.size(); ++i)
    {
      if (!warning.empty())
        found[i] = Found(names[i], places);
      const std::string own = found[i].contents();
      require_on_all_ranks(own == mpi::broadcast(communicator, own), parameters[i], names[i], found[i].described(),
                           communicator);
      set_parameter_value(prm, parameters[i], found[i].path);
      if (found[i].file)
        files.push_back(*found[i].file);
    }
  return files;
}

void agree_on_large_files(std::vector<Provenance::InputFile> &files, const std::vector<std::string> &parameters,
                          const MPI_Comm communicator)
{
  for (std::size_t i = 0; i < files.size(); ++i)
    if (files[i].bytes > max_at_first)
      {
        const auto        file = readable(files[i].path);
        const std::string own = file ? file->contents() : "", first = mpi::broadcast(communicator, own);
        require_on_all_ranks(file && own == first, parameters.at(i), files[i].path,
                             "'" + files[i].path + "' (" + (file ? own : "which cannot be read any more") + ")", communicator);
        files[i] = *file;
      }
}
} // namespace rhoflow
