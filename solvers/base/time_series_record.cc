#include <solvers/base/complete_file.h>
#include <solvers/base/error.h>
#include <solvers/base/number.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/time_series_record.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

const std::string beginning =
  "<?xml version=\"1.0\"?>\n<VTKFile type=\"Collection\" version=\"0.1\" byte_order=\"LittleEndian\">\n<Collection>\n";
const std::string ending = "</Collection>\n</VTKFile>\n";

std::string attribute(const std::string &tag, const std::string &name)
{
  const std::string opening = " " + name + "=\"";
  const std::size_t start   = tag.find(opening);
  if (start == std::string::npos)
    return {};
  const std::size_t begin = start + opening.size(), end = tag.find('"', begin);
  return end == std::string::npos ? std::string() : tag.substr(begin, end - begin);
}

std::string text_of(const std::vector<TimeSeriesEntry> &entries)
{
  std::string text = beginning;
  for (const TimeSeriesEntry &entry : entries)
    {
      char time[32];
      std::snprintf(time, sizeof(time), "%.17g", entry.time);
      text += std::string("<DataSet timestep=\"") + time + "\" group=\"\" part=\"0\" file=\"" + entry.file + "\"/>\n";
    }
  return text + ending;
}

/// Text that rank `root` has, on every rank.
std::string broadcast(std::string text, int root, MPI_Comm communicator)
{
  unsigned long size = text.size();
  MPI_Bcast(&size, 1, MPI_UNSIGNED_LONG, root, communicator);
  text.resize(size);
  MPI_Bcast(text.data(), static_cast<int>(size), MPI_CHAR, root, communicator);
  return text;
}

std::vector<TimeSeriesEntry> parse(const std::string &path, const std::string &text)
{
  const auto not_ours = [&](const std::string &why) {
    return InputError("", "'" + path + "' " + why + ": it is no time series that rhoflow wrote to its end.");
  };
  if (text.size() < beginning.size() + ending.size() || text.compare(0, beginning.size(), beginning) != 0 ||
      text.compare(text.size() - ending.size(), ending.size(), ending) != 0)
    throw not_ours("is no complete collection");
  const std::string            folder = fs::path(path).stem().string() + "/";
  std::vector<TimeSeriesEntry> entries;
  for (std::size_t i = text.find("<DataSet "); i != std::string::npos; i = text.find("<DataSet ", i + 1))
    {
      const std::string tag = text.substr(i, text.find("/>", i) - i), name = attribute(tag, "file");
      double            time;
      if (!parse_number(attribute(tag, "timestep"), time) || !std::isfinite(time) || name.rfind(folder, 0) != 0 ||
          fs::path(name).lexically_normal() != fs::path(name))
        throw not_ours("has an entry without time or file");
      entries.push_back({time, name});
    }
  return entries;
}

std::string contents(const std::string &path)
{
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
} // namespace

std::vector<TimeSeriesEntry> read_time_series(const std::string &path)
{
  return parse(path, contents(path));
}

TimeSeriesRecord::TimeSeriesRecord(const RunDirectory &run_directory, std::string series_name)
  : directory(run_directory)
  , series(std::move(series_name))
{
  directory.file(series + ".pvd");
  directory.subdirectory(series);
}

void TimeSeriesRecord::take_up(const double time)
{
  const MPI_Comm    comm = directory.communicator();
  const std::string path = directory.file(series + ".pvd");
  std::string       text, present;
  if (rank_of(comm) == 0)
    text = contents(path);
  text = broadcast(text, 0, comm);
  recorded.clear();
  if (text.empty())
    return;
  const std::vector<TimeSeriesEntry> entries = parse(path, text);
  // One rank looks, so that all see the same.
  if (rank_of(comm) == 0)
    for (const TimeSeriesEntry &entry : entries)
      present += fs::exists(directory.file(entry.file)) ? '1' : '0';
  present = broadcast(present, 0, comm);
  for (std::size_t i = 0; i < entries.size(); ++i)
    if (present[i] == '1' && entries[i].time <= time && (recorded.empty() || entries[i].time > recorded.back().time))
      recorded.push_back(entries[i]);
}

std::string TimeSeriesRecord::next_file(const double time, const std::string &extension)
{
  while (!recorded.empty() && recorded.back().time >= time)
    recorded.pop_back();
  // One more than the number of the last file, which is not that of the entries if a file is gone.
  const std::string start = series + "/" + series + "_";
  const long        number =
    recorded.empty() ?
             0 :
             std::strtol(recorded.back().file.c_str() + std::min(start.size(), recorded.back().file.size()), nullptr, 10) + 1;
  char digits[24];
  std::snprintf(digits, sizeof(digits), "%04ld", number);
  return start + digits + extension;
}

void TimeSeriesRecord::add(const double time, const std::string &file, const std::function<void()> &write)
{
  const MPI_Comm comm = directory.communicator();
  // Runs `work` here; if it throws on any rank, every rank throws what the first of them has to say.
  const auto together = [comm](const std::function<void()> &work) {
    std::string error;
    int         first = number_of_ranks(comm);
    try
      {
        work();
      }
    catch (const std::exception &e)
      {
        error = e.what();
        first = rank_of(comm);
      }
    MPI_Allreduce(MPI_IN_PLACE, &first, 1, MPI_INT, MPI_MIN, comm);
    if (first < number_of_ranks(comm))
      throw RunError(broadcast(error, first, comm));
  };
  directory.file(file);
  together(write);
  std::vector<TimeSeriesEntry> longer = recorded;
  longer.push_back({time, file});
  together([&]() {
    if (rank_of(comm) == 0)
      write_complete_file(directory.file(series + ".pvd"), [&](std::ostream &out) { out << text_of(longer); });
  });
  recorded = std::move(longer);
}
} // namespace rhoflow
