#include <solvers/base/error.h>
#include <solvers/base/files/file_list.h>
#include <solvers/base/run/statistics.h>
#include <solvers/comparison/distance_table.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include <fcntl.h>
#include <unistd.h>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

/// What file systems take, with room for the endings of files that are being written.
constexpr std::size_t longest_name = 240;
} // namespace

DistanceTable::DistanceTable(std::string run, std::string kind_of_table, const std::string &other, std::string part_of_other)
  : directory(std::move(run))
  , kind(std::move(kind_of_table))
  , owner(fs::weakly_canonical(fs::absolute(other)).string())
  , part(std::move(part_of_other))
{}

/// The last folders of the owner's path, one more with every number; then with the number itself.
std::string DistanceTable::candidate(const std::size_t number) const
{
  std::string text;
  std::size_t left = number;
  for (fs::path path = owner; left > 0 && path.has_filename(); path = path.parent_path(), --left)
    text = path.filename().string() + (text.empty() ? "" : "_" + text);
  if (left > 0)
    text += "_" + std::to_string(left + 1);
  const std::string ending = part + ".csv";
  if (const std::size_t room = longest_name - kind.size() - ending.size(); text.size() > room)
    {
      std::size_t first = text.size() - room;
      while (first < text.size() && (static_cast<unsigned char>(text[first]) & 0xc0) == 0x80)
        ++first; // no character is cut in two
      text = text.substr(first);
    }
  return kind + text + ending;
}

std::string DistanceTable::owner_of(const std::string &name) const
{
  std::ifstream file(fs::path(directory) / ("." + name), std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

std::string DistanceTable::name() const
{
  for (std::size_t number = 1;; ++number)
    {
      const std::string name = candidate(number);
      std::error_code   ignored;
      if (!fs::exists(fs::path(directory) / ("." + name), ignored) || owner_of(name) == owner + part)
        return name;
    }
}

bool DistanceTable::take(const std::string &name) const
{
  if (owner_of(name) == owner + part)
    return true;
  const std::string mark = "." + name, path = (fs::path(directory) / mark).string();
  FileList::note(directory, mark);
  // Of several programs at a time one makes the file.
  const int file = ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
  if (file < 0 && errno == EEXIST)
    return false;
  const std::string text = owner + part;
  const bool        good = file >= 0 && ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size());
  if (file < 0 || ::close(file) != 0 || !good)
    throw RunError("cannot write '" + path + "': is the disk full, or the directory not writable?");
  return true;
}

std::string DistanceTable::path() const
{
  return (fs::path(directory) / name()).string();
}

std::string DistanceTable::write(const Statistics &rows)
{
  std::string mine = name();
  while (!take(mine))
    mine = name();
  const std::string path = (fs::path(directory) / mine).string(), aside = path + ".part";
  FileList::note(directory, mine);
  std::error_code error;
  fs::remove(aside, error); // of a program that was ended
  try
    {
      Statistics table(aside, true);
      for (const std::vector<double> &row : rows.rows())
        {
          for (std::size_t c = 0; c < row.size(); ++c)
            table.set(rows.columns()[c], row[c]);
          table.finish_row();
        }
    }
  catch (const RunError &)
    {
      fs::remove(aside, error);
      throw;
    }
  fs::rename(aside, path, error);
  if (error)
    throw RunError("cannot write '" + path + "': " + error.message() + ".");
  return path;
}
} // namespace rhoflow
