#include <solvers/base/complete_file.h>
#include <solvers/base/ranks.h>
#include <solvers/base/shared_file.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

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

/// This rank's part of the file; false if something went wrong on any rank.
bool write_part(const std::string &path, const std::string &part, std::uint64_t begin, MPI_Comm communicator)
{
  const auto all_agree = [&](bool good) {
    int all = good ? 1 : 0;
    MPI_Allreduce(MPI_IN_PLACE, &all, 1, MPI_INT, MPI_MIN, communicator);
    return all != 0;
  };
  bool good = true;
  if (rank_of(communicator) == 0)
    {
      SharedFile whole(path, SharedFile::Access::write);
      good = whole.is_open() && whole.resize(0) && whole.close();
    }
  if (!all_agree(good))
    return false;
  SharedFile own(path, SharedFile::Access::write);
  return all_agree(own.is_open() && own.write(begin, part.data(), part.size()) && own.close());
}
} // namespace

void write_complete_file(const std::string &path, const std::function<void(std::ostream &)> &write)
{
  const std::string aside = path + ".part";
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
  std::error_code error;
  fs::rename(aside, path, error);
  if (error)
    throw cannot_write(path, error.message() + ".");
}

void write_complete_file(const std::string &path, const std::string &part, const MPI_Comm communicator)
{
  if (number_of_ranks(communicator) == 1)
    return write_complete_file(path,
                               [&](std::ostream &file) { file.write(part.data(), static_cast<std::streamsize>(part.size())); });

  const std::string aside = path + ".part";
  std::uint64_t     size = part.size(), end = 0;
  MPI_Scan(&size, &end, 1, MPI_UINT64_T, MPI_SUM, communicator);
  errno     = 0;
  bool good = write_part(aside, part, end - size, communicator);
  MPI_Allreduce(MPI_IN_PLACE, &size, 1, MPI_UINT64_T, MPI_SUM, communicator);

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
