#pragma once

#include <chrono>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// Wall-clock time by section of the work, for `timing.csv` and the final report.
class Timing
{
public:
  class Scope
  {
  public:
    explicit Scope(double &total_seconds)
      : total(total_seconds)
      , start(std::chrono::steady_clock::now())
    {}
    ~Scope() { total += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count(); }
    Scope(const Scope &)            = delete;
    Scope &operator=(const Scope &) = delete;

  private:
    double                               &total;
    std::chrono::steady_clock::time_point start;
  };

  /// `Timing::Scope scope(timing.section("mesh"));`
  double &section(const std::string &name);

  /// Writes a table of name, minimum, mean and maximum over ranks in seconds (collective; rank 0 writes), and returns the means
  /// as rows for the report.
  std::vector<std::pair<std::string, std::string>> write(const std::string &path, MPI_Comm communicator) const;

  /// Peak resident memory of this process in MiB.
  static double peak_memory();

private:
  std::vector<std::string>      order;
  std::map<std::string, double> seconds;
};
} // namespace rhoflow
