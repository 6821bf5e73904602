#pragma once

#include <limits>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
struct EvolutionInputs;
struct RunContext;

/// A solution of the same problem with less resolution.
class CoarserSolution
{
public:
  virtual ~CoarserSolution() = default;

  /// Begins at time zero. Collective.
  virtual void start() = 0;
  /// Steps up to `time`; none is beyond `end`. Collective.
  virtual void advance(double time, double end) = 0;
  /// The functionals at an output time, at which a step has ended. Collective.
  virtual std::vector<double> functionals() = 0;

  /// All that further steps depend on, under names that begin with `prefix`. Collective.
  virtual void save(CheckpointWriter &checkpoint, const std::string &prefix) const = 0;
  virtual void load(const CheckpointReader &checkpoint, const std::string &prefix) = 0;
};

/// Some of them, each with less resolution than the one before; none if the inputs ask for no estimate. A `Solution` knows
/// given() of the inputs and coarser() of a resolution. The inputs live longer.
template <class Solution, class Inputs>
std::vector<std::unique_ptr<CoarserSolution>> coarser_solutions(const unsigned int n_solutions, const Inputs &inputs,
                                                                const MPI_Comm communicator)
{
  std::vector<std::unique_ptr<CoarserSolution>> solutions;
  auto                                          resolution = Solution::given(inputs);
  while (inputs.accuracy.estimate && solutions.size() < n_solutions)
    {
      resolution = Solution::coarser(resolution);
      solutions.push_back(std::make_unique<Solution>(inputs, resolution, communicator));
    }
  return solutions;
}

/// The error of one functional Q from solutions with less and less resolution, Q_1, Q_2:
/// - from one of them 2 |Q − Q_1|, since differences may be small by chance;
/// - from two the ratio q = |Q − Q_1| / |Q_1 − Q_2| tells how much a finer resolution gains, and the error is 2 q |Q − Q_1|.
/// The
///   differences in q are the largest ones up to now, relative to Q, and 1/256 ≤ q ≤ 1: what looks better is not believed.
class FunctionalError
{
public:
  FunctionalError() = default;
  explicit FunctionalError(std::string what)
    : name(std::move(what))
  {}

  /// `coarser`: Q_1 and Q_2, or as many of them as there are. `size`: what Q is measured by.
  void look(double value, const std::vector<double> &coarser, double size, double of_data);

  /// |δQ|, NaN if there is nothing to compare with: of resolution and data together, and of the resolution alone.
  double error() const { return last; }
  double of_resolution() const { return resolution; }
  /// The largest error of all outputs relative to the size.
  double largest_relative() const { return largest; }

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit(self.name + ": error", self.last);
    visit(self.name + ": error of the resolution", self.resolution);
    visit(self.name + ": largest relative error", self.largest);
    visit(self.name + ": first differences", self.first_differences);
    visit(self.name + ": second differences", self.second_differences);
  }

private:
  static constexpr double nan = std::numeric_limits<double>::quiet_NaN();

  std::string name;
  double      last = nan, resolution = nan, largest = 0.;
  double      first_differences = 0., second_differences = 0.; ///< the largest ones, relative
};

/// The errors of the functionals of a solution in time, by their parts:
/// - resolution (mesh and time steps, or points): FunctionalError, from one or two solutions beside the run;
/// - data: MeanFieldSetup::data_nodes, relative to the excess risk, or to AccuracyParameters::floor of the first one;
/// - what the compression of the features and the box leave out is told, but not estimated as an error of a functional.
class ErrorEstimate
{
public:
  /// `names`: of the functionals, the risk first. `coarser`: the finer one first; none if nothing is to be estimated. Inputs
  /// and context live longer.
  ErrorEstimate(std::vector<std::string> names, std::vector<std::unique_ptr<CoarserSolution>> coarser,
                const EvolutionInputs &inputs, const RunContext &context);

  /// The coarser solutions begin. Collective.
  void start();
  /// Takes them to `time`, by steps that are not beyond `end`. Collective.
  void advance(double time, double end);
  /// Compares at an output time, at which the steps of all have ended. Collective.
  void look(const std::vector<double> &functionals, double excess_risk);

  /// |δQ| of functional `i` at the last output; NaN where it was not estimated.
  double error(const std::size_t i) const { return errors[i].error(); }
  double seconds() const { return time_taken; }
  /// Rows for the report. `resolution`: what it is made of, "mesh and time steps"; `has_box`: whether the solution ends at the
  /// sides of one.
  std::vector<std::pair<std::string, std::string>> report(const std::string &resolution, bool has_box) const;

  /// Collective.
  void save(CheckpointWriter &checkpoint) const;
  void load(const CheckpointReader &checkpoint);

  template <class Visitor, class Self>
  static void visit(Visitor &visit, Self &self)
  {
    visit("failure", self.failure);
    visit("coarser solutions", self.n_coarser);
    visit("first excess risk", self.first_excess);
    visit("error of the data nodes", self.of_data);
    for (auto &error : self.errors)
      FunctionalError::visit(visit, error);
  }

private:
  /// Each of the coarser solutions. What one throws ends it and those that are coarser, not the run.
  template <class Work>
  void for_each(const Work &work);

  const EvolutionInputs                        &inputs;
  const RunContext                             &context;
  std::vector<std::unique_ptr<CoarserSolution>> coarser;
  unsigned int                                  n_coarser = 0; ///< that are left
  std::string                                   failure;       ///< why one failed
  std::vector<std::string>                      names;
  std::vector<FunctionalError>                  errors;
  double                                        of_data; ///< relative; as the run that this one goes on with found it
  double                                        first_excess = std::numeric_limits<double>::quiet_NaN();
  double                                        time_taken   = 0.;
};
} // namespace rhoflow
