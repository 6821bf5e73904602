#pragma once

#include <csignal>
#include <stdexcept>

#include <sys/resource.h>

/// While it lives no file of this process grows beyond `bytes`: writing fails as on a full disk (another error number, the same
/// path through the program).
class SmallDisk
{
public:
  explicit SmallDisk(rlim_t bytes)
  {
    old_action = std::signal(SIGXFSZ, SIG_IGN);
    getrlimit(RLIMIT_FSIZE, &old_limit);
    const rlimit limit = {bytes, old_limit.rlim_max};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0)
      throw std::runtime_error("setrlimit failed");
  }
  ~SmallDisk()
  {
    setrlimit(RLIMIT_FSIZE, &old_limit);
    std::signal(SIGXFSZ, old_action);
  }
  SmallDisk(const SmallDisk &)            = delete;
  SmallDisk &operator=(const SmallDisk &) = delete;

private:
  rlimit old_limit;
  void (*old_action)(int);
};
