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

  /// Index of a column; throws InputError(parameter, ...) with the valid names and the nearest spelling.
  unsigned int column(const std::string &name, const std::string &parameter) const;
};

/// Reads a file. Throws InputError(parameter, ...) with the file and line number: missing file, directory, empty file, no
/// header, wrong number of fields, not a number, not finite, duplicate column name. Columns that are never numeric are allowed
/// only if not in `needed` (empty: all needed); they read as NaN.
/// With `gaps` no column is needed: fields that are not numbers read as NaN, others may be infinite.
CsvTable read_csv(const std::string &path, const std::vector<std::string> &needed, const std::string &parameter,
                  bool gaps = false);

/// Splits one line (RFC 4180) into its fields, trimmed where they are not quoted. Returns false if a quote is not closed or
/// text follows a closing quote.
bool split_csv_line(const std::string &line, std::vector<std::string> &fields);

/// `text` as one field of a CSV file, quoted where needed, on one line.
std::string csv_field(const std::string &text);
} // namespace rhoflow
