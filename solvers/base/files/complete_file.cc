#include <solvers/base/collective.h>
#include <solvers/base/files/complete_file.h>
#include <solvers/base/files/shared_file.h>
#include <solvers/base/ranks.h>

#include <deal.II/base/mpi.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include <fcntl.h>
#include <unistd.h>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

/// `reason`: a sentence.
std::runtime_error cannot_write(const std::string &path, const std::string &reason)
{
  return std::runtime_error("cannot write '" + path + "': " + reason);
}

std::string full_disk()
{
  return errno != 0 ? std::string(std::strerror(errno)) + "." : "is the disk full?";
}

bool synchronise(const std::string &path, int flags)
{
  const int file = open(path.c_str(), flags);
  if (file < 0)
    return false;
  const bool good = fsync(file) == 0;
  return close(file) == 0 && good;
}

std::string aside_of(const std::string &path)
{
  return path + ".part";
}

void write_aside(const std::string &path, const std::function<void(std::ostream &)> &write)
{
  const std::string aside = aside_of(path);
  errno                   = 0;
  std::ofstream file(aside, std::ios::binary | std::ios::trunc);
  write(file);
  file.close();
  if (!file)
    {
      const std::string reason = full_disk();
      std::error_code   ignored;
      fs::remove(aside, ignored);
      throw cannot_write(path, reason);
    }
}

/// What was written aside is the file from now on.
void give_name(const std::string &path)
{
  std::error_code error;
  fs::rename(aside_of(path), path, error);
  if (error)
    {
      const std::string reason = error.message() + ".";
      fs::remove(aside_of(path), error);
      throw cannot_write(path, reason);
    }
}

/// This rank's part of the file; false if something went wrong on any rank.
bool write_part(const std::string &path, const std::string &part, std::uint64_t begin, MPI_Comm communicator)
{
  bool good = true;
  if (rank_of(communicator) == 0)
    {
      SharedFile whole(path, SharedFile::Access::write);
      good = whole.is_open() && whole.resize(0) && whole.close();
    }
  if (!all_agree(good, communicator))
    return false;
  SharedFile own(path, SharedFile::Access::write);
  return all_agree(own.is_open() && own.write(begin, part.data(), part.size()) && own.close(), communicator);
}
} // namespace

bool make_durable(const std::string &file)
{
  const std::string parent = std::filesystem::path(file).parent_path().string();
  return synchronise(file, O_RDONLY) && synchronise(parent.empty() ? "." : parent, O_RDONLY | O_DIRECTORY);
}

void write_complete_file(const std::string &path, const std::function<void(std::ostream &)> &write)
{
  write_aside(path, write);
  give_name(path);
}

void write_durable_file(const std::string &path, const std::function<void(std::ostream &)> &write)
{
  const std::string aside = aside_of(path);
  errno                   = 0;
  const int claim         = open(aside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (claim < 0)
    throw cannot_write(path, full_disk());
  close(claim);
  write_aside(path, write);
  errno = 0;
  if (!make_durable(aside))
    {
      const std::string reason = full_disk();
      std::error_code   ignored;
      fs::remove(aside, ignored);
      throw cannot_write(path, reason);
    }
  give_name(path);
  if (!make_durable(path))
    throw cannot_write(path, full_disk());
}

void write_complete_file(const std::string &path, const std::string &part, const MPI_Comm communicator)
{
  if (number_of_ranks(communicator) == 1)
    return write_complete_file(path,
                               [&](std::ostream &file) { file.write(part.data(), static_cast<std::streamsize>(part.size())); });

  const std::string aside = aside_of(path);
  std::uint64_t     size = part.size(), end = 0;
  MPI_Scan(&size, &end, 1, MPI_UINT64_T, MPI_SUM, communicator);
  errno     = 0;
  bool good = write_part(aside, part, end - size, communicator);
  size      = dealii::Utilities::MPI::sum(size, communicator);

  // A file system need not say at once that it is full: the size does.
  int complete = 0;
  if (rank_of(communicator) == 0)
    {
      std::error_code error;
      good = good && fs::file_size(aside, error) == size && !error;
      if (good)
        fs::rename(aside, path, error);
      complete = good && !error ? 1 : 0;
      if (complete == 0)
        {
          std::error_code ignored;
          fs::remove(aside, ignored);
        }
    }
  MPI_Bcast(&complete, 1, MPI_INT, 0, communicator);
  if (complete == 0)
    throw cannot_write(path, full_disk());
}
} // namespace rhoflow
