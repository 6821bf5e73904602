// What rhoflow-plot reads of a run directory: provenance.json, parameters_used.prm, statistics.csv and density.pvd, one behind
// the other with lines of dashes between them.
#include <tests/fuzz/fuzz.h>

#include <filesystem>

#include <postprocess/records/run_record.h>

int LLVMFuzzerTestOneInput(const std::uint8_t *data, const std::size_t size)
{
  using namespace rhoflow;
  std::string       text(reinterpret_cast<const char *>(data), size);
  const std::string run  = folder() + "/run";
  static const bool made = std::filesystem::create_directories(run + "/density");
  require(made, "the folder was not there before");
  static const bool file_made = [&]() {
    write_file(run + "/density/density_0000.vtu", "contents");
    return true;
  }();
  require(file_made, "a file of the series");
  for (const char *const name : {"provenance.json", "parameters_used.prm", "statistics.csv", "density.pvd"})
    write_file(run + "/" + name, next_part(text, "---\n"));
  allow_refusal([&]() {
    const RunRecord record = RunRecord::open(run);
    require(!record.solver.empty() && !record.title.empty(), "a run without a solver");
    double previous = -INFINITY;
    for (const TimeStep &step : record.density)
      {
        require(std::isfinite(step.time) && step.time >= previous, "times that fall");
        previous = step.time;
      }
    for (const auto &[name, table] : record.tables)
      for (const auto &row : table.rows)
        require(row.size() == table.columns.size(), "a row of another length than the header");
  });
  return 0;
}
