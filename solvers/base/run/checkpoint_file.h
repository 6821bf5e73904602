#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace rhoflow
{
/// What stands beside a file of a checkpoint and makes it valid: how long it is, checksums of its blocks, and where its
/// sections are. A text whose last line holds the checksum of all before it.
struct CheckpointSeal
{
  static constexpr std::uint64_t block_size = 1U << 20;

  struct Section
  {
    std::string   name;
    char          type;
    std::uint64_t offset, size; ///< [bytes]
  };

  double                     time   = 0.;
  std::uint64_t              number = 0, size = 0;
  std::vector<std::uint32_t> checksums; ///< CRC-32 of each block
  std::vector<Section>       sections;

  std::string text() const;
  /// Throws std::runtime_error with what is wrong.
  static CheckpointSeal parse(const std::string &text);

  std::uint64_t n_blocks() const { return size / block_size + (size % block_size > 0 ? 1 : 0); }
};

/// CRC-32 as zlib has it.
std::uint32_t checksum(const void *data, std::uint64_t size);
} // namespace rhoflow
