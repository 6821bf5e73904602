#pragma once

#include <string>
#include <utility>
#include <vector>

#include <solvers/base/run/provenance.h>

namespace rhoflow
{
struct RunRecord;

/// Hosts, processors, batch job and end of a session, as far as they are recorded: what it is, and its value as HTML.
std::vector<std::pair<std::string, std::string>> place_and_end(const Provenance::Session &session);

/// How long all sessions together took, as HTML: "2 h 10 min in 3 sessions". Empty if no end is recorded.
std::string total_time(const RunRecord &record);
} // namespace rhoflow
