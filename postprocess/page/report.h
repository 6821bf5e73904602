#pragma once

#include <string>
#include <vector>

#include <postprocess/drawing/picture.h>

namespace rhoflow
{
struct RunRecord;

/// The name of a report in the directory of its run.
inline const char *report_name()
{
  return "report.html";
}

/// Writes one self-contained page about a run: the answer, what was solved, the parameters that differ from the defaults, the
/// invariants, the pictures by section, rates, timings, and where the run came from. Throws InputError (parameter empty) if the
/// file cannot be written; what the record lacks is left out or said.
void write_report(const RunRecord &record, const std::vector<Picture> &pictures, const std::string &file);
} // namespace rhoflow
