#include <cstdint>
#include <utility>

#include <solvers/base/run/checkpoint.h>
#include <solvers/discretization/snapshot_series.h>

namespace rhoflow
{
SnapshotSeries::SnapshotSeries(const RunDirectory &directory, const std::string &name, const SnapshotParameters &parameters,
                               std::vector<std::string> coordinate_names, const bool writes)
  : section(name + " outputs")
  , when(parameters)
{
  if (writes)
    series.emplace(directory, name, parameters, std::move(coordinate_names));
}

bool SnapshotSeries::due(const bool last)
{
  return when.due(n_outputs++, last) && series.has_value();
}

void SnapshotSeries::save(CheckpointWriter &checkpoint) const
{
  checkpoint.put(section, static_cast<std::uint64_t>(n_outputs));
}

void SnapshotSeries::load(const CheckpointReader &checkpoint, const double time)
{
  n_outputs = static_cast<unsigned int>(checkpoint.integer(section));
  if (series)
    series->resume_from(time);
}
} // namespace rhoflow
