#include <solvers/base/files/file_lock.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>
#include <utility>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

namespace rhoflow
{
FileLock::~FileLock()
{
  if (descriptor >= 0)
    close(descriptor);
}

FileLock::FileLock(FileLock &&other) noexcept
  : descriptor(std::exchange(other.descriptor, -1))
{}

bool FileLock::take(const std::string &file)
{
  if (descriptor >= 0)
    close(descriptor);
  // For writing, without which network file systems lock nothing.
  descriptor = open(file.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0)
    throw std::runtime_error("cannot write '" + file + "': " + std::strerror(errno) + ".");
  return flock(descriptor, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK;
}
} // namespace rhoflow
