#include <solvers/base/files/base64.h>
#include <solvers/base/files/vtk_data.h>
#include <solvers/base/text.h>

#include <algorithm>
#include <cstring>
#include <stdexcept>
#include <vector>

#include <zlib.h>

namespace rhoflow
{
namespace
{
// Of a size that zlib's window of 32 KiB makes good use of and a reader can hold many of.
const std::uint64_t block_size = 1U << 18;

std::string as_bytes(const std::vector<std::uint64_t> &numbers)
{
  return {reinterpret_cast<const char *>(numbers.data()), numbers.size() * sizeof(std::uint64_t)};
}

/// An array as VTK keeps it: numbers about its length, then the bytes.
struct Encoded
{
  std::string header;
  std::string bytes;
};

Encoded encoded(const void *data, const std::uint64_t n_bytes, const SnapshotParameters::Compression compression)
{
  const auto *const bytes = static_cast<const unsigned char *>(data);
  if (compression == SnapshotParameters::Compression::none)
    return {as_bytes({n_bytes}), std::string(reinterpret_cast<const char *>(bytes), n_bytes)};

  const int                  level = compression == SnapshotParameters::Compression::fast ? Z_BEST_SPEED : Z_BEST_COMPRESSION;
  const std::uint64_t        n_blocks = (n_bytes + block_size - 1) / block_size;
  std::vector<std::uint64_t> header   = {n_blocks, block_size, n_bytes % block_size};
  std::string                blocks;
  std::vector<unsigned char> buffer(compressBound(block_size));
  for (std::uint64_t i = 0; i < n_blocks; ++i)
    {
      uLongf size = buffer.size();
      if (compress2(buffer.data(), &size, bytes + i * block_size, std::min(block_size, n_bytes - i * block_size), level) !=
          Z_OK)
        throw std::runtime_error("zlib cannot compress: is the memory full?");
      header.push_back(size);
      blocks.append(reinterpret_cast<const char *>(buffer.data()), size);
    }
  return {as_bytes(header), blocks};
}
} // namespace

std::string vtk_appended_array(const void *data, const std::uint64_t n_bytes, const SnapshotParameters::Compression compression)
{
  const Encoded array = encoded(data, n_bytes, compression);
  return array.header + array.bytes;
}

std::string vtk_inline_array(const void *data, const std::uint64_t n_bytes, const SnapshotParameters::Compression compression)
{
  const Encoded array = encoded(data, n_bytes, compression);
  return compression == SnapshotParameters::Compression::none ? base64(array.header + array.bytes) :
                                                                base64(array.header) + base64(array.bytes);
}

std::string xml_escaped(const std::string &text)
{
  std::string result;
  for (const char c : text)
    result += (c == '&' ? "&amp;" : c == '<' ? "&lt;" : c == '"' ? "&quot;" : std::string(1, c));
  return result;
}

std::string vtk_field_data(const double time, const std::vector<std::string> &coordinates)
{
  // Strings are their characters' codes, each closed by a zero.
  std::string codes;
  for (const std::string &name : coordinates)
    {
      for (const char c : name)
        codes += std::to_string(static_cast<unsigned char>(c)) + " ";
      codes += "0 ";
    }
  return std::string("<FieldData>\n<DataArray type=\"Float64\" Name=\"TimeValue\" NumberOfTuples=\"1\" format=\"ascii\">") +
         exact_number(time) + "</DataArray>\n<Array type=\"String\" Name=\"coordinates\" NumberOfTuples=\"" +
         std::to_string(coordinates.size()) + "\" format=\"ascii\">" + codes + "</Array>\n</FieldData>\n";
}

std::string vtk_array(const std::string &appended, const std::uint64_t begin, const std::uint64_t n_bytes,
                      const bool compressed)
{
  const std::runtime_error without_data("has an array without data");
  const std::runtime_error other_length("has an array that is not as long as the points are many");
  std::uint64_t            at   = begin;
  const auto               next = [&]() {
    if (at > appended.size() || appended.size() - at < sizeof(std::uint64_t))
      throw without_data;
    std::uint64_t number;
    std::memcpy(&number, appended.data() + at, sizeof(number));
    at += sizeof(number);
    return number;
  };
  const std::uint64_t first = next();
  if (!compressed)
    {
      if (first != n_bytes || n_bytes > appended.size() - at)
        throw other_length;
      return appended.substr(at, n_bytes);
    }
  const std::uint64_t size = next(), rest = next();
  // zlib makes a byte out of a thousand at best: nothing else can be that long.
  if (n_bytes / 1100 > appended.size())
    throw other_length;
  if (size == 0 || first > appended.size() / sizeof(std::uint64_t) || rest >= size ||
      first != n_bytes / size + (rest > 0 ? 1 : 0) || n_bytes % size != rest)
    throw other_length;
  std::vector<std::uint64_t> sizes(first);
  for (std::uint64_t &s : sizes)
    s = next();
  std::string array(n_bytes, '\0');
  for (std::uint64_t i = 0; i < first; ++i)
    {
      const uLongf expected = std::min(size, n_bytes - i * size);
      uLongf       length   = expected;
      if (sizes[i] > appended.size() - at ||
          uncompress(reinterpret_cast<unsigned char *>(array.data()) + i * size, &length,
                     reinterpret_cast<const unsigned char *>(appended.data()) + at, sizes[i]) != Z_OK ||
          length != expected)
        throw without_data;
      at += sizes[i];
    }
  return array;
}
} // namespace rhoflow
