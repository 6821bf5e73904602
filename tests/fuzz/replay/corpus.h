#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// An input that a fuzz target is run on by the tests and begins with when it searches.
struct KeptInput
{
  std::string name;
  std::string reason; ///< what it broke, or what it shows
  std::string bytes;
};

/// Reads a corpus, tests/fuzz/corpus/TARGET.txt. Lines before the first record are a preface. A record is
///   ## NAME: REASON
///   the bytes of the input
/// A line end is a line end of the input. "\" at the end of a line takes the line end away, "\\" is a backslash, "\t" a
/// tabulator, "\r" a carriage return, and "\xE9" the byte E9. A NAME of eight hexadecimal digits is the beginning of the SHA-1
/// of the bytes. Throws std::runtime_error("FILE:LINE: ...") for any other escape, a control character, a heading without a
/// name or a reason, a record without bytes, a name that is there twice, and a file without records.
std::vector<KeptInput> read_corpus(const std::string &path);

/// The input as a record of a corpus. Printable text in UTF-8 stays as it is; long lines are broken.
std::string corpus_record(const KeptInput &input);
} // namespace rhoflow
