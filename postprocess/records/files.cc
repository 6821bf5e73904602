#include <postprocess/records/files.h>
#include <solvers/base/spelling.h>

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
    throw InputError(Refusal::unreadable, "", "the file '" + path.string() + "' cannot be read.");
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

std::string did_you_mean_directory(const fs::path &path)
{
  std::vector<std::string> siblings;
  for (const fs::path &entry : entries_of(path.parent_path().empty() ? fs::path(".") : path.parent_path()))
    if (directory_exists(entry))
      siblings.push_back(entry.filename().string());
  const std::string nearest = nearest_spelling(path.filename().string(), siblings);
  return nearest.empty() ? "" : " Did you mean '" + (path.parent_path() / nearest).string() + "'?";
}
} // namespace rhoflow
