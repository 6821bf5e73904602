#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include <solvers/continuity/density_on_mesh.h>
#include <solvers/continuity/sgd_transport.h>

namespace rhoflow
{
/// The squares of the features on the box of the inputs, which live longer.
SquareModes squares_of(const ContinuityInputs &inputs);

/// A density on one path of the stochastic mean-field equation or of the modified flow, on a mesh that follows it. Steps are
/// Strang's: half an interval of drift, the noise of the interval as transport for a unit of pseudo-time whose residuals are
/// those of the density in every stage (so that it converges to the integral of Stratonovich), half an interval of drift. Two
/// half intervals of drift between which nobody looks at the density are one flow of a whole. Each flow is Runge–Kutta steps of
/// equal length within `CFL number`; a step whose first stage finds a velocity beyond the stability limit is repeated with what
/// that velocity allows, and one that lets the moments grow without bound with half its length, with the same increment.
/// The noise is a flow of small length, √(α Δt), where four stages of third order tell as much as the ten of SSP(10,4).
/// The risk may grow on a path, and R falls by other amounts than ∫ |∇Ψ_λ|² ρ: neither is checked.
class DensityPath
{
public:
  /// All live longer.
  DensityPath(const ContinuityInputs &inputs, const SgdField &sgd, const SquareModes &squares, MPI_Comm communicator);

  /// Projects the initial law. Collective.
  void start();
  /// Moves the density over one interval, up to `end`; the half interval of drift at its end is put off. Throws RunError if a
  /// flow needs steps that are too short. Collective.
  void step(double interval, const NoiseIncrement &increment, double end);
  /// Does what was put off, after which the density is that at time(), and goes with −∇Ψ_λ for whoever looks at it. Collective.
  void finish();

  double           time() const { return density.time(); }
  ContinuityState &solution() { return density.solution(); }
  DensityOnMesh   &on_mesh() { return density; }

  std::uint64_t      n_steps() const { return steps; }
  std::uint64_t      n_repeated() const { return repeated; }
  const std::string &failure() const { return last_failure; }

  /// Mesh and density for checkpoints: null on ranks that have no part of the path. Collective over the ranks of the
  /// checkpoint.
  static void save_cells(CheckpointWriter &checkpoint, const std::string &prefix, const DensityPath *path);
  static void load_cells(const CheckpointReader &checkpoint, const std::string &prefix, const Domain &box, DensityPath *path);
  /// What else further steps depend on, [n_numbers], the same on all ranks of the path.
  static constexpr std::size_t n_numbers = 8;
  std::vector<double>          numbers() const;
  void                         set_numbers(const double *numbers);

private:
  struct Method
  {
    Method(const ContinuityParameters &scheme, const std::string &name);
    RungeKutta runge_kutta;
    double     limit; ///< of Σ_d |v_d| Δt/h_d
  };
  /// `rate`: Σ_d |v_d|/h_d with which the first step is chosen, 0 where that is not known; afterwards that of the last step.
  void flow(const Method &method, double length, double longest, double &rate);

  const ContinuityInputs &inputs;
  DensityOnMesh           density;
  SgdTransport            transport;
  const Method            of_drift, of_noise;
  double                  pending = 0., drift_rate = 0.; ///< [time], [1/time]
  std::uint64_t           steps = 0, repeated = 0;
  std::string             last_failure;
};
} // namespace rhoflow
