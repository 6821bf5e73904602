#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// A table of numbers with named columns.
///
/// The format is that of RFC 4180: quoted fields may have separators, doubled quotes and line ends in them; a line end in a
/// name reads as a blank. Besides:
/// - Lines end with "\n", "\r\n" or "\r". Blank lines, and lines that begin with '#', are skipped.
/// - Fields are separated by commas, or by semicolons, tabs, bars or blanks where the header and the rows show that. A
///   line "sep=;" before the header is obeyed. Where commas do not separate, they may be decimal marks, unless points are, too.
/// - The first record names the columns. If it has numbers only, the comment line before it does, as numpy.savetxt writes it.
/// - Names may be missing or there twice in columns that nobody asks for.
/// - Text that is not UTF-8 is taken for Windows-1252 (Latin-1), and becomes UTF-8.
struct CsvTable
{
  std::vector<std::string>         columns;
  std::vector<std::vector<double>> rows;
  std::vector<std::string>         labels; ///< first field of every row as written, the row's name (with gaps only)
  char                             separator = ',';
  std::string remark; ///< how the file was read, if it is no ordinary one: "fields separated by ';', decimal commas"

  /// Index of a column; throws InputError of this parameter with the valid names and the nearest spelling, or if two columns
  /// have the name.
  unsigned int column(const std::string &name, const std::string &parameter) const;
};

/// A column that a reader needs, and the parameter that names it.
struct NeededColumn
{
  std::string name, parameter;
};

/// Reads a file. Throws InputError of this parameter with the file and line number: missing file, directory, empty file, no
/// header, wrong number of fields, not a number, not finite. Columns that are never numeric are allowed
/// only if not in `needed` (empty: all needed); they read as NaN. A needed column that is not there or there twice is blamed on
/// its own parameter.
/// With `gaps` the table is one of this program, with commas: no column is needed, fields that are not numbers read as NaN,
/// others may be infinite.
CsvTable read_csv(const std::string &path, const std::vector<NeededColumn> &needed, const std::string &parameter,
                  bool gaps = false);

/// The names of the columns in the header of a file, of which `needed` are expected. Throws as read_csv does.
std::vector<std::string> csv_columns(const std::string &path, const std::vector<std::string> &needed,
                                     const std::string &parameter);

/// Throws as read_csv does unless the header of a file has the columns `needed`.
void require_csv_columns(const std::string &path, const std::vector<NeededColumn> &needed, const std::string &parameter);

/// Reads a table that a program is writing, or was writing when it ended. `text` is the contents of the file `name`. A last
/// line without a line end is dropped, and then `dropped` says so; it is empty otherwise. Gaps are as in read_csv with `gaps`;
/// there may be no rows, and no columns either. Throws InputError of this parameter with the file and line number.
CsvTable read_growing_csv(const std::string &text, const std::string &name, const std::string &parameter, std::string &dropped);

/// Splits one line with commas (RFC 4180) into its fields, trimmed where they are not quoted. Returns false if a quote is not
/// closed or text follows a closing quote.
bool split_csv_line(const std::string &line, std::vector<std::string> &fields);

/// `text` as one field of a CSV file, quoted where needed, on one line. No field begins with '#', which could be a comment.
std::string csv_field(const std::string &text);
} // namespace rhoflow
