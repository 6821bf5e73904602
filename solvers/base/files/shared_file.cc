#include <solvers/base/files/shared_file.h>

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <unistd.h>

namespace rhoflow
{
namespace
{
/// Calls move(place, offset, size) until all bytes have been moved. Linux moves at most 2 GiB in one call.
template <typename Move>
bool move_all(const std::uint64_t offset, const std::uint64_t size, const Move &move)
{
  constexpr std::uint64_t most = 1U << 30;
  for (std::uint64_t done = 0; done < size;)
    {
      const ssize_t moved = move(done, static_cast<off_t>(offset + done), std::min(most, size - done));
      if (moved > 0)
        done += static_cast<std::uint64_t>(moved);
      else if (moved == 0 || errno != EINTR)
        return false;
    }
  return true;
}

template <typename Call>
bool succeeds(const Call &call)
{
  int result = 0;
  do
    result = call();
  while (result != 0 && errno == EINTR);
  return result == 0;
}
} // namespace

SharedFile::SharedFile(const std::string &path, const Access access)
  : descriptor(::open(path.c_str(), (access == Access::read ? O_RDONLY : O_RDWR | O_CREAT) | O_CLOEXEC, 0666))
{}

SharedFile::~SharedFile()
{
  close();
}

bool SharedFile::read(const std::uint64_t offset, void *const data, const std::uint64_t size) const
{
  return move_all(offset, size, [&](std::uint64_t done, off_t place, std::uint64_t n) {
    return ::pread(descriptor, static_cast<char *>(data) + done, n, place);
  });
}

bool SharedFile::write(const std::uint64_t offset, const void *const data, const std::uint64_t size)
{
  return move_all(offset, size, [&](std::uint64_t done, off_t place, std::uint64_t n) {
    return ::pwrite(descriptor, static_cast<const char *>(data) + done, n, place);
  });
}

bool SharedFile::resize(const std::uint64_t size)
{
  return succeeds([&] { return ::ftruncate(descriptor, static_cast<off_t>(size)); });
}

bool SharedFile::synchronise()
{
  return succeeds([&] { return ::fsync(descriptor); });
}

bool SharedFile::close()
{
  // Linux has closed the descriptor also where it reports an error.
  const int closed = descriptor;
  descriptor       = -1;
  return closed < 0 || ::close(closed) == 0;
}
} // namespace rhoflow
