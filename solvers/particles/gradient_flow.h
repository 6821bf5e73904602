#pragma once

#include <memory>
#include <vector>

#include <solvers/base/numerics/adaptive_runge_kutta.h>
#include <solvers/particles/network.h>

namespace rhoflow
{
/// Population gradient flow of the finite network, θ_j' = −∇Ψ(θ_j; ρ_M) − λθ_j with ρ_M = (1/M) Σ_j δ_{θ_j}: the limit of small
/// steps of SGD, and an exact weak solution of the continuity equation that starts from ρ_M. The steps are those of
/// AdaptiveRungeKutta.
class GradientFlow : public Network
{
public:
  /// −∇Ψ(θ_j; ρ_M) for all neurons [M][n].
  class Velocity
  {
  public:
    virtual ~Velocity()                                                                          = default;
    virtual void evaluate(const std::vector<double> &theta, std::vector<double> &velocity) const = 0;
  };

  /// Throws InputError if the gradient of the population risk is not known for this problem, or if β is finite.
  GradientFlow(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay, std::uint64_t seed,
               std::uint64_t replica);

  double              advance(double end, std::uint64_t n_steps) override;
  std::vector<double> parameters() const override { return present; }
  NeuronRows          own_neurons() const override { return {0, n_neurons}; }
  std::vector<double> parameters_of(const NeuronRows &rows) const override { return rows_of(present, n_neurons, rows); }
  void                set_parameters_of(const NeuronRows &rows, const double *values) override
  {
    set_rows_of(present, n_neurons, rows, values);
  }
  NetworkState state() const override { return {method.time(), method.next_step(), 0}; }
  void         restore(const NetworkState &state) override;

private:
  std::unique_ptr<const Velocity> velocity;
  AdaptiveRungeKutta              method;
  std::uint64_t                   n_neurons;
  std::vector<double>             present; ///< θ, [M][n]
  double                          lambda;
  double                          reach; ///< |θ_i| up to which ∇Ψ is known
};

/// The velocity through the data nodes of the mesh's view, O(M K): exact where neurons and densities live in the same space.
std::unique_ptr<const GradientFlow::Velocity> make_node_velocity(const LearningProblem &problem);

/// The velocity of a single neuron a σ(w·x) with σ = erf(·/√2) and x ~ N(0, I_d) in closed form, O(M² d) (Williams 1997):
///   E σ(w·x) σ(v·x) = (2/π) asin(w·v / √((1 + |w|²)(1 + |v|²))),   y = σ(w*·x).
/// w* is read off the problem's reduction; null if the problem's own risk disagrees with this formula.
std::unique_ptr<const GradientFlow::Velocity> make_erf_velocity(const LearningProblem &problem);

/// −∇L of a landscape for every walker alone; null if the problem has none.
std::unique_ptr<const GradientFlow::Velocity> make_landscape_velocity(const LearningProblem &problem);

/// Whichever of these fits the problem. Throws InputError if the gradient of the population risk is not known for it.
std::unique_ptr<const GradientFlow::Velocity> make_velocity(const LearningProblem &problem);
} // namespace rhoflow
