// A library for LD_PRELOAD that strikes a program at a chosen one of its calls that change files, and so at the same place on
// fast and on slow machines, where a test that waits and then sends a signal may come too early or too late:
//   FAULT_ACTION  KILL, TERM, USR1, INT, HUP: the signal that the program gets after the call; several but KILL with blanks
//   between;
//                 TEAR: half of the bytes are written, then it is killed (calls that write none: before they do anything);
//                 WAIT: the program waits after the call until it gets a signal that it handles;
//                 FULL: the call and all later ones that need room fail as on a full disk
//   FAULT_CALLS   open, write, fsync, truncate, rename, remove, mkdir, with blanks between; standard: all of them
//   FAULT_PATH    a shell pattern of whole paths ('*' matches '/' too); of a rename, the new path
//   FAULT_TEXT    only calls after which a line of the file matches this extended regular expression as a whole
//   FAULT_NUMBER  the how manieth of such calls, from 1; 0 or none: no fault
//   FAULT_RANK    the rank that is struck; standard: 0
//   FAULT_TRACE   a file to which that rank appends "NUMBER CALL PATH" of each of these calls
// Calls inside of the C library (fprintf and its like) are not seen.

#include <cerrno>
#include <csignal>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <regex>
#include <sstream>
#include <string>
#include <utility>

#include <dlfcn.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

namespace
{
std::string variable(const char *name)
{
  const char *const value = std::getenv(name);
  return value == nullptr ? "" : value;
}

/// The function of that name which the program would have called without this library.
template <typename Function>
Function *original(const char *name)
{
  return reinterpret_cast<Function *>(dlsym(RTLD_NEXT, name));
}

std::string absolute(int directory, const char *path)
{
  const std::string name = path;
  if (name.rfind('/', 0) == 0)
    return name;
  char              link[4096];
  const std::string place = directory == AT_FDCWD ? "/proc/self/cwd" : "/proc/self/fd/" + std::to_string(directory);
  const ssize_t     size  = readlink(place.c_str(), link, sizeof(link));
  return size < 0 ? name : std::string(link, static_cast<std::size_t>(size)) + '/' + name;
}

std::string path_of(int file)
{
  char          link[4096];
  const ssize_t size = readlink(("/proc/self/fd/" + std::to_string(file)).c_str(), link, sizeof(link));
  return size < 0 ? "" : std::string(link, static_cast<std::size_t>(size));
}

class Faults
{
public:
  Faults()
    : action(variable("FAULT_ACTION"))
    , calls(variable("FAULT_CALLS"))
    , pattern(variable("FAULT_PATH"))
    , text(variable("FAULT_TEXT"))
    , trace(variable("FAULT_TRACE"))
    , number(std::strtoul(variable("FAULT_NUMBER").c_str(), nullptr, 10))
  {
    const std::string rank = variable("OMPI_COMM_WORLD_RANK"), struck = variable("FAULT_RANK");
    on = !pattern.empty() && (rank.empty() ? "0" : rank) == (struck.empty() ? "0" : struck);
  }

  /// The result of the call, or of what happens instead; half: what writes half of the bytes, or nothing.
  template <typename Call, typename Half>
  auto at(const std::string &name, bool needs_room, const std::string &path, const Call &call, const Half &half)
    -> decltype(call())
  {
    if (!on || busy || fnmatch(pattern.c_str(), path.c_str(), 0) != 0 ||
        (!calls.empty() && (' ' + calls + ' ').find(' ' + name + ' ') == std::string::npos))
      return call();
    busy        = true; // what this class does to files is not counted
    auto result = decltype(call())();
    if (text.empty())
      {
        const bool strikes = note(name, path);
        if (strikes && action == "TEAR")
          {
            half();
            die();
          }
        full = full || (strikes && action == "FULL");
        if (full && needs_room)
          {
            errno  = ENOSPC;
            result = failure(result);
          }
        else
          {
            result = call();
            if (strikes)
              signal();
          }
      }
    else
      {
        result = call();
        if (has_text(path) && note(name, path))
          signal();
      }
    busy = false;
    return result;
  }

private:
  template <typename Number>
  static Number failure(Number)
  {
    return Number(-1);
  }
  static FILE *failure(FILE *) { return nullptr; }

  bool has_text(const std::string &path) const
  {
    const std::regex expression(text, std::regex::extended);
    std::ifstream    file(path);
    for (std::string line; std::getline(file, line);)
      if (std::regex_match(line, expression))
        return true;
    return false;
  }

  /// Whether the fault is to happen now.
  bool note(const std::string &name, const std::string &path)
  {
    ++n_calls;
    if (!trace.empty())
      std::ofstream(trace, std::ios::app) << n_calls << ' ' << name << ' ' << path << '\n';
    return n_calls == number;
  }

  static void die()
  {
    kill(getpid(), SIGKILL);
    while (true)
      pause();
  }

  void signal() const
  {
    if (action == "KILL")
      die();
    if (action == "WAIT")
      pause();
    const std::pair<const char *, int> signals[] = {{"TERM", SIGTERM}, {"USR1", SIGUSR1}, {"INT", SIGINT}, {"HUP", SIGHUP}};
    std::istringstream                 names(action);
    for (std::string name; names >> name;)
      for (const auto &[known, number] : signals)
        if (name == known)
          kill(getpid(), number);
  }

