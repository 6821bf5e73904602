#include <solvers/base/error.h>
#include <solvers/base/progress.h>
#include <solvers/base/ranks.h>
#include <solvers/characteristics/characteristics_operator.h>
#include <solvers/characteristics/coarser_points.h>
#include <solvers/characteristics/inputs.h>
#include <solvers/characteristics/step.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/learning_problem.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <string>

namespace rhoflow
{
namespace
{
class CoarserPoints : public CoarserSolution
{
public:
  struct Resolution
  {
    unsigned int n_per_coordinate;
    double       tolerance;
  };

  static Resolution given(const CharacteristicsInputs &inputs)
  {
    return {inputs.scheme.n_per_coordinate, inputs.scheme.tolerance};
  }
  static Resolution coarser(const Resolution &resolution)
  {
    return {std::max(1U, 3 * resolution.n_per_coordinate / 4), 30. * resolution.tolerance};
  }

  CoarserPoints(const CharacteristicsInputs &inputs, const Resolution &resolution, const MPI_Comm communicator)
    : system(*inputs.mean_field, inputs.points(resolution.n_per_coordinate), communicator)
    , stepper(system, resolution.tolerance)
  {}

  void start() override {}

  void advance(const double time, const double end) override
  {
    while (stepper.time() < time)
      stepper.step(end);
  }

  std::vector<double> functionals() override
  {
    return {system.mean_field().risk(system.update(stepper.points())) + system.external_energy(stepper.points())};
  }

  void save(CheckpointWriter &checkpoint, const std::string &prefix) const override { stepper.save(checkpoint, prefix); }
  void load(const CheckpointReader &checkpoint, const std::string &prefix) override { stepper.load(checkpoint, prefix); }

  double excess_risk()
  {
    return system.mean_field().excess_risk(system.update(stepper.points())) + system.external_energy(stepper.points());
  }
  std::size_t n_points() const { return system.n_global_points(); }

private:
  CharacteristicsOperator system;
  CharacteristicsStep     stepper;
};

/// The excess risk at the output times with some points.
struct Attempt
{
  std::vector<double> risks;
  std::size_t         n_points;
};

Attempt attempt(const CharacteristicsInputs &inputs, const unsigned int n, const double tolerance, const MPI_Comm communicator)
{
  CoarserPoints solution(inputs, {n, tolerance}, communicator);
  Attempt       result{{}, solution.n_points()};
  for (const double time : inputs.run.all_output_times())
    {
      solution.advance(time, time);
      result.risks.push_back(solution.excess_risk());
    }
  return result;
}
} // namespace

std::vector<std::unique_ptr<CoarserSolution>> coarser_points(const CharacteristicsInputs &inputs, const MPI_Comm communicator)
{
  return coarser_solutions<CoarserPoints>(2, inputs, communicator);
}

PointsChoice choose_points(const CharacteristicsInputs &inputs, const MPI_Comm communicator, Progress &progress)
{
  // The data nodes have their part, too. The difference is the error of the fewer points; the more of them are taken.
  constexpr double   part = 0.5, most_points = 1e5, most_bytes = 1e9;
  const unsigned int D   = inputs.problem->n_parameters();
  const double       aim = part * inputs.accuracy.functionals, tolerance = 10. * inputs.scheme.tolerance;
  const double       bytes_of_point = 8. * inputs.mean_field->n_modes() * (1. + inputs.problem->n_feature_parameters());
  const double       most = std::min(most_points, most_bytes * number_of_ranks(communicator) / std::max(bytes_of_point, 1.));
  unsigned int       n    = 8;
  try
    {
      Attempt fewer = attempt(inputs, n, tolerance, communicator);
      for (;;)
        {
          progress.line("Choosing the points: " + std::to_string(n) + " in each coordinate, " + std::to_string(fewer.n_points) +
                        " in all");
          if (static_cast<double>(fewer.n_points) * std::pow(1.5, D) > most)
            return {n, true};
          const unsigned int n_more     = n + n / 2;
          Attempt            more       = attempt(inputs, n_more, tolerance, communicator);
          double             difference = 0.;
          for (std::size_t i = 0; i < more.risks.size(); ++i)
            difference = std::max(
              difference, std::abs(more.risks[i] - fewer.risks[i]) /
                            std::max(std::abs(more.risks[i]), AccuracyParameters::floor * std::abs(more.risks.front())));
          // A law of point masses has no more of them.
          if (difference <= aim || more.n_points == fewer.n_points)
            return {n_more, false};
          n     = n_more;
          fewer = std::move(more);
        }
    }
  catch (const RunError &) // which the run will tell
    {
      return {2 * n, true};
    }
}
} // namespace rhoflow
