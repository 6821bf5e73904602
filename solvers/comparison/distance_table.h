#pragma once

#include <string>

namespace rhoflow
{
class Statistics;

/// The table of distances in the directory of a run that belongs to one other run: `distances_to_NAME.csv`, with a file
/// `.distances_to_NAME.csv` beside it that says to which run, since runs in different places may have the same name. A run
/// whose NAME is taken gets as much of its path in front as tells it apart: `distances_to_PLACE_NAME.csv`.
class DistanceTable
{
public:
  /// `directory`: of the run that gets the table. `kind`: "distances_to_"; `other`: the directory of the other run; `part`:
  /// what of it is compared, "" or "_particles". Touches nothing.
  DistanceTable(std::string directory, std::string kind, const std::string &other, std::string part);

  /// Its path, as long as no other run takes its name.
  std::string path() const;

  /// Takes the name for good and writes the rows. Returns the path. Throws RunError, and leaves no table, if it cannot be
  /// written.
  std::string write(const Statistics &rows);

private:
  std::string name() const;
  std::string candidate(std::size_t number) const;
  std::string owner_of(const std::string &name) const; ///< empty if nobody has it
  bool        take(const std::string &name) const;

  std::string directory, kind, owner, part;
};
} // namespace rhoflow
