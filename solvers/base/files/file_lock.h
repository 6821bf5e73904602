#pragma once

#include <string>

namespace rhoflow
{
/// A lock that goes with the process, however that ends: on a file that stays.
class FileLock
{
public:
  FileLock() = default;
  ~FileLock();
  FileLock(FileLock &&other) noexcept;
  FileLock(const FileLock &)            = delete;
  FileLock &operator=(const FileLock &) = delete;

  /// False if another process, or another lock of this one, has it. Where the file system has no locks there is always one to
  /// be had. Throws std::runtime_error if the file cannot be written.
  bool take(const std::string &file);

private:
  int descriptor = -1;
};
} // namespace rhoflow
