#pragma once

#include <deal.II/base/parameter_handler.h>

#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/fokker_planck/fokker_planck_state.h>
#include <solvers/fokker_planck/solver.h>
#include <solvers/fokker_planck/spectral_gap.h>
#include <solvers/mean_field/mean_field.h>
#include <solvers/mean_field/mean_field_setup.h>
#include <solvers/model/learning_problem.h>

#include <tests/support/run.h>

/// Problems whose relaxation is looked at. In a namespace: other tests of this folder have their own.
namespace relaxation
{
using namespace rhoflow;
/// The parts of a run, at rest.
struct AtRest
{
  /// `refined`: cells whose lower corner [D] is such are refined once.
  explicit AtRest(const Settings &settings, MPI_Comm communicator = MPI_COMM_SELF,
                  const std::function<bool(const double *)> &refined = {})
  {
    const auto prm = make_parameters(settings);
    common.parse(*prm);
    FokkerPlanckParameters parameters;
    parameters.parse(*prm, common.domain.dimension());
    common.make_mean_field();
    mesh = std::make_unique<AdaptiveMesh>(common.domain, communicator);
    if (refined)
      {
        std::vector<signed char> flags;
        for (const CellKey &key : mesh->cells())
          {
            double corner[3] = {};
            for (unsigned int d = 0; d < mesh->dimension(); ++d)
              corner[d] = mesh->position(key, d, 0);
            flags.push_back(refined(corner) ? 1 : 0);
          }
        std::vector<double> nothing(mesh->cells().size());
        CellTransfer        transfer;
        transfer.refine  = [](const CellKey &, const double *, double *value) { *value = 0.; };
        transfer.coarsen = transfer.refine;
        mesh->adapt(flags, 1, nothing, transfer);
      }
    const MeanField &field = *common.mean_field;
    state       = std::make_unique<FokkerPlanckState>(*mesh, field, common.parameters.inverse_temperature, parameters.degree,
                                                parameters.stage);
    equilibrium = std::make_unique<Equilibrium>(state->potential, state->space,
                                                field.residual(std::vector<double>(field.n_modes(), 0.)));
  }

  SpectralGap gap(unsigned int count = 4) { return find_spectral_gap(state->fitted, state->potential, *equilibrium, count); }

  MeanFieldSetup                     common;
  std::unique_ptr<AdaptiveMesh>      mesh;
  std::unique_ptr<FokkerPlanckState> state;
  std::unique_ptr<Equilibrium>       equilibrium;
};

inline const Settings linear_1d = {{"Learning problem/Neuron", "linear"}, {"Learning problem/Input dimension", "1"},
                                   {"Data/Quadrature nodes", "2"},        {"Target/Type", "expression"},
                                   {"Target/Expression", "0.6*x"},        {"Initial law/Law", "normal(-0.5, 0.4)"},
                                   {"Mean field/Weight decay", "0.5"},    {"Mean field/Inverse temperature", "8"},
                                   {"Domain/Lower corner", "-3.6"},       {"Domain/Upper corner", "4.4"},
                                   {"Domain/Subdivisions", "40"},         {"Fokker-Planck/Degree", "4"}};

inline const Settings linear_2d = {{"Learning problem/Input dimension", "2"},
                                   {"Target/Expression", "0.6*x1 - 0.3*x2"},
                                   {"Initial law/Law", "normal(0, 0.4), normal(0, 0.4)"},
                                   {"Mean field/Weight decay", "2"},
                                   {"Domain/Lower corner", "-1.8, -2.1"},
                                   {"Domain/Upper corner", "2.2, 1.9"},
                                   {"Domain/Subdivisions", "20"}};

inline const Settings double_well = {{"Learning problem/Neuron", "landscape"}, {"Landscape/Function", "(x^2 - 1)^2/4 + 0.02*x"},
                                     {"Initial law/Law", "normal(-1, 0.2)"},   {"Mean field/Inverse temperature", "40"},
                                     {"Domain/Lower corner", "-2.6"},          {"Domain/Upper corner", "2.6"},
                                     {"Domain/Subdivisions", "104"},           {"Fokker-Planck/Degree", "2"}};

inline const Settings tanh_2d = {{"Learning problem/Neuron", "weighted ridge"},
                                 {"Learning problem/Activation", "tanh"},
                                 {"Learning problem/Input dimension", "1"},
                                 {"Target/Type", "expression"},
                                 {"Target/Expression", "sin(1.5*x)"},
                                 {"Initial law/Law", "normal(0.5, 0.7), normal(0, 0.7)"},
                                 {"Mean field/Weight decay", "0.1"},
                                 {"Mean field/Inverse temperature", "10"},
                                 {"Domain/Lower corner", "-6, -6"},
                                 {"Domain/Upper corner", "6, 6"},
                                 {"Domain/Subdivisions", "16"},
                                 {"Fokker-Planck/Degree", "2"}};

/// Its only coordinate is odd, and so is what the network sees of it: the coupling speeds up the slowest mode.
inline const Settings tanh_1d = {
  {"Learning problem/Neuron", "ridge"}, {"Learning problem/Activation", "tanh"}, {"Learning problem/Input dimension", "1"},
  {"Target/Type", "expression"},        {"Target/Expression", "sin(x)"},         {"Initial law/Law", "normal(-1, 0.6)"},
  {"Mean field/Weight decay", "0.5"},   {"Mean field/Inverse temperature", "6"}, {"Domain/Lower corner", "-5"},
  {"Domain/Upper corner", "5"},         {"Domain/Subdivisions", "30"},           {"Fokker-Planck/Degree", "2"}};

/// The radius alone, in 5 dimensions: its measure vanishes at the lower side.
inline const Settings radial = {{"Learning problem/Neuron", "isotropic"},
                                {"Learning problem/Input dimension", "5"},
                                {"Learning problem/Activation", "piecewise linear"},
                                {"Learning problem/Activation nodes", "0.5:-2.5, 1.5:7.5"},
                                {"Data/Class contrast", "0.8"},
                                {"Initial law/Law", "gaussian_neurons(0.8)"},
                                {"Mean field/Weight decay", "0.5"},
                                {"Mean field/Inverse temperature", "10"},
                                {"Domain/Lower corner", "0"},
                                {"Domain/Upper corner", "5"},
                                {"Domain/Subdivisions", "30"}};

inline const Settings single_neuron = {
  {"Learning problem/Neuron", "single neuron"}, {"Learning problem/Input dimension", "5"},
  {"Learning problem/Activation", "erf"},       {"Initial law/Law", "normal(0, 1), gaussian_neurons(1)"},
  {"Mean field/Weight decay", "0.5"},           {"Mean field/Inverse temperature", "10"},
  {"Domain/Lower corner", "-2.5, -2.5, 0"},     {"Domain/Upper corner", "2.5, 2.5, 2.5"},
  {"Domain/Subdivisions", "4, 4, 3"},           {"Fokker-Planck/Degree", "2"}};
} // namespace relaxation
