#include <solvers/base/byte_text.h>
#include <solvers/base/json.h>
#include <solvers/base/run/provenance.h>
#include <solvers/base/run/version.h>
#include <solvers/base/text.h>

#include <boost/crc.hpp>

#include <algorithm>
#include <chrono>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <type_traits>

#include <nlohmann/json.hpp>

namespace rhoflow
{
namespace
{
template <typename Value>
using Entries = std::vector<std::pair<std::string, Value>>;

template <typename Value>
Json object(const Entries<Value> &entries)
{
  Json result = Json::object();
  for (const auto &[name, value] : entries)
    if constexpr (std::is_same_v<Value, std::string>)
      result[text_of_bytes(name)] = text_of_bytes(value);
    else
      result[text_of_bytes(name)] = value;
  return result;
}

void add_session(Json &record, const Provenance::Session &session)
{
  record["versions"]     = object(session.versions);
  record["started"]      = text_of_bytes(session.started);
  record["ranks"]        = session.ranks;
  record["command line"] = Json::array();
  for (const std::string &argument : session.command_line)
    record["command line"].push_back(text_of_bytes(argument));
  const Platform &platform = session.platform;
  if (!platform.job.empty())
    record["job"] = object(platform.job);
  if (!platform.hosts.empty())
    record["hosts"] = object(platform.hosts);
  if (!platform.processors.empty())
    record["processors"] = object(platform.processors);
  if (session.end)
    {
      record["ended"]  = text_of_bytes(session.end->time);
      record["status"] = session.end->status;
      record["reason"] = text_of_bytes(session.end->reason);
    }
}

std::string bytes_in(const Json &text)
{
  return bytes_of_text(text.get_ref<const std::string &>());
}

/// The library itself would turn 1e300 and -1 into some number.
template <typename Integer>
Integer whole_number_in(const Json &value)
{
  if (!value.is_number_unsigned() ||
      value.get<std::uint64_t>() > static_cast<std::uint64_t>(std::numeric_limits<Integer>::max()))
    throw std::runtime_error("it has something else where a whole number is expected");
  return value.get<Integer>();
}

template <typename Value>
Entries<Value> entries_in(const Json &object)
{
  Entries<Value> result;
  for (const auto &[name, value] : object.get_ref<const Json::object_t &>())
    if constexpr (std::is_same_v<Value, std::string>)
      result.emplace_back(bytes_of_text(name), bytes_in(value));
    else
      result.emplace_back(bytes_of_text(name), whole_number_in<Value>(value));
  return result;
}

Provenance::Session session_in(const Json &record)
{
  Provenance::Session result;
  result.versions = entries_in<std::string>(record.value("versions", Json::object()));
  result.started  = bytes_in(record.at("started"));
  result.ranks    = whole_number_in<int>(record.at("ranks"));
  for (const Json &argument : record.at("command line"))
    result.command_line.push_back(bytes_in(argument));
  const auto optional = [&](const char *const name) { return record.value(name, Json::object()); };
  result.platform     = {entries_in<std::string>(optional("job")), entries_in<int>(optional("hosts")),
                         entries_in<int>(optional("processors"))};
  if (record.contains("ended"))
    result.end = Provenance::End{bytes_in(record.at("ended")), whole_number_in<int>(record.at("status")),
                                 bytes_in(record.at("reason"))};
  return result;
}

/// Date and time (UTC).
std::string date()
{
  const std::time_t now = std::chrono::system_clock::to_time_t(std::chrono::system_clock::now());
  std::tm           utc{};
  gmtime_r(&now, &utc);
  char text[32];
  std::strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
  return text;
}
} // namespace

Provenance::End Provenance::End::present(const int status, std::string reason)
{
  return {date(), status, std::move(reason)};
}

Provenance::Session Provenance::Session::present(const double time, const int ranks, std::vector<std::string> command_line,
                                                 Platform platform)
{
  return {time, date(), ranks, version_information(), std::move(command_line), std::move(platform)};
}

Provenance::InputFile Provenance::InputFile::of(const std::string &path, const std::uint64_t most)
{
  InputFile          result;
  std::ifstream      file(path, std::ios::binary);
  boost::crc_32_type crc;
  std::vector<char>  piece(1U << 20);
  while (file && result.bytes < most)
    {
      file.read(piece.data(), static_cast<std::streamsize>(std::min<std::uint64_t>(piece.size(), most - result.bytes)));
      crc.process_bytes(piece.data(), static_cast<std::size_t>(file.gcount()));
      result.bytes += static_cast<std::uint64_t>(file.gcount());
    }
  std::error_code error;
  if (result.bytes == most)
    result.bytes = std::filesystem::file_size(path, error);
  if ((!file && !file.eof()) || error)
    throw std::runtime_error("the file '" + path + "' cannot be read.");
  result.path  = std::filesystem::absolute(path).string();
  result.crc32 = crc.checksum();
  return result;
}

std::string Provenance::InputFile::contents() const
{
  return std::to_string(bytes) + " bytes, CRC-32 " + hexadecimal(crc32);
}

std::string Provenance::json() const
{
  Json record;
  add_session(record, begun);
  record["seed"]                            = seed;
  record["parameter file"]                  = text_of_bytes(parameter_file);
  record["directory of the parameter file"] = text_of_bytes(parameter_directory);
  for (const InputFile &file : input_files)
    {
      Json entry = {{"path", text_of_bytes(file.path)}, {"bytes", file.bytes}, {"crc32", hexadecimal(file.crc32)}};
      if (!file.from_run.empty())
        entry["from the run directory"] = text_of_bytes(file.from_run);
      record["input files"].push_back(entry);
    }
  for (const Session &session : continued)
    {
      Json entry = {{"time", session.time}};
      add_session(entry, session);
      record["continued"].push_back(entry);
    }
  return record.dump(2) + '\n';
}

Provenance Provenance::parse(const std::string &json)
{
  const Json record = parsed_json(json);
  Provenance result;
  try
    {
      const auto list            = [&](const char *const name) { return record.value(name, Json::array()); };
      result.begun               = session_in(record);
      result.seed                = whole_number_in<std::uint64_t>(record.at("seed"));
      result.parameter_file      = bytes_in(record.at("parameter file"));
      result.parameter_directory = bytes_of_text(record.value("directory of the parameter file", ""));
      for (const Json &entry : list("input files"))
        {
          InputFile file;
          file.path     = bytes_in(entry.at("path"));
          file.bytes    = whole_number_in<std::uint64_t>(entry.at("bytes"));
          file.from_run = bytes_of_text(entry.value("from the run directory", ""));
          std::istringstream(bytes_in(entry.at("crc32"))) >> std::hex >> file.crc32;
          result.input_files.push_back(file);
        }
      for (const Json &entry : list("continued"))
        {
          result.continued.push_back(session_in(entry));
          result.continued.back().time = entry.at("time").get<double>();
        }
    }
  catch (const Json::exception &error)
    {
      throw std::runtime_error(json_complaint(error));
    }
  return result;
}

std::string Provenance::other_versions(const Session &session) const
{
  const Session &last = continued.empty() ? begun : continued.back();
  std::string    before, now;
  for (const auto &[name, version] : session.versions)
    {
      const auto same_name = [&, &wanted = name](const auto &entry) { return entry.first == wanted; };
      const auto found     = std::find_if(last.versions.begin(), last.versions.end(), same_name);
      if (found == last.versions.end() || found->second == version)
        continue;
      before += (before.empty() ? "" : ", ") + name + ' ' + found->second;
      now += (now.empty() ? "" : ", ") + name + ' ' + version;
    }
  return before.empty() ? "" :
                          "this run was made with " + before + " so far and goes on with " + now +
                            ": the last digits may differ from those of an uninterrupted run.";
}
} // namespace rhoflow
