#pragma once

#include <cstdint>
#include <vector>

#include <solvers/particles/parameters.h>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class LearningProblem;
class ParameterBinding;
struct MeanFieldParameters;
struct RunParameters;
struct Unread;

/// Section "Comparison": how a density is compared with finite networks.
struct ComparisonParameters
{
  enum class BiasEstimation
  {
    none,      ///< the bias of width and step is known at t = 0 only
    richardson ///< extrapolated from runs with half the width and with twice the step
  };

  enum class Prediction
  {
    automatic, ///< beside networks, where it is possible
    yes,
    no
  };

  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);
  /// Those that are for networks beside a density, where there are none; `why`: as in Unread.
  static std::vector<Unread> unread_without_networks(dealii::ParameterHandler &prm, const std::string &why);

  BiasEstimation bias_estimation  = BiasEstimation::richardson;
  unsigned int   n_directions     = 32;   ///< of the sliced distance
  unsigned int   n_bins           = 4096; ///< of the distribution functions
  unsigned int   n_resamples      = 100;  ///< of the bootstrap over networks; 0: none
  unsigned int   n_points         = 64;   ///< of either measure for the network simplex; 0: none
  Prediction     predicted_spread = Prediction::automatic;
  bool           write_measures   = false;
  unsigned int   n_measure_points = 4096; ///< of a density that is written
};

/// Of the networks that 'Bias estimation = richardson' trains with the step 2η.
ParticleParameters twice_the_step(ParticleParameters particles);

/// Everything that the finite networks beside a density need to know.
struct CompanionSettings
{
  /// Reads the section "Particles"; takes the rest from what was read.
  void parse(dealii::ParameterHandler &prm, const RunParameters &run, const MeanFieldParameters &mean_field,
             const ComparisonParameters &comparison);
  /// Those that a solver in time does not read with or without networks beside it.
  static std::vector<Unread> unread(dealii::ParameterHandler &prm);
  /// Throws InputError if the choices do not fit together or do not fit the problem.
  void check(const LearningProblem &problem) const;

  ParticleParameters   particles;
  ComparisonParameters comparison;
  double               weight_decay = 0.; ///< λ
  std::uint64_t        seed         = 1;
  std::vector<double>  output_times;
};
} // namespace rhoflow
