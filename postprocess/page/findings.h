#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
struct RunRecord;

/// What a number means for the run.
enum class Mark
{
  fine,
  look, ///< beyond its threshold: look here
  note  ///< a bound or a measurement that has no threshold
};

/// The density beside the finite networks, by the largest |deviation [standard errors]| of comparison.csv: a deviation is
/// (mean risk of the networks − expected bias − risk of the density)/(standard error of that difference).
struct Verdict
{
  Mark        mark = Mark::note;
  std::string word; ///< "agrees with SGD", "differs from SGD", "not compared with SGD"; "the finite networks" for other methods
  std::string html; ///< why, with the numbers, or how to get a comparison
};

Verdict verdict(const RunRecord &record);

/// A quantity that the exact solution conserves, never lets grow or bounds, as statistics.csv has it.
struct Invariant
{
  std::string name;
  std::string html; ///< the number with its unit and where it was found
  Mark        mark;
  std::string explanation; ///< what it is and what its threshold is, HTML
};

/// Those that the tables of the run have columns for.
std::vector<Invariant> invariants(const RunRecord &record);

/// Why the run ended before it was done, as the end of its log.txt says: the message of an error or of a stop. Empty if the log
/// does not say so, or if the run was resumed since.
std::string reason_of_end(const std::string &log);

/// "t = 10" for the row of statistics.csv (counted from 0; β in place of t for a run at rest), as HTML.
std::string position(const RunRecord &record, const std::string &table, std::size_t row);
} // namespace rhoflow
