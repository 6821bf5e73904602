#include <solvers/base/files/complete_file.h>
#include <solvers/base/files/file_list.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

namespace rhoflow
{
namespace fs = std::filesystem;

namespace
{
/// A name may hold any byte, the end of a line included.
std::string line_of(const std::string &name)
{
  std::string line;
  for (const char c : name)
    line += c == '\\' ? "\\\\" : c == '\n' ? "\\n" : std::string(1, c);
  return line;
}

std::string name_of(const std::string &line)
{
  std::string name;
  for (std::size_t i = 0; i < line.size(); ++i)
    if (line[i] == '\\' && i + 1 < line.size())
      name += line[++i] == 'n' ? '\n' : line[i];
    else
      name += line[i];
  return name;
}
} // namespace

std::string FileList::path() const
{
  return (fs::path(directory) / ".rhoflow-files").string();
}

std::string FileList::read()
{
  std::ifstream     file(path(), std::ios::binary);
  const std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  const std::string whole = text.substr(0, text.rfind('\n') + 1); // nothing, if there is no line
  torn                    = whole.size() != text.size();
  std::istringstream lines(whole);
  noted.clear();
  for (std::string line; std::getline(lines, line);)
    if (!line.empty())
      noted[name_of(line)];
  return whole;
}

void FileList::open()
{
  if (!std::ofstream(path(), std::ios::app))
    throw std::runtime_error("cannot write '" + path() + "'.");
  const std::string whole = read();
  if (torn)
    write_complete_file(path(), [&](std::ostream &out) { out << whole; });
  torn = false;
}

void FileList::add(const std::string &name)
{
  if (!noted.insert({name, {}}).second)
    return;
  std::ofstream file(path(), std::ios::app);
  file << ((torn ? "\n" : "") + line_of(name) + '\n') << std::flush; // in one piece: others may add at the same time
  file.close();
  // On a disk that is full; whoever asked will notice it with the file itself.
  torn = !file;
  if (torn)
    noted.erase(name);
}

void FileList::note(const std::string &directory, const std::string &name)
{
  FileList        list(directory);
  std::error_code ignored;
  if (!fs::exists(list.path(), ignored) && !fs::exists(fs::path(directory) / "provenance.json", ignored))
    return;
  list.read();
  list.add(name);
}

void FileList::clear()
{
  write_complete_file(path(), [](std::ostream &) {});
  noted.clear();
  torn = false;
}

bool FileList::make_durable()
{
  bool good = rhoflow::make_durable(path());
  for (auto &[name, durable] : noted)
    {
      const fs::path       file = fs::path(directory) / name;
      std::error_code      error;
      const std::uintmax_t size = fs::file_size(file, error);
      if (error)
        continue;
      const std::int64_t time = fs::last_write_time(file, error).time_since_epoch().count();
      if (!error && durable == std::pair(size, time))
        continue;
      if (rhoflow::make_durable(file.string()))
        durable = {size, time};
      else
        good = false;
    }
  return good;
}
} // namespace rhoflow
