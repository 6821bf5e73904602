#pragma once

#include <string>

#include <solvers/base/error.h>

namespace rhoflow
{
/// Which parameters of a neuron training moves: the inner ones only (w, and b where there is one; the centre of a bump), the
/// outer weight a only (random features), or both.
enum class TrainedLayers
{
  both,
  inner,
  outer
};

/// The names of TrainedLayers in a parameter file, as a pattern of choices.
inline std::string trained_layers_names()
{
  return "both|inner|outer";
}

/// The choice that `name` stands for; throws InputError for `parameter` if it is none.
inline TrainedLayers trained_layers_from_name(const std::string &name, const std::string &parameter)
{
  if (name == "both")
    return TrainedLayers::both;
  if (name == "inner")
    return TrainedLayers::inner;
  if (name == "outer")
    return TrainedLayers::outer;
  throw InputError(parameter, "unknown choice '" + name + "' of the trained layers. The choices are both, inner, outer.");
}
} // namespace rhoflow
