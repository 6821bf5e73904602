// What `rhoflow --distance` and a resumed run read of a run: the first byte chooses a record of a time series (3: in XDMF), a
// file of particles, or a measure (two tables with a line of dashes between them).
#include <tests/fuzz/fuzz.h>

#include <filesystem>

#include <solvers/base/run/time_series_record.h>
#include <solvers/comparison/written_measures.h>

namespace
{
using namespace rhoflow;

void check(const WrittenMeasure &measure, const std::size_t D)
{
  const Measure    &pieces = measure.pieces;
  const std::size_t n      = D == 0 ? 0 : pieces.points.size() / D;
  require(n > 0 && pieces.points.size() == n * D, "a measure without points");
  require(pieces.weights.empty() || pieces.weights.size() == n, "a measure of another length than its weights");
  require(pieces.extents.empty() || pieces.extents.size() == n * D, "a measure of another length than its widths");
  double mass = 0.;
  for (const double weight : pieces.weights)
    {
      require(weight >= 0., "a negative mass");
      mass += weight;
    }
  require(pieces.weights.empty() || (std::isfinite(mass) && mass > 0.), "a measure without mass");
  for (const double width : pieces.extents)
    require(width >= 0., "a negative width");
  require(measure.error.w1 >= 0. && measure.error.w2 >= 0., "a negative error");
}
} // namespace

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  if (size == 0)
    return 0;
  std::string       text(reinterpret_cast<const char *>(data) + 1, size - 1);
  const std::string run  = folder() + "/run";
  static const bool made = std::filesystem::create_directories(run + "/measures");
  require(made, "the folder was not there before");
  allow_refusal([&]() {
    if (data[0] % 3 == 0)
      {
        const std::string record = run + (data[0] == 3 ? "/density.xdmf" : "/density.pvd");
        write_file(record, text);
        const std::vector<TimeSeriesEntry> entries = read_time_series(record);
        for (const TimeSeriesEntry &entry : entries)
          {
            require(std::isfinite(entry.time), "a time that is not finite");
            const auto path = std::filesystem::path(entry.file).lexically_normal().string();
            require(path.rfind("density/", 0) == 0, "a file outside of the series");
          }
        if (data[0] == 3)
          require(xdmf_record(entries) == text, "a record that is another one when it is written again");
      }
    else if (data[0] % 3 == 1)
      {
        write_file(run + "/particles.vtp", text);
        const auto [measure, names] = read_particles(run + "/particles.vtp");
        check(measure, names.size());
        require(measure.n_networks > 0, "no networks");
      }
    else
      {
        write_file(run + "/measures/times.csv", next_part(text, "---\n"));
        write_file(run + "/measures/density_0000.csv", text);
        const WrittenMeasures measures(run);
        check(measures.read(0), measures.names().size());
      }
  });
  return 0;
}
