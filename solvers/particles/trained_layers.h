#pragma once

namespace rhoflow
{
/// Which parameters of the neurons a σ(w·x) move.
enum class TrainedLayers
{
  both,
  inner, ///< w (and the bias): the first layer
  outer  ///< a: the second layer on random features
};
} // namespace rhoflow
