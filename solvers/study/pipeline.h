#pragma once

#include <limits>
#include <string>
#include <vector>

namespace rhoflow
{
/// Columns of a table of a run: values[t][r], one column for each replica, or one column without replicas.
struct ReplicaSeries
{
  std::vector<double>              times; ///< the column "time", or the number of the row
  std::vector<std::vector<double>> values;
  std::vector<unsigned int>        replicas; ///< their numbers, increasing; empty: a single column without replicas
  std::string                      name;     ///< for messages
};

/// A number with its standard error; NaN where there is none.
struct Measured
{
  double value = std::numeric_limits<double>::quiet_NaN();
  double error = std::numeric_limits<double>::quiet_NaN();
};

/// How one number comes out of the tables of a run:
///   { OPERATION of } [reference] FILE: COLUMN [ - [reference] FILE: COLUMN | - NUMBER ]
/// read from right to left. A "*" in a column stands for the numbers of the replicas. Operations: see operation_names().
class Pipeline
{
public:
  /// Throws InputError without parameter that says what is valid.
  static Pipeline parse(const std::string &text);

  static const std::vector<std::string> &operation_names();

  bool uses_reference() const { return first.reference || second.reference; }
  bool has_replicas() const { return first.has_replicas() || second.has_replicas(); }

  /// From the files in the directories of the run and of its reference. Throws InputError without parameter if they do not have
  /// what is asked for.
  Measured evaluate(const std::string &run_directory, const std::string &reference_directory) const;

  /// The number, and its standard error by the jackknife over the R replicas: with the result θ_(r) without replica r,
  /// ((R − 1)/R Σ_r (θ_(r) − mean θ_(·))²)^{1/2} (Efron and Tibshirani, An Introduction to the Bootstrap, eq. 11.5).
  Measured evaluate(ReplicaSeries series) const;

  /// The difference row by row. Throws InputError without parameter unless times and replicas fit.
  static ReplicaSeries difference(const ReplicaSeries &minuend, const ReplicaSeries &subtrahend);

private:
  struct Source
  {
    std::string file; ///< empty: no source
    std::string column;
    bool        reference = false;

    bool          has_replicas() const { return column.find('*') != std::string::npos; }
    ReplicaSeries read(const std::string &run_directory, const std::string &reference_directory) const;
  };
  enum class Kind
  {
    absolute_value,
    square,
    square_root,
    first,
    last,
    maximum,
    minimum,
    mean_over_time,
    at_time,
    mean_over_replicas,
    deviation_over_replicas,
    root_mean_square_over_replicas
  };
  struct Operation
  {
    Kind   kind;
    double from = -std::numeric_limits<double>::infinity(); ///< of the time, or the time itself
    double to   = std::numeric_limits<double>::infinity();

    bool reduces_time() const { return kind >= Kind::first && kind <= Kind::at_time; }
    bool reduces_replicas() const { return kind >= Kind::mean_over_replicas; }
    /// `left_out`: a replica that is passed over, or -1.
    void apply(ReplicaSeries &series, int left_out = -1) const;
    void reduce_time(ReplicaSeries &series) const;
    void reduce_replicas(ReplicaSeries &series, int left_out) const;
  };

  static Source    parse_source(const std::string &text, const std::string &whole);
  static Operation parse_operation(const std::string &text);
  void             check() const;

  std::vector<Operation> operations; ///< in the order of application
  Source                 first, second;
  double                 subtracted = 0.;
};
} // namespace rhoflow
