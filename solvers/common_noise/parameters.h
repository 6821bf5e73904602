#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <solvers/base/parameters/unread.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class LearningProblem;
class ParameterBinding;

/// Section "Common noise": the noise of SGD as a field, which is the same for all neurons.
struct CommonNoiseParameters
{
  enum class Equation
  {
    none,                  ///< the deterministic equation
    gradient_flow,         ///< the same on every path, beside SGD: neither noise nor correction
    stochastic_mean_field, ///< first order in α: Itô drift −∇Ψ
    modified_flow          ///< second order in α: the distribution-dependent stochastic modified flow
  };

  enum class Noise
  {
    gaussian,      ///< Brownian motions
    samples_of_sgd ///< the samples that SGD itself draws, which is run beside every path
  };

  void bind(ParameterBinding &p);
  /// Chooses the interval of the noise where it is automatic. Throws InputError unless every output time is a multiple of it,
  /// and it is one of SGD's step where SGD runs beside.
  void parse(const dealii::ParameterHandler &prm, const std::vector<double> &output_times);
  /// Replaces "automatic" in the handler by what was chosen.
  void record(dealii::ParameterHandler &prm) const;
  /// Those that the equation does not read.
  static std::vector<Unread> unread(const dealii::ParameterHandler &prm);

  bool active() const { return equation != Equation::none; }
  bool beside_sgd() const { return noise == Noise::samples_of_sgd; }
  /// Steps of SGD in an interval of the noise, where SGD runs beside.
  std::uint64_t steps_in_interval() const { return static_cast<std::uint64_t>(interval / step_size + .5); }
  /// Throws InputError for problems whose paths no solver has: a landscape, neurons that a symmetry reduces, neurons without
  /// two derivatives; and for a batch that is larger than the data set.
  void check(const LearningProblem &problem) const;

  Equation     equation   = Equation::none;
  Noise        noise      = Noise::gaussian;
  double       step_size  = 1e-2; ///< α, of the SGD that is described [time]
  unsigned int batch_size = 1;    ///< B
  unsigned int n_paths    = 16;
  std::string  marked_points;      ///< the text of their list
  bool         antithetic = false; ///< paths 2j and 2j + 1 have opposite increments
  double       interval   = 0.25;  ///< Δt of the grid on which the noise lives; set by parse()

private:
  void choose_interval(const std::vector<double> &output_times);
  /// Refuses what makes no sense beside SGD, and takes SGD's step as the interval where it is automatic.
  void choose_interval_of_sgd(const std::vector<double> &output_times);

  std::optional<double> given_interval;
};
} // namespace rhoflow
