#include <solvers/base/ranks.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/run_directory.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/parameters.h>
#include <solvers/comparison/quantization.h>
#include <solvers/comparison/sampled_transport.h>

#include <utility>

namespace rhoflow
{
namespace
{
const char *const folder = "measures";
} // namespace

std::string measure_file_name(std::size_t number)
{
  const std::string digits = std::to_string(number);
  return "density_" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits + ".csv";
}

MeasureOutput::MeasureOutput(std::vector<std::string> coordinate_names, const ComparisonParameters &parameters,
                             const RunDirectory &run_directory)
  : directory(run_directory)
  , communicator(run_directory.communicator())
  , names(std::move(coordinate_names))
{
  if (!parameters.write_measures)
    return;
  n_points = parameters.n_measure_points;
  directory.subdirectory(folder);
  times = std::make_unique<Statistics>(directory.file(std::string(folder) + "/times.csv"), rank_of(communicator) == 0);
}

void MeasureOutput::write(double time, const Measure &density)
{
  const Measure     whole = gathered(density, communicator);
  const std::string path  = directory.file(std::string(folder) + "/" + measure_file_name(times->rows().size()));
  const bool        root  = rank_of(communicator) == 0;
  Quantization      written;
  if (root)
    {
      const unsigned int D = static_cast<unsigned int>(names.size());
      written              = quantize(whole, D, n_points, {}, 1, {}, true);
      Statistics file(path, true);
      for (std::size_t i = 0; i < written.points.weights.size(); ++i)
        {
          file.set("mass", written.points.weights[i]);
          for (unsigned int d = 0; d < D; ++d)
            file.set(names[d], written.points.points[i * D + d]);
          for (unsigned int d = 0; d < D; ++d)
            file.set("width " + names[d], written.points.extents.empty() ? 0. : written.points.extents[i * D + d]);
          file.finish_row();
        }
    }
  times->set("time", time);
  times->set("W1 error", written.error.w1);
  times->set("W2 error", written.error.w2);
  times->finish_row();
}

void MeasureOutput::save(CheckpointWriter &checkpoint) const
{
  if (writes())
    times->save(checkpoint);
}

void MeasureOutput::load(const CheckpointReader &checkpoint)
{
  if (writes())
    times->load(checkpoint);
}
} // namespace rhoflow
