#include <solvers/base/collective.h>
#include <solvers/base/error.h>
#include <solvers/base/files/complete_file.h>
#include <solvers/base/number.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/base/run/time_series_record.h>
#include <solvers/base/text.h>

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

const std::string xdmf_beginning = "<?xml version=\"1.0\"?>\n<Xdmf Version=\"2.0\">\n<Domain>\n"
                                   "<Grid GridType=\"Collection\" CollectionType=\"Temporal\">\n";
const std::string xdmf_ending    = "</Grid>\n</Domain>\n</Xdmf>\n";
// Before each <Grid>: what is there to read a record again.
const std::string xdmf_mark = "\n<!-- ", xdmf_mark_end = " -->\n";

std::string text_of(const std::vector<TimeSeriesEntry> &entries)
{
  std::string text = beginning;
  for (const TimeSeriesEntry &entry : entries)
    text += "<DataSet timestep=\"" + exact_number(entry.time) + "\" group=\"\" part=\"0\" file=\"" + entry.file + "\"/>\n";
  return text + ending;
}

bool is_xdmf(const std::string &path)
{
  return fs::path(path).extension() == ".xdmf";
}

InputError not_ours(const std::string &path, const std::string &why)
{
  return InputError(Refusal::damaged, "", "'" + path + "' " + why + ": it is no time series that rhoflow wrote to its end.");
}

bool has_ending(const std::string &text, const std::string &end)
{
  return text.size() >= end.size() && text.compare(text.size() - end.size(), end.size(), end) == 0;
}

/// The text between the beginning and the end of a record. Throws InputError if it is none.
std::string body_of(const std::string &path, const std::string &text, const std::string &begin, const std::string &end)
{
  if (text.size() < begin.size() + end.size() || text.compare(0, begin.size(), begin) != 0 || !has_ending(text, end))
    throw not_ours(path, "is no complete collection");
  return text.substr(begin.size(), text.size() - begin.size() - end.size());
}

TimeSeriesEntry checked(const std::string &path, const std::string &time, const std::string &name, const std::string &grid)
{
  const std::string folder = fs::path(path).stem().string() + "/";
  TimeSeriesEntry   entry{0., name, grid};
  if (!parse_number(time, entry.time) || !std::isfinite(entry.time) || name.rfind(folder, 0) != 0 ||
      fs::path(name).lexically_normal() != fs::path(name))
    throw not_ours(path, "has an entry without time or file");
  return entry;
}

std::vector<TimeSeriesEntry> parse_xdmf(const std::string &path, const std::string &text)
{
  const std::string            body = "\n" + body_of(path, text, xdmf_beginning, xdmf_ending);
  std::vector<TimeSeriesEntry> entries;
  if (body != "\n" && body.rfind(xdmf_mark, 0) != 0)
    throw not_ours(path, "has something before its first entry");
  for (std::size_t mark = body.find(xdmf_mark), next; mark != std::string::npos; mark = next)
    {
      next                   = body.find(xdmf_mark, mark + 1);
      const std::size_t name = mark + xdmf_mark.size(), end = body.find(xdmf_mark_end, name);
      if (end >= next) // also where there is neither
        throw not_ours(path, "has an entry without time or file");
      const std::size_t begin = end + xdmf_mark_end.size();
      const std::string grid  = body.substr(begin, next == std::string::npos ? next : next + 1 - begin);
      const std::size_t time  = grid.find("<Time ");
      if (time == std::string::npos)
        throw not_ours(path, "has an entry without time or file");
      entries.push_back(checked(path, xml_attribute(grid.substr(time), "Value"), body.substr(name, end - name), grid));
    }
  return entries;
}

std::vector<TimeSeriesEntry> parse(const std::string &path, const std::string &text)
{
  if (is_xdmf(path))
    return parse_xdmf(path, text);
  const std::string            body = body_of(path, text, beginning, ending);
  std::vector<TimeSeriesEntry> entries;
  for (std::size_t i = body.find("<DataSet "); i != std::string::npos; i = body.find("<DataSet ", i + 1))
    {
      const std::string tag = body.substr(i, body.find("/>", i) - i);
      entries.push_back(checked(path, xml_attribute(tag, "timestep"), xml_attribute(tag, "file"), ""));
    }
  return entries;
}

std::string contents(const std::string &path)
{
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}
} // namespace

std::string xml_attribute(const std::string &tag, const std::string &name)
{
  const std::string opening = " " + name + "=\"";
  const std::size_t start   = tag.find(opening);
  if (start == std::string::npos)
    return {};
  const std::size_t begin = start + opening.size(), end = tag.find('"', begin);
  return end == std::string::npos ? std::string() : tag.substr(begin, end - begin);
}

std::vector<TimeSeriesEntry> read_time_series(const std::string &path)
{
  return parse(path, contents(path));
}

std::vector<TimeSeriesEntry> read_time_series(const std::string &path, bool &cut_off)
{
  std::string text = contents(path);
  cut_off          = !has_ending(text, ending);
  if (cut_off)
    {
      const std::size_t last = text.rfind("/>\n");
      text                   = text.substr(0, last == std::string::npos ? beginning.size() : last + 3) + ending;
    }
  return parse(path, text);
}

std::string xdmf_record(const std::vector<TimeSeriesEntry> &entries)
{
  std::string text = xdmf_beginning;
  for (const TimeSeriesEntry &entry : entries)
    text += xdmf_mark.substr(1) + entry.file + xdmf_mark_end + entry.grid;
  return text + xdmf_ending;
}

TimeSeriesRecord::TimeSeriesRecord(const RunDirectory &run_directory, std::string series_name, const Format record_format)
  : directory(run_directory)
  , series(std::move(series_name))
  , format(record_format)
{
  directory.file(name());
  directory.subdirectory(series);
}

std::string TimeSeriesRecord::name() const
{
  return series + (format == Format::pvd ? ".pvd" : ".xdmf");
}

void TimeSeriesRecord::resume_from(const double time)
{
  const MPI_Comm    comm = directory.communicator();
  const std::string path = directory.file(name());
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
  add_grid(time, file, [&write]() {
    write();
    return std::string();
  });
}

void TimeSeriesRecord::add_grid(const double time, const std::string &file, const std::function<std::string()> &write)
{
  const MPI_Comm comm = directory.communicator();
  directory.file(file);
  std::string grid;
  together(comm, [&]() { grid = write(); });
  std::vector<TimeSeriesEntry> longer = recorded;
  longer.push_back({time, file, broadcast(grid, 0, comm)});
  on_rank_0(comm, [&]() {
    write_complete_file(directory.file(name()),
                        [&](std::ostream &out) { out << (format == Format::pvd ? text_of(longer) : xdmf_record(longer)); });
  });
  recorded = std::move(longer);
}
} // namespace rhoflow
