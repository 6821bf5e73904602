#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// A table of numbers with named columns (RFC 4180 without embedded line breaks; quoted names allowed; '#' starts a comment
/// line).
struct CsvTable
{
  std::vector<std::string>         columns;
  std::vector<std::vector<double>> rows;
  std::vector<std::string>         labels; ///< first field of every row as written, the row's name (with gaps only)

  /// Index of a column; throws InputError(parameter, ...) with the valid names and the nearest spelling.
  unsigned int column(const std::string &name, const std::string &parameter) const;
};

/// Reads a file. Throws InputError(parameter, ...) with the file and line number: missing file, directory, empty file, no
/// header, wrong number of fields, not a number, not finite, duplicate column name. Columns that are never numeric are allowed
/// only if not in `needed` (empty: all needed); they read as NaN.
/// With `gaps` no column is needed: fields that are not numbers read as NaN, others may be infinite.
CsvTable read_csv(const std::string &path, const std::vector<std::string> &needed, const std::string &parameter,
                  bool gaps = false);

/// Reads a table that a program is writing, or was writing when it ended. `text` is the contents of the file `name`. A last line
/// without a line end is dropped, and then `dropped` says so; it is empty otherwise. Gaps are as in read_csv with `gaps`; there
/// may be no rows, and no columns either. Throws InputError(parameter, ...) with the file and line number.
CsvTable read_growing_csv(const std::string &text, const std::string &name, const std::string &parameter, std::string &dropped);

/// Splits one line (RFC 4180) into its fields, trimmed where they are not quoted. Returns false if a quote is not closed or text
/// follows a closing quote.
bool split_csv_line(const std::string &line, std::vector<std::string> &fields);

/// `text` as one field of a CSV file, quoted where needed, on one line.
std::string csv_field(const std::string &text);
} // namespace rhoflow
