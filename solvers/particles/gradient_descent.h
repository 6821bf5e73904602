#pragma once

#include <memory>
#include <vector>

#include <solvers/particles/gradient_flow.h>
#include <solvers/particles/network.h>
#include <solvers/particles/noise_kernel.h>
#include <solvers/particles/step_clock.h>

namespace rhoflow
{
/// Gradient descent on the population risk of the finite network, ρ_M = (1/M) Σ_j δ_{θ_j}, with noise where β is finite:
///   θ_j ← (1 − ηλ) θ_j − η ∇Ψ(θ_j; ρ_M) + √(2η/β) g_j,      g_j ~ N(0, I_n),
/// the Euler–Maruyama step of the particles of the Fokker–Planck equation (Mei, Montanari, Nguyen 2018). In a landscape Ψ = L:
/// the θ_j are independent Langevin walkers.
class GradientDescent : public Network
{
public:
  /// Throws InputError if the gradient of the population risk is not known for this problem.
  GradientDescent(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay, std::uint64_t seed,
                  std::uint64_t replica);

  double              advance(double end, std::uint64_t n_steps) override;
  std::uint64_t       steps() const override { return clock.steps(); }
  std::vector<double> parameters() const override { return theta; }
  NeuronRows          own_neurons() const override { return {0, n_neurons}; }
  std::vector<double> parameters_of(const NeuronRows &rows) const override { return rows_of(theta, n_neurons, rows); }
  void set_parameters_of(const NeuronRows &rows, const double *values) override { set_rows_of(theta, n_neurons, rows, values); }
  NetworkState state() const override { return {clock.time(), 0., clock.steps()}; }
  void         restore(const NetworkState &state) override;

private:
  std::unique_ptr<const GradientFlow::Velocity> gradient; ///< −∇Ψ
  std::vector<double>                           theta;    ///< [M][n]
  std::vector<double>                           velocity; ///< the same shape
  NoiseStream                                   noise;
  std::uint64_t                                 n_neurons;
  double                                        weight_decay; ///< λ
  double                                        inverse_temperature;
  unsigned int                                  noise_parts; ///< of a step's noise
  StepClock                                     clock;
  double                                        reach; ///< |θ_i| up to which ∇Ψ is known
};
} // namespace rhoflow
