#include <postprocess/records/files.h>

#include <solvers/base/error.h>

#include <algorithm>
#include <fstream>
#include <sstream>

namespace rhoflow
{
namespace fs = std::filesystem;

std::string contents_of(const fs::path &path)
{
  std::ifstream      file(path, std::ios::binary);
  std::ostringstream contents;
  contents << file.rdbuf();
  if (!file)
    throw InputError("", "the file '" + path.string() + "' cannot be read.");
  return contents.str();
}

bool file_exists(const fs::path &path)
{
  std::error_code ignored;
  return fs::is_regular_file(path, ignored);
}

bool directory_exists(const fs::path &path)
{
  std::error_code ignored;
  return fs::is_directory(path, ignored);
}

std::vector<fs::path> entries_of(const fs::path &path)
{
  std::vector<fs::path> entries;
  std::error_code       error;
  for (fs::directory_iterator entry(path, error), end; !error && entry != end; entry.increment(error))
    entries.push_back(entry->path());
  std::sort(entries.begin(), entries.end());
  return entries;
}
} // namespace rhoflow
