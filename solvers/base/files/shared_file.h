#pragma once

#include <cstdint>
#include <string>

namespace rhoflow
{
/// A file in which every rank reads and writes at places of its own, by calls of the operating system. MPI's files are not
/// used: nothing here needs a pointer that the ranks share, and Open MPI makes a second file for it, waits for ever where that
/// cannot be written, and leaves it behind when it is killed.
///
/// What one node has written is seen by another one, on network file systems too, after the writer has closed the file and
/// before the reader opens it, with a barrier between.
class SharedFile
{
public:
  enum class Access
  {
    read,
    write ///< and read; the file is made if it is not there, and keeps what it holds
  };

  SharedFile(const std::string &path, Access access);
  ~SharedFile();
  SharedFile(const SharedFile &)            = delete;
  SharedFile &operator=(const SharedFile &) = delete;

  bool is_open() const { return descriptor >= 0; }
  /// All of `size` bytes at `offset`; false if the system refuses (errno says why) or, when reading, if there are fewer.
  bool read(std::uint64_t offset, void *data, std::uint64_t size) const;
  bool write(std::uint64_t offset, const void *data, std::uint64_t size);
  /// Cuts off what is behind `size`, or fills up with zeros.
  bool resize(std::uint64_t size);
  /// Waits until the contents are on the disk.
  bool synchronise();
  bool close();

private:
  int descriptor;
};
} // namespace rhoflow
