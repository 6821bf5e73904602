#pragma once

#include <solvers/characteristics/parameters.h>
#include <solvers/common_noise/parameters.h>
#include <solvers/evolution/inputs.h>
#include <solvers/model/measure.h>

#include <mpi.h>

namespace rhoflow
{
/// Everything that defines a run by characteristics.
struct CharacteristicsInputs : EvolutionInputs
{
  /// The points of the run, with longer steps: a variance needs fewer digits.
  Measure spread_points() const override { return law; }
  double  spread_tolerance() const override { return 100. * scheme.tolerance; }

  CharacteristicsParameters scheme;
  CommonNoiseParameters     noise;
  bool                      exact_features = true; ///< else those of the box
  Measure                   law;                   ///< the points at t = 0, the same on every rank
  std::size_t               n_marked = 0;          ///< the last ones of them, which have the weight zero

  /// The points of the initial law with `n` of them in each coordinate, but for the lightest.
  Measure points(unsigned int n) const;
  /// Makes `law` of the points that the scheme asks for. Throws InputError where they are too many or outside of the box that
  /// they need. Collective.
  void take_points(MPI_Comm communicator);
};
} // namespace rhoflow
