#pragma once

#include <cstdint>
#include <limits>
#include <memory>
#include <vector>

#include <mpi.h>

#include <solvers/particles/parameters.h>

namespace rhoflow
{
class LearningProblem;

/// All that the further training of a network depends on, beside its parameters and what it was made of: samples and noise are
/// functions of the numbers of the steps.
struct NetworkState
{
  double        time      = 0.; ///< Σ η
  double        next_step = 0.; ///< that gradient flow tries next; 0 for other methods
  std::uint64_t steps     = 0;  ///< 0 for gradient flow
};

/// Neurons first, ..., first + count − 1 of a network.
struct NeuronRows
{
  std::uint64_t first, count;
};

/// One finite network f(x) = (α/M) Σ_j σ*(x; θ_j) in training.
class Network
{
public:
  virtual ~Network() = default;

  /// Trains until `end` (not before the present time), or until at least `n_steps` steps are done, stopping where a pause
  /// changes no digit. Returns the time that was reached; networks that choose their own steps reach different ones.
  /// Collective.
  virtual double advance(double end, std::uint64_t n_steps) = 0;
  void           advance_to(double end) { advance(end, std::numeric_limits<std::uint64_t>::max()); }

  /// Steps that are done; 0 for methods that choose their own.
  virtual std::uint64_t steps() const { return 0; }

  /// Steps that are taken together.
  virtual unsigned int block_steps() const { return 1; }

  /// The parameters θ_j, [M][n], on every rank of the network. Collective.
  virtual std::vector<double> parameters() const = 0;

  /// The neurons that this rank has.
  virtual NeuronRows own_neurons() const = 0;
  /// The parameters of some of them, [count][n], and other ones in their place.
  virtual std::vector<double> parameters_of(const NeuronRows &rows) const                         = 0;
  virtual void                set_parameters_of(const NeuronRows &rows, const double *parameters) = 0;

  /// Where training is, between two calls of advance().
  virtual NetworkState state() const = 0;
  /// Goes on from there as the network that had this state would have, once all parameters are set.
  virtual void restore(const NetworkState &state) = 0;
};

/// Some rows of θ [M][n], and others in their place.
std::vector<double> rows_of(const std::vector<double> &theta, std::uint64_t n_neurons, const NeuronRows &rows);
void set_rows_of(std::vector<double> &theta, std::uint64_t n_neurons, const NeuronRows &rows, const double *values);

/// The initial neurons first, ..., first + count − 1 of a replica, [count][n]: independent draws from ρ_0. Neuron j is the same
/// for every width M > j.
std::vector<double> initial_neurons(const LearningProblem &problem, std::uint64_t first, std::uint64_t count,
                                    std::uint64_t seed, std::uint64_t replica);
/// All M of them.
std::vector<double> initial_neurons(const LearningProblem &problem, std::uint64_t n_neurons, std::uint64_t seed,
                                    std::uint64_t replica);
} // namespace rhoflow
