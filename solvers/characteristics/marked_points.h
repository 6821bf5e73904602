#pragma once

#include <functional>
#include <string>
#include <vector>

#include <solvers/base/run/statistics.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
struct CharacteristicsInputs;

/// Appends the points of 'Common noise/Marked points' to the law, with the weight zero: they move in the field of a path and do
/// not act on it. Throws InputError if a point has another number of coordinates than θ, or a weight.
void append_marked_points(CharacteristicsInputs &inputs);

/// The n-point motion: statistics of the marked points over the paths, marked_points.csv. No file without marked points.
class MarkedPointsTable
{
public:
  using ErrorOfMean = std::function<double(const std::vector<double> &sample)>;

  /// `names` of the coordinates [D]. `write`: on one rank.
  MarkedPointsTable(const std::string &directory_file, bool write, std::vector<std::string> names, std::size_t n_points);

  /// For every coordinate of every point the mean and the standard deviation over the paths, and for every two coordinates of
  /// two points their covariance with its standard error. `values`: of the flow, and of SGD where it runs beside, each
  /// [paths][points][D].
  void add_row(double time, const std::vector<std::vector<double>> &values, const ErrorOfMean &error_of_mean);

  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint);

private:
  void add(const std::vector<double> &values, const std::string &suffix, const ErrorOfMean &error_of_mean);

  std::vector<std::string> names;
  std::size_t              n_points;
  Statistics               table;
};
} // namespace rhoflow
