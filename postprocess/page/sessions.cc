#include <postprocess/page/html.h>
#include <postprocess/page/sessions.h>
#include <postprocess/records/run_record.h>
#include <solvers/base/text.h>

#include <ctime>
#include <iomanip>
#include <optional>
#include <sstream>

namespace rhoflow
{
namespace
{
using html::escaped;

/// "node1 (2 ranks), node2 (1 rank)"
std::string shares(const std::vector<std::pair<std::string, int>> &entries)
{
  std::vector<std::string> shares;
  for (const auto &[name, ranks] : entries)
    shares.push_back(escaped(name) + " (" + std::to_string(ranks) + (ranks == 1 ? " rank)" : " ranks)"));
  return listed(shares, 12);
}

/// "Slurm 17, name fit, task 3 of array 15"
std::string job_text(const std::vector<std::pair<std::string, std::string>> &job)
{
  std::string text;
  const auto  add = [&](const std::string &before, const std::string &key) {
    for (const auto &[name, value] : job)
      if (name == key)
        text += before + escaped(value);
  };
  add("", "system");
  add(" ", "id");
  add(", name ", "name");
  add(", task ", "array task");
  add(" of array ", "array job");
  return text;
}

/// Seconds of "2026-01-02T03:04:05Z" since 1970.
std::optional<double> seconds_of(const std::string &date)
{
  std::tm            utc{};
  std::istringstream text(date);
  text >> std::get_time(&utc, "%Y-%m-%dT%H:%M:%SZ");
  return text ? std::optional<double>(static_cast<double>(timegm(&utc))) : std::nullopt;
}
} // namespace

std::vector<std::pair<std::string, std::string>> place_and_end(const Provenance::Session &session)
{
  std::vector<std::pair<std::string, std::string>> entries;
  const Platform                                  &platform = session.platform;
  if (!platform.hosts.empty())
    entries.emplace_back("Hosts", shares(platform.hosts));
  if (!platform.processors.empty())
    entries.emplace_back("Processors", shares(platform.processors));
  if (!platform.job.empty())
    entries.emplace_back("Batch job", job_text(platform.job));
  if (session.end)
    entries.emplace_back("Ended", escaped(session.end->time) + ", exit status " + std::to_string(session.end->status) + ": " +
                                    escaped(session.end->reason));
  return entries;
}

std::string total_time(const RunRecord &record)
{
  std::vector<Provenance::Session> sessions = record.provenance.continued;
  sessions.push_back(record.provenance.begun);
  double      total   = 0.;
  std::size_t n_ended = 0;
  for (const Provenance::Session &session : sessions)
    {
      const auto begin = seconds_of(session.started), end = seconds_of(session.end ? session.end->time : "");
      if (!begin || !end || *end < *begin)
        continue;
      total += *end - *begin;
      ++n_ended;
    }
  if (n_ended == 0)
    return "";
  const std::string text = duration(total), all = std::to_string(sessions.size());
  if (n_ended < sessions.size())
    return text + " in " + std::to_string(n_ended) + " of " + all +
           " sessions; when the others ended is not recorded, as of one that was killed or is at work";
  return sessions.size() == 1 ? text : text + " in " + all + " sessions";
}
} // namespace rhoflow
