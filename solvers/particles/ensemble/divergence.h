#pragma once

#include <cstdint>
#include <map>

#include <solvers/particles/parameters.h>

namespace rhoflow
{
class LearningProblem;

/// Tells training that diverged from training that takes its time. A network has diverged when its risk is more than
/// max_growth times
///   ½ (E y² + noise variance) + ½ α² mean_j E σ*(x; θ_j)² + n/β,
/// the risk of f = 0, the risk that its initial neurons θ_j can have at most beside that, and what noise of temperature 1/β
/// adds. In a landscape the scale is mean_j (|L(θ_j)| + η |∇L(θ_j)|²) + n/β, with the initial walkers. It is a function of the
/// problem, the parameters and the seed alone, so that a resumed run has the same one, and it is positive where a run starts at
/// the solution. Steps beyond the stability limit of large curvature, which lower the curvature and come back (Lewkowycz et al.
/// 2020), let f grow to what the initial neurons can make of it, α² included, and stay far below.
class DivergenceCheck
{
public:
  static constexpr double max_growth = 1000.;

  DivergenceCheck(const LearningProblem &problem, const ParticleParameters &parameters, std::uint64_t seed);

  /// Throws RunError if `risk`, that of network `replica` at `time`, is not finite or that of training that diverged.
  void require(double risk, unsigned int replica, double time);

private:
  /// The scale of a replica, made when it is first needed: healthy risks are below what is known without it.
  double scale(unsigned int replica);
  double initial_scale(unsigned int replica) const;

  const LearningProblem         &problem;
  ParticleParameters             settings;
  std::uint64_t                  seed;
  double                         known; ///< the part of the scale that is the same for all replicas
  std::map<unsigned int, double> scales;
};
} // namespace rhoflow
