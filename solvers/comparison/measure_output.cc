#include <solvers/base/csv.h>
#include <solvers/base/error.h>
#include <solvers/base/ranks.h>
#include <solvers/base/run_directory.h>
#include <solvers/base/solver.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/parameters.h>
#include <solvers/comparison/quantization.h>
#include <solvers/comparison/sampled_transport.h>
#include <solvers/model/learning_problem.h>

#include <filesystem>

namespace rhoflow
{
namespace
{
std::string file_name(std::size_t number)
{
  const std::string digits = std::to_string(number);
  return "density_" + std::string(digits.size() < 4 ? 4 - digits.size() : 0, '0') + digits + ".csv";
}

const char *const folder = "measures";
} // namespace

MeasureOutput::MeasureOutput(const LearningProblem &problem, const RunContext &context)
  : directory(context.directory)
  , communicator(context.communicator)
  , names(problem.parameter_names())
{
  ComparisonParameters parameters;
  parameters.parse(context.parameters);
  if (!parameters.write_measures)
    return;
  n_points = parameters.n_measure_points;
  directory.subdirectory(folder);
  times = std::make_unique<Statistics>(directory.file(std::string(folder) + "/times.csv"), rank_of(communicator) == 0);
}

void MeasureOutput::write(double time, const Pieces &density)
{
  const Pieces      whole = gathered(density, communicator);
  const std::string path  = directory.file(std::string(folder) + "/" + file_name(times->rows().size()));
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

WrittenMeasures read_measures(const std::string &run_directory)
{
  namespace fs         = std::filesystem;
  const fs::path place = fs::path(run_directory) / folder;
  if (!fs::is_directory(run_directory))
    throw InputError("", "there is no run directory '" + run_directory + "'.");
  if (!fs::exists(place / "times.csv"))
    throw InputError("", "'" + run_directory +
                           "' holds no measures: run its parameter file with 'Comparison/Write measures=true' (particles "
                           "alone write none).");
  const CsvTable  index = read_csv((place / "times.csv").string(), {}, "");
  WrittenMeasures result;
  for (std::size_t row = 0; row < index.rows.size(); ++row)
    {
      const std::string path  = (place / file_name(row)).string();
      const CsvTable    table = read_csv(path, {}, "");
      const std::size_t D     = (table.columns.size() - 1) / 2;
      if (D < 1 || D > 3 || table.columns.size() != 2 * D + 1 || table.columns.front() != "mass" || table.rows.empty())
        throw InputError("", "'" + path + "' is not a measure that rhoflow wrote.");
      result.names.assign(table.columns.begin() + 1, table.columns.begin() + 1 + static_cast<std::ptrdiff_t>(D));
      WrittenMeasure measure;
      measure.time  = index.rows[row][index.column("time", "")];
      measure.error = {index.rows[row][index.column("W1 error", "")], index.rows[row][index.column("W2 error", "")]};
      for (const std::vector<double> &values : table.rows)
        {
          measure.pieces.weights.push_back(values[0]);
          measure.pieces.points.insert(measure.pieces.points.end(), values.begin() + 1,
                                       values.begin() + 1 + static_cast<std::ptrdiff_t>(D));
          measure.pieces.extents.insert(measure.pieces.extents.end(), values.begin() + 1 + static_cast<std::ptrdiff_t>(D),
                                        values.end());
        }
      result.measures.push_back(std::move(measure));
    }
  return result;
}
} // namespace rhoflow
