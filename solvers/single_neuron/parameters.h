#pragma once

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;

/// Section "Single neuron".
struct SingleNeuronParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);

  double radial_weight = 0.; ///< κ of the measure r^κ da ds dr
};
} // namespace rhoflow
