#pragma once

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <map>
#include <string>

#include <unistd.h>

#include <solvers/base/error.h>

/// What libFuzzer calls with every input. Whatever ends the process, leaks, or takes too long is a finding.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size);

namespace rhoflow
{
/// Runs `work`, which may refuse its input, with a reason. Every other exception is a finding.
template <typename Work>
void allow_refusal(const Work &work)
{
  try
    {
      work();
    }
  catch (const InputError &error)
    {
      if (error.what()[0] == '\0')
        std::abort();
    }
}

/// A promise that input which was accepted has to keep.
inline void require(const bool promise, const char *const what)
{
  if (promise)
    return;
  std::fprintf(stderr, "accepted, but: %s\n", what);
  std::abort();
}

/// A folder of this process in memory where there is such a file system, for readers that open files by name.
inline const std::string &folder()
{
  static const std::string path = []() {
    std::string name = std::string(access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp") + "/rhoflow_fuzz_XXXXXX";
    if (mkdtemp(name.data()) == nullptr)
      std::abort();
    static std::string to_remove;
    to_remove = name;
    std::atexit([]() {
      if (std::system(("rm -rf " + to_remove).c_str()) != 0)
        std::fprintf(stderr, "%s could not be removed\n", to_remove.c_str());
    });
    return name;
  }();
  return path;
}

/// Unless the file has these contents already: mutations change one of several files.
inline void write_file(const std::string &path, const std::string &contents)
{
  static std::map<std::string, std::string> present;
  const auto [place, is_new] = present.emplace(path, contents);
  if (!is_new && place->second == contents)
    return;
  place->second = contents;
  std::ofstream(path, std::ios::binary) << contents;
}

/// A value as ParameterFile passes it on.
inline std::string plain_value(std::string value)
{
  for (char &c : value)
    if (c == '\t' || c == '\r' || c == '\v' || c == '\f')
      c = ' ';
  const auto first = value.find_first_not_of(' ');
  return first == std::string::npos ? "" : value.substr(first, value.find_last_not_of(' ') - first + 1);
}

/// Cuts the beginning of `text` up to `separator` off and returns it; all of it if there is no separator.
inline std::string next_part(std::string &text, const std::string &separator)
{
  const std::size_t place = text.find(separator);
  std::string       part  = text.substr(0, place);
  text.erase(0, place == std::string::npos ? place : place + separator.size());
  return part;
}
} // namespace rhoflow
