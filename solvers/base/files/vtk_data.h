#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <solvers/base/parameters/snapshot_parameters.h>

namespace rhoflow
{
/// An array as VTK's XML files have it in their appended data (encoding "raw", header_type "UInt64"): the number of bytes and
/// the bytes; or, in a file with compressor="vtkZLibDataCompressor", the number of blocks, the bytes of a block, those of the
/// last one if it is shorter (else 0), the compressed bytes of each, and the blocks themselves.
std::string vtk_appended_array(const void *data, std::uint64_t n_bytes, SnapshotParameters::Compression compression);

/// The same array as the text of an element with format="binary": in base64, the numbers before the blocks for themselves.
std::string vtk_inline_array(const void *data, std::uint64_t n_bytes, SnapshotParameters::Compression compression);

/// `text` as an attribute or as the content of an element of XML.
std::string xml_escaped(const std::string &text);

/// The <FieldData> of a file: TimeValue, by which ParaView knows the time of a single file, and the names of the coordinates.
std::string vtk_field_data(double time, const std::vector<std::string> &coordinates);

/// The way back: the array that begins at `begin` in `appended`. Throws std::runtime_error("has an array ...") if that is no
/// such array or has another length than `n_bytes`.
std::string vtk_array(const std::string &appended, std::uint64_t begin, std::uint64_t n_bytes, bool compressed);
} // namespace rhoflow