  std::string   action, calls, pattern, text, trace;
  unsigned long number, n_calls = 0;
  bool          on = false, busy = false, full = false;
};

Faults &faults()
{
  static Faults *const instance = new Faults; // of use until the process has ended
  return *instance;
}

const auto nothing = [] {};

template <typename Open>
int opened(int directory, const char *path, int flags, const Open &open)
{
  if ((flags & (O_CREAT | O_TRUNC)) == 0)
    return open();
  return faults().at("open", true, absolute(directory, path), open, nothing);
}

FILE *stream(const char *function, const char *path, const char *mode)
{
  const auto open = [&] { return original<FILE *(const char *, const char *)>(function)(path, mode); };
  return mode[0] == 'r' ? open() : faults().at("open", true, absolute(AT_FDCWD, path), open, nothing);
}

/// ... further: what comes after the number of bytes or of parts
template <typename... Further>
ssize_t bytes(const char *function, int file, const void *data, size_t size, Further... further)
{
  const auto write = original<ssize_t(int, const void *, size_t, Further...)>(function);
  return faults().at(
    "write", true, path_of(file), [&] { return write(file, data, size, further...); },
    [&] { write(file, data, size / 2, further...); });
}

template <typename... Further>
ssize_t parts(const char *function, int file, const iovec *data, int count, Further... further)
{
  const auto write = original<ssize_t(int, const iovec *, int, Further...)>(function);
  return faults().at(
    "write", true, path_of(file), [&] { return write(file, data, count, further...); },
    [&] {
      const iovec half = {data[0].iov_base, data[0].iov_len / 2};
      write(file, &half, 1, further...);
    });
}

mode_t mode_of(int flags, va_list &rest)
{
  return (flags & O_CREAT) != 0 ? va_arg(rest, mode_t) : 0;
}
} // namespace

extern "C" {
#define RHOFLOW_OPEN(name)                                                                                                     \
  int name(const char *path, int flags, ...)                                                                                   \
  {                                                                                                                            \
    va_list rest;                                                                                                              \
    va_start(rest, flags);                                                                                                     \
    const mode_t mode = mode_of(flags, rest);                                                                                  \
    va_end(rest);                                                                                                              \
    return opened(AT_FDCWD, path, flags, [&] { return original<int(const char *, int, ...)>(#name)(path, flags, mode); });     \
  }
#define RHOFLOW_OPENAT(name)                                                                                                   \
  int name(int directory, const char *path, int flags, ...)                                                                    \
  {                                                                                                                            \
    va_list rest;                                                                                                              \
    va_start(rest, flags);                                                                                                     \
    const mode_t mode = mode_of(flags, rest);                                                                                  \
    va_end(rest);                                                                                                              \
    return opened(directory, path, flags,                                                                                      \
                  [&] { return original<int(int, const char *, int, ...)>(#name)(directory, path, flags, mode); });            \
  }
RHOFLOW_OPEN(open)
RHOFLOW_OPEN(open64)
RHOFLOW_OPENAT(openat)
RHOFLOW_OPENAT(openat64)

FILE *fopen(const char *path, const char *mode)
{
  return stream("fopen", path, mode);
}
FILE *fopen64(const char *path, const char *mode)
{
  return stream("fopen64", path, mode);
}

ssize_t write(int file, const void *data, size_t size)
{
  return bytes("write", file, data, size);
}
ssize_t pwrite(int file, const void *data, size_t size, off_t place)
{
  return bytes("pwrite", file, data, size, place);
}
ssize_t pwrite64(int file, const void *data, size_t size, off64_t place)
{
  return bytes("pwrite64", file, data, size, place);
}
ssize_t writev(int file, const iovec *data, int count)
{
  return parts("writev", file, data, count);
}
ssize_t pwritev(int file, const iovec *data, int count, off_t place)
{
  return parts("pwritev", file, data, count, place);
}
ssize_t pwritev64(int file, const iovec *data, int count, off64_t place)
{
  return parts("pwritev64", file, data, count, place);
}

int fsync(int file)
{
  return faults().at(
    "fsync", false, path_of(file), [&] { return original<int(int)>("fsync")(file); }, nothing);
}
int ftruncate(int file, off_t size) noexcept
{
  return faults().at(
    "truncate", true, path_of(file), [&] { return original<int(int, off_t)>("ftruncate")(file, size); }, nothing);
}
int ftruncate64(int file, off64_t size) noexcept
{
  return faults().at(
    "truncate", true, path_of(file), [&] { return original<int(int, off64_t)>("ftruncate64")(file, size); }, nothing);
}
int rename(const char *from, const char *to) noexcept
{
  return faults().at(
    "rename", true, absolute(AT_FDCWD, to), [&] { return original<int(const char *, const char *)>("rename")(from, to); },
    nothing);
}
int remove(const char *path) noexcept
{
  return faults().at(
    "remove", false, absolute(AT_FDCWD, path), [&] { return original<int(const char *)>("remove")(path); }, nothing);
}
int unlink(const char *path) noexcept
{
  return faults().at(
    "remove", false, absolute(AT_FDCWD, path), [&] { return original<int(const char *)>("unlink")(path); }, nothing);
}
int mkdir(const char *path, mode_t mode) noexcept
{
  return faults().at(
    "mkdir", true, absolute(AT_FDCWD, path), [&] { return original<int(const char *, mode_t)>("mkdir")(path, mode); }, nothing);
}
}
