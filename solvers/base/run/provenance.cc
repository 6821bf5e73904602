#include <solvers/base/byte_text.h>
#include <solvers/base/nesting.h>
#include <solvers/base/run/provenance.h>
#include <solvers/base/run/version.h>
#include <solvers/base/text.h>

#define BOOST_BIND_GLOBAL_PLACEHOLDERS // Boost complains about its own header otherwise
#include <boost/crc.hpp>
#include <boost/property_tree/json_parser.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <fstream>
#include <limits>
#include <sstream>
#include <stdexcept>
#include <type_traits>

namespace rhoflow
{
namespace
{
using Tree = boost::property_tree::ptree;

std::string quoted(const std::string &bytes)
{
  std::string result = "\"";
  for (const char c : text_of_bytes(bytes))
    {
      if (c == '"' || c == '\\')
        result += '\\';
      if (static_cast<unsigned char>(c) < 0x20)
        {
          char code[8];
          std::snprintf(code, sizeof(code), "\\u%04x", static_cast<unsigned int>(c));
          result += code;
        }
      else
        result += c;
    }
  return result + '"';
}

/// `entries` with commas between, inside of `brackets`.
std::string list(const char *const brackets, const std::vector<std::string> &entries, const std::string &indent)
{
  std::string text(1, brackets[0]);
  for (std::size_t i = 0; i < entries.size(); ++i)
    text += (i == 0 ? "\n" : ",\n") + indent + "  " + entries[i];
  return text + (entries.empty() ? "" : "\n" + indent) + brackets[1];
}

/// An object with these members on one line each.
template <typename Value, typename Text>
std::string object(const std::vector<std::pair<std::string, Value>> &entries, const std::string &indent, const Text &text)
{
  std::vector<std::string> lines;
  for (const auto &[name, value] : entries)
    lines.push_back(quoted(name) + ": " + text(value));
  return list("{}", lines, indent);
}

std::vector<std::string> members(const Provenance::Session &session, const std::string &indent)
{
  const std::string inside = indent + "  ";
  const auto        number = [](const int value) { return std::to_string(value); };
  std::string       arguments;
  for (const std::string &argument : session.command_line)
    arguments += (arguments.empty() ? "" : ", ") + quoted(argument);
  std::vector<std::string> result   = {"\"versions\": " + object(session.versions, inside, quoted),
                                       "\"started\": " + quoted(session.started), "\"ranks\": " + number(session.ranks),
                                       "\"command line\": [" + arguments + "]"};
  const Platform          &platform = session.platform;
  if (!platform.job.empty())
    result.push_back("\"job\": " + object(platform.job, inside, quoted));
  if (!platform.hosts.empty())
    result.push_back("\"hosts\": " + object(platform.hosts, inside, number));
  if (!platform.processors.empty())
    result.push_back("\"processors\": " + object(platform.processors, inside, number));
  if (session.end)
    {
      result.push_back("\"ended\": " + quoted(session.end->time));
      result.push_back("\"status\": " + number(session.end->status));
      result.push_back("\"reason\": " + quoted(session.end->reason));
    }
  return result;
}

template <typename Value>
std::vector<std::pair<std::string, Value>> pairs(const Tree &tree)
{
  std::vector<std::pair<std::string, Value>> result;
  for (const auto &[name, value] : tree)
    if constexpr (std::is_same_v<Value, std::string>)
      result.emplace_back(bytes_of_text(name), bytes_of_text(value.data()));
    else
      result.emplace_back(bytes_of_text(name), value.template get_value<Value>());
  return result;
}

Provenance::Session session(const Tree &tree)
{
  const Tree          none;
  Provenance::Session result;
  result.versions = pairs<std::string>(tree.get_child("versions"));
  result.started  = bytes_of_text(tree.get<std::string>("started"));
  result.ranks    = tree.get<int>("ranks");
  for (const auto &argument : tree.get_child("command line"))
    result.command_line.push_back(bytes_of_text(argument.second.data()));
  result.platform.job        = pairs<std::string>(tree.get_child("job", none));
  result.platform.hosts      = pairs<int>(tree.get_child("hosts", none));
  result.platform.processors = pairs<int>(tree.get_child("processors", none));
  if (tree.count("ended") > 0)
    result.end = Provenance::End{bytes_of_text(tree.get<std::string>("ended")), tree.get<int>("status"),
                                 bytes_of_text(tree.get<std::string>("reason"))};
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
  std::vector<std::string> entries = members(begun, "");
  entries.push_back("\"seed\": " + seed);
  entries.push_back("\"parameter file\": " + quoted(parameter_file));
  entries.push_back("\"directory of the parameter file\": " + quoted(parameter_directory));
  std::vector<std::string> files, sessions;
  for (const InputFile &file : input_files)
    files.push_back("{\"path\": " + quoted(file.path) + ", \"bytes\": " + std::to_string(file.bytes) +
                    ", \"crc32\": " + quoted(hexadecimal(file.crc32)) +
                    (file.from_run.empty() ? "" : ", \"from the run directory\": " + quoted(file.from_run)) + "}");
  for (const Session &session : continued)
    {
      std::ostringstream time;
      time.precision(std::numeric_limits<double>::max_digits10);
      time << session.time;
      std::vector<std::string> parts = members(session, "    ");
      parts.insert(parts.begin(), "\"time\": " + time.str());
      sessions.push_back(list("{}", parts, "    "));
    }
  if (!files.empty())
    entries.push_back("\"input files\": " + list("[]", files, "  "));
  if (!sessions.empty())
    entries.push_back("\"continued\": " + list("[]", sessions, "  "));
  return list("{}", entries, "") + '\n';
}

Provenance Provenance::parse(const std::string &json)
{
  if (nested_too_deep(json))
    throw std::runtime_error("it is nested too deep");
  Provenance result;
  try
    {
      std::istringstream text(json);
      Tree               tree;
      boost::property_tree::read_json(text, tree);
      result.begun               = session(tree);
      result.seed                = tree.get<std::string>("seed");
      result.parameter_file      = bytes_of_text(tree.get<std::string>("parameter file"));
      result.parameter_directory = bytes_of_text(tree.get<std::string>("directory of the parameter file"));
      const Tree none;
      for (const auto &entry : tree.get_child("input files", none))
        {
          InputFile file;
          file.path     = bytes_of_text(entry.second.get<std::string>("path"));
          file.bytes    = entry.second.get<std::uint64_t>("bytes");
          file.from_run = bytes_of_text(entry.second.get<std::string>("from the run directory", ""));
          std::istringstream(entry.second.get<std::string>("crc32")) >> std::hex >> file.crc32;
          result.input_files.push_back(file);
        }
      for (const auto &entry : tree.get_child("continued", none))
        {
          result.continued.push_back(session(entry.second));
          result.continued.back().time = entry.second.get<double>("time");
        }
    }
  catch (const boost::property_tree::ptree_error &error)
    {
      throw std::runtime_error(error.what());
    }
  if (result.seed.empty() || result.seed.find_first_not_of("0123456789") != std::string::npos)
    throw std::runtime_error("its seed is no number");
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
                            ": its last digits may be others than those of one program.";
}
} // namespace rhoflow
