#pragma once

#include <meshes/domain.h>

#include <solvers/base/run/checkpoints.h>
#include <solvers/base/run/run_parameters.h>
#include <solvers/boltzmann/parameters.h>
#include <solvers/characteristics/parameters.h>
#include <solvers/common_noise/parameters.h>
#include <solvers/comparison/parameters.h>
#include <solvers/continuity/parameters.h>
#include <solvers/discretization/output_parameters.h>
#include <solvers/discretization/refinement.h>
#include <solvers/fokker_planck/parameters.h>
#include <solvers/mean_field/accuracy.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/model/model_choices.h>
#include <solvers/model/observables.h>
#include <solvers/particles/parameters.h>
#include <solvers/single_neuron/parameters.h>

namespace rhoflow
{
class ParameterBinding;

/// The parameters of all sections, in the order of the manual.
struct AllParameters
{
  RunParameters             run;
  CheckpointParameters      checkpoint;
  ModelChoices              model;
  AccuracyParameters        accuracy;
  Domain                    domain;
  MeanFieldParameters       mean_field;
  CommonNoiseParameters     common_noise;
  ContinuityParameters      continuity;
  RefinementParameters      refinement;
  SingleNeuronParameters    single_neuron;
  CharacteristicsParameters characteristics;
  FokkerPlanckParameters    fokker_planck;
  BoltzmannParameters       boltzmann;
  ParticleParameters        particles;
  ComparisonParameters      comparison;
  OutputParameters          output;
  Observables               observables;

  void bind(ParameterBinding &p);
};
} // namespace rhoflow
