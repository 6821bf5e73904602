#pragma once

#include <solvers/base/files/csv_records.h>

#include <string>
#include <vector>

namespace rhoflow
{
/// What the first lines of a table tell of all of it.
struct CsvHeader
{
  char                     separator = ',';
  std::vector<std::string> names;          ///< in UTF-8, on one line; none if there is no header
  unsigned int             line       = 0; ///< where the header begins; 0: there is no record and no header
  unsigned int             data       = 0; ///< rows begin in this line or behind it
  bool                     is_comment = false;
  bool                     converted  = false; ///< the names were not in UTF-8
  bool                     is_row     = false; ///< the first record consists of numbers, and no comment names the columns
  bool                     is_broken  = false; ///< the first record has a quote that is not closed, or text behind one
};

/// Blank lines and lines that begin with '#' are no records.
bool is_csv_record(const std::string &line);

/// A number whose decimal mark is a comma: "-1,5e3". Then `text` has a point in its place.
bool replace_decimal_comma(std::string &text);

/// Finds the separator - comma, semicolon, tab, bar or blanks - and the header in the first lines of a table. The separator is
/// the one with which the names `needed` are there, the rows have as many fields as the header, and the most fields are
/// numbers; the comma where that leaves a choice. The header is the first record. If that consists of numbers, or is a row and
/// lacks a needed name, the header is the last comment line before it that has all needed names, or, of numbers, as many
/// fields.
CsvHeader find_csv_header(const std::vector<CsvLine> &sample, const std::vector<std::string> &needed);

/// The header of a table of this program: commas, and the first record.
CsvHeader own_csv_header(const std::vector<CsvLine> &sample);
} // namespace rhoflow
