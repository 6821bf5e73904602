#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
class InputError;
class SharedFile;

/// The state of a run in named sections, to be written as one file that does not depend on the number of ranks. Every rank
/// calls every method; sections may be added in any order, each name once.
class CheckpointWriter
{
public:
  explicit CheckpointWriter(MPI_Comm communicator)
    : comm(communicator)
  {}

  /// The same on every rank; that of rank 0 is kept.
  void put(const std::string &name, const std::vector<double> &values);
  void put(const std::string &name, const std::vector<std::uint64_t> &values);
  void put(const std::string &name, double value) { put(name, std::vector<double>{value}); }
  void put(const std::string &name, std::uint64_t value) { put(name, std::vector<std::uint64_t>{value}); }
  void put(const std::string &name, const std::string &text);

  /// An array that is spread over the ranks. `begin`: where this rank's part begins in the whole; parts of several ranks must
  /// not overlap, and a rank may have none. The whole is as long as its last part says.
  void put_part(const std::string &name, const std::vector<double> &part, std::uint64_t begin);
  void put_part(const std::string &name, const std::vector<std::uint64_t> &part, std::uint64_t begin);
  /// Pieces of equal length, one after the other in `parts`: piece i begins at `begins[i]` in the whole.
  void put_parts(const std::string &name, const std::vector<double> &parts, const std::vector<std::uint64_t> &begins);
  void put_parts(const std::string &name, const std::vector<std::uint64_t> &parts, const std::vector<std::uint64_t> &begins);
  /// Numbers `begin`, ..., `begin` + `size` − 1 of a section.
  struct Extent
  {
    std::uint64_t begin, size;
  };
  /// Pieces of an array that is too large to be held twice: `piece(i)` gives the numbers of `extents[i]`, while the checkpoint
  /// is written, and one after the other. It may not be collective.
  using Piece = std::function<std::vector<double>(std::size_t)>;
  void put_on_demand(const std::string &name, const std::vector<Extent> &extents, Piece piece);
  /// Parts one after the other in the order of the ranks.
  void put_in_turn(const std::string &name, const std::vector<double> &part);
  void put_in_turn(const std::string &name, const std::vector<std::uint64_t> &part);

  /// Writes `file` and, once all of it is on disk and was read back, `file` + ".good" with checksums, which makes it valid:
  /// what is there before becomes invalid first. `time` and `number` are kept for whoever looks for the newest. Collective.
  /// Throws RunError on every rank; the file is then not valid.
  void write(const std::string &file, double time, std::uint64_t number) const;

  MPI_Comm communicator() const { return comm; }

private:
  struct Section
  {
    std::string                name;
    char                       type;         ///< 'd' double, 'u' unsigned integer, 't' text
    std::string                bytes;        ///< equally long pieces
    std::vector<std::uint64_t> begins;       ///< of the pieces in the section
    std::vector<Extent>        extents = {}; ///< of pieces that are not in `bytes` [bytes]
    Piece                      piece   = {};

    /// Length of the pieces in `bytes`.
    std::uint64_t length() const { return begins.empty() ? 0 : bytes.size() / begins.size(); }
    /// Where this rank's part of the section ends.
    std::uint64_t end() const;
    /// Writes this rank's part of a section that begins at `offset`.
    bool write(SharedFile &file, std::uint64_t offset, std::vector<std::uint32_t> &checksums) const;
    /// Whether what is in the file is what was written.
    bool compare(const SharedFile &file, std::uint64_t offset, const std::vector<std::uint32_t> &checksums) const;
  };
  void add(const std::string &name, char type, const void *data, std::uint64_t size, std::vector<std::uint64_t> begins);

  MPI_Comm             comm;
  std::vector<Section> sections;
};

/// Reads what CheckpointWriter wrote, on any number of ranks. Names and lengths are checked: a section that is missing or of
/// another type is an InputError that says that the checkpoint is of another program or run.
class CheckpointReader
{
public:
  /// Checks the whole file (the ranks share the work). Collective. Throws InputError (parameter empty) on every rank if it is
  /// missing, was not finished, is cut off or damaged, saying which.
  CheckpointReader(const std::string &file, MPI_Comm communicator);

  /// The newest valid one of several files; `complaints` takes the messages of those that are not valid although they are
  /// there. Empty if there is none. Collective.
  static std::optional<CheckpointReader> newest(const std::vector<std::string> &files, MPI_Comm communicator,
                                                std::vector<std::string> &complaints);

  double             time() const { return present; }
  std::uint64_t      number() const { return serial; }
  const std::string &file() const { return path; }
  MPI_Comm           communicator() const { return comm; }

  bool has(const std::string &name) const { return sections.count(name) > 0; }
  /// Number of values of a section.
  std::uint64_t size(const std::string &name) const;

  /// The whole section on every rank. Collective.
  std::vector<double>        numbers(const std::string &name) const;
  std::vector<std::uint64_t> integers(const std::string &name) const;
  /// The same, of a section that has `n` values in this run.
  std::vector<double> numbers(const std::string &name, std::uint64_t n) const;
  double              number_of(const std::string &name) const;
  std::uint64_t       integer(const std::string &name) const;
  std::string         text(const std::string &name) const;

  /// A part of a section, another one on each rank. Collective.
  std::vector<double>        numbers(const std::string &name, std::uint64_t begin, std::uint64_t n) const;
  std::vector<std::uint64_t> integers(const std::string &name, std::uint64_t begin, std::uint64_t n) const;

  /// Several parts, one after the other.
  using Extent = CheckpointWriter::Extent;
  std::vector<double> numbers(const std::string &name, const std::vector<Extent> &parts) const;

  /// Rows of a table with `n_columns` numbers a row, others on each rank, in the order of `rows`. Collective.
  std::vector<double> rows(const std::string &name, const std::vector<std::uint64_t> &rows, std::uint64_t n_columns) const;

private:
  struct Section
  {
    char          type;
    std::uint64_t offset, size; ///< in the file [bytes]
  };
  const Section &section(const std::string &name, char type) const;
  InputError     other_length(const std::string &name) const;
  void           read_whole(const std::string &name, char type, void *data) const;
  /// Pieces of a section [bytes], one after the other in `data`.
  void read_pieces(const std::string &name, char type, const std::vector<Extent> &pieces, void *data) const;

  std::string                    path;
  MPI_Comm                       comm;
  double                         present = 0.;
  std::uint64_t                  serial  = 0;
  std::map<std::string, Section> sections;
};
} // namespace rhoflow
