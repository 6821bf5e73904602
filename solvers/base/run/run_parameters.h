#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;
struct Unread;

/// The parameters at the top of a file, outside any subsection: which solver, how long, where to. declare() also declares
/// section "Checkpoint", which every run has.
struct RunParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);
  /// Those that solvers in time do not read.
  static std::vector<Unread> unread(dealii::ParameterHandler &prm);

  /// The number that a valid value of 'Seed' is: all 64 bits.
  static std::uint64_t seed_of(const std::string &value);

  std::string         solver = "single neuron"; ///< a name of the registry's
  std::string         title;                    ///< one line, printed at the start and in the report
  std::string         output_directory;         ///< empty: runs/<name of the parameter file>
  bool                overwrite       = false;
  double              end_time        = 10.; ///< t = step × number of SGD steps
  double              output_interval = 1.;  ///< time between two rows of statistics
  std::vector<double> output_times;          ///< if not empty, instead of the interval
  std::uint64_t       seed             = 1;
  bool                compare_with_sgd = false;

  /// 0, ..., end_time: strictly increasing, first 0, last end_time.
  std::vector<double> all_output_times() const;
};

/// The name of a parameter file without its folder and the ending ".prm", after which runs are named: "case_0.5" for
/// "cases/case_0.5.prm" and for "cases/case_0.5".
std::string name_of_parameter_file(const std::string &path);
} // namespace rhoflow
