#pragma once

#include <functional>
#include <string>
#include <vector>

namespace rhoflow
{
class RunDirectory;

/// One time of a series of files for ParaView.
struct TimeSeriesEntry
{
  double      time;
  std::string file; ///< relative to the record
  std::string grid; ///< in an XDMF record its <Grid>: lines, each with its end
};

/// The entries of a record `<series>.pvd` or `<series>.xdmf` that TimeSeriesRecord wrote. Throws InputError (no parameter) if
/// it is something else or cut off.
std::vector<TimeSeriesEntry> read_time_series(const std::string &path);

/// The same for a `<series>.pvd` that may be cut off: its complete entries, and whether it was.
std::vector<TimeSeriesEntry> read_time_series(const std::string &path, bool &cut_off);

/// The value of an attribute in an XML tag; empty if there is none.
std::string xml_attribute(const std::string &tag, const std::string &name);

/// The text of an XDMF record of these times.
std::string xdmf_record(const std::vector<TimeSeriesEntry> &entries);

/// The record `<series>.pvd` or `<series>.xdmf` of a series of files `<series>/<series>_NNNN.*` in a run directory, one file a
/// time. It names only files that are wholly on disk, and is itself replaced as a whole, so that it can be read at every moment
/// of a run.
class TimeSeriesRecord
{
public:
  enum class Format
  {
    pvd, ///< of VTK's XML files
    xdmf ///< of HDF5 files, whose contents it describes
  };

  /// Makes the folder. Collective.
  TimeSeriesRecord(const RunDirectory &directory, std::string series, Format format = Format::pvd);

  /// Goes on with the record that the directory holds: takes its entries up to and including `time` whose files are there.
  /// Without a record it begins anew. Collective. Throws InputError if the record is not ours.
  void resume_from(double time);

  /// Name of the file for `time`, such as "density/density_0003.vtu". Entries of that time or later are replaced by what is
  /// written now: a run that goes on from a checkpoint comes to the same times again.
  std::string next_file(double time, const std::string &extension);

  /// Lets `write` write that file on every rank and records it. Collective. Throws RunError on every rank, with the reason and
  /// without a new entry, if `write` throws on any or if the disk does not take the record.
  void add(double time, const std::string &file, const std::function<void()> &write);
  /// The same for XDMF: `write` returns the <Grid> of that time on rank 0.
  void add_grid(double time, const std::string &file, const std::function<std::string()> &write);

  const std::vector<TimeSeriesEntry> &entries() const { return recorded; }

private:
  std::string name() const;

  const RunDirectory          &directory;
  std::string                  series;
  Format                       format;
  std::vector<TimeSeriesEntry> recorded;
};
} // namespace rhoflow
