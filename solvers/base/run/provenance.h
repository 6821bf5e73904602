#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <solvers/base/run/platform.h>

namespace rhoflow
{
/// Where a run came from, and with what it went on: `provenance.json`. For one process.
struct Provenance
{
  /// How a session ended.
  struct End
  {
    std::string time;       ///< date and time (UTC)
    int         status = 0; ///< exit status
    std::string reason;     ///< "finished", or the message of the error or of the stop

    /// One that comes now.
    static End present(int status, std::string reason);
  };

  /// From one call of the program to its end.
  struct Session
  {
    double                                           time = 0.; ///< of the run, at which the session began
    std::string                                      started;   ///< date and time (UTC)
    int                                              ranks = 0;
    std::vector<std::pair<std::string, std::string>> versions; ///< of the program and its libraries
    std::vector<std::string>                         command_line;
    Platform                                         platform = {}; ///< empty in records of older versions
    std::optional<End>                               end      = {}; ///< none while it is at work, and if it was killed

    /// One that begins now.
    static Session present(double time, int ranks, std::vector<std::string> command_line, Platform platform = {});
  };

  /// A file beside the parameter file that the run depends on.
  struct InputFile
  {
    std::string   path; ///< absolute
    std::uint64_t bytes    = 0;
    std::uint32_t crc32    = 0;
    std::string   from_run = ""; ///< the path relative to the run directory, where both may have been moved; empty: not known

    /// Throws std::runtime_error if the file cannot be read. The checksum is that of the first `most` bytes.
    static InputFile of(const std::string &path, std::uint64_t most = std::numeric_limits<std::uint64_t>::max());

    bool same_contents(const InputFile &other) const { return bytes == other.bytes && crc32 == other.crc32; }
    /// "17 bytes, CRC-32 cbf43926"
    std::string contents() const;
  };

  Session                begun;
  std::uint64_t          seed = 0;
  std::string            parameter_file;      ///< its copy in the run directory
  std::string            parameter_directory; ///< where it was
  std::vector<InputFile> input_files;
  std::vector<Session>   continued;

  Session &last_session() { return continued.empty() ? begun : continued.back(); }

  /// Valid UTF-8 whatever the names are: text_of_bytes().
  std::string json() const;
  /// Throws std::runtime_error if the text is damaged.
  static Provenance parse(const std::string &json);

  /// What is to be said if the last session was one of other versions than `session`; else empty.
  std::string other_versions(const Session &session) const;
};
} // namespace rhoflow
