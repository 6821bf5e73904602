#pragma once

#include <fstream>
#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;

/// A table that grows one row per output time and is on disk after every row: `statistics.csv`, `comparison.csv`, ...
/// The header is `name [unit]` (no brackets for pure numbers); values have 17 significant digits, so that two runs compare
/// byte by byte. Only the rank that was told to write touches the file.
class Statistics
{
public:
  /// What the file has stays until the first row is written, or until load() replaces it.
  Statistics(std::string path, bool write);

  /// Sets a value of the current row. Columns are those of the first row, in the order of their first mention.
  /// Throws std::logic_error for a column that the first row did not have, InputError (parameter empty) if load() took the
  /// rows.
  void set(const std::string &column, double value);

  /// Writes the row and flushes. A value that was not set is written as `nan`. Throws RunError when the disk does not take
  /// it.
  void finish_row();

  /// Keeps the rows; of a file "statistics.csv" in the section "table statistics.csv". Collective.
  void save(CheckpointWriter &checkpoint) const;
  /// Takes the rows that were kept and writes the file with them anew, which drops rows of later times. Collective.
  void load(const CheckpointReader &checkpoint);

  /// All rows so far, on every rank that calls set().
  const std::vector<std::vector<double>> &rows() const { return finished; }
  const std::vector<std::string>         &columns() const { return names; }
  /// The first value of the last row. Throws std::out_of_range if there is no row.
  double last_time() const { return finished.at(finished.size() - 1).front(); }

private:
  void write_header();
  void write_row(const std::vector<double> &row);

  std::string                      file_name;
  std::ofstream                    file;
  bool                             writes, restored = false;
  std::vector<std::string>         names;
  std::vector<double>              current;
  std::vector<std::vector<double>> finished;
};
} // namespace rhoflow
