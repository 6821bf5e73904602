#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/base/ensemble.h>
#include <solvers/particles/ensemble/divergence.h>
#include <solvers/particles/network.h>

namespace rhoflow
{
class CheckpointReader;
class CheckpointWriter;
class LearningProblem;
class Progress;
class Statistics;

/// R independent networks of the same kind, an Ensemble whose groups of ranks share the neurons of a network. What a replica
/// does depends on its number and the seed alone, so that every result is bitwise the same on any number of ranks.
class Replicas
{
public:
  /// Throws InputError if method and learning problem do not fit (on every rank).
  Replicas(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay, std::uint64_t seed,
           MPI_Comm communicator);

  /// Trains all replicas until `end`. Collective: an error on one rank is thrown on all.
  void advance_to(double end);

  /// Trains for about horizon/100, and at most about a second of work, towards `end`. Stops only where a pause cannot change
  /// the result. Returns the time reached; in gradient flow, where every network chooses its own steps, the smallest over the
  /// networks. Where a parameter has grown tenfold, it looks at the risks, as risks() does. Collective.
  double advance(double end, double horizon);

  /// R(ρ_M) of every replica, irreducible risk included, [R] on every rank. Throws RunError if one of them is that of training
  /// that diverged, see DivergenceCheck. Collective.
  std::vector<double> risks() const;

  /// f(x_k; ρ_M) of every replica through the features at the data nodes, [R][K] on every rank (where a symmetry reduced the
  /// problem: the mean over its rotations). Collective.
  std::vector<double> predictions() const;
  /// The same at inputs `x` [n][number of inputs] in place of the nodes, [R][n]; see LearningProblem::features_at().
  /// Collective.
  std::vector<double> predictions_at(const std::vector<double> &x) const;

  /// The coordinates on the mesh of all neurons of the replicas that this rank speaks for, [R'·M][D]. Collective.
  std::vector<double> local_coordinates() const;
  /// Their parameters, [R'·M][n]. Collective.
  std::vector<double> local_parameters() const;

  /// Keeps the states of all networks, which must stay as they are until the checkpoint is written, in sections that begin with
  /// `prefix`: "parameters" [R][M][n], "times", "next steps" and "steps" [R]. Collective.
  void save(CheckpointWriter &checkpoint, const std::string &prefix) const;
  /// Takes them. Collective.
  void load(const CheckpointReader &checkpoint, const std::string &prefix);

  /// Time that this rank's networks took to train, without waiting for other ranks, and the steps of one network in it: since
  /// load(), if that was called.
  double        training_seconds() const { return seconds; }
  std::uint64_t timed_steps() const { return steps() - first_step; }

  const ParticleParameters &parameters() const { return settings; }
  const LearningProblem    &learning_problem() const { return problem; }
  MPI_Comm                  communicator() const { return layout.communicator(); }
  /// The replicas that this rank speaks for.
  std::vector<unsigned int> local_replicas() const { return layout.leads() ? layout.members() : std::vector<unsigned int>(); }
  /// The rank that speaks for a replica.
  int owner(unsigned int replica) const { return layout.leader_of(replica); }
  /// Networks that this rank helps to train, and the ranks of each.
  std::size_t n_networks() const { return networks.size(); }
  int         ranks_of_network() const { return layout.group_size(); }
  /// Steps of one network that are taken together, and its steps so far; of gradient flow, 0.
  unsigned int  block_steps() const { return networks.empty() ? 1 : networks[0]->block_steps(); }
  std::uint64_t steps() const { return networks.empty() ? 0 : networks[0]->steps(); }

private:
  /// Neurons of networks[network].
  struct Rows
  {
    std::size_t network;
    NeuronRows  neurons;
  };
  /// The neurons of this rank, or those that it writes, in pieces that are put into checkpoints and taken from them at once.
  std::vector<Rows> pieces(bool to_write) const;
  /// The largest |θ| of this rank's neurons; infinite if one is not finite.
  double largest_parameter() const;
  /// Steps that take some seconds at most.
  std::uint64_t initial_pause_steps() const;
  /// θ of networks[i] with α a in place of a, so that f = (1/M) Σ_j σ*(x; θ_j) in any scaling. Collective in the group.
  std::vector<double> output_parameters(std::size_t i) const;
  /// f(x_k) of every replica at n_inputs points, [R][n_inputs]; features_of(ω, values) gives the features there. Collective.
  template <typename Features>
  std::vector<double> outputs(std::size_t n_inputs, const Features &features_of) const;

  const LearningProblem                       &problem;
  ParticleParameters                           settings;
  EnsembleLayout                               layout;
  Ensemble<Network>                            ensemble;
  const std::vector<std::unique_ptr<Network>> &networks; ///< of this group
  double                                       seconds    = 0.;
  std::uint64_t                                first_step = 0; ///< that `seconds` includes
  std::uint64_t                                max_steps  = 0; ///< before the next pause
  mutable DivergenceCheck                      divergence;
  double                                       suspicious   = 0.; ///< a |θ| for which advance() looks at the risks
  std::uint64_t                                last_scanned = 0;  ///< the step after which it last looked at |θ|
};

/// The coordinates on the mesh of `theta` [M][n]: [M][D].
std::vector<double> reduced_coordinates(const LearningProblem &problem, const std::vector<double> &theta);

/// Adds the columns `<prefix>5 %`, ... of shown_quantiles to a row.
void set_quantiles(Statistics &table, const std::string &prefix, const std::vector<double> &sample);

/// Adds a row `time`, `replica 0`, `replica 1`, ... to replicas.csv.
void add_replicas_row(Statistics &table, double time, const std::vector<double> &risks);
/// Warns before a run whose exact risks will take long at every output time, of `networks` times as many networks as the
/// parameters have: sums over all pairs of neurons do not pause.
void warn_of_exact_risks(const LearningProblem &problem, const ParticleParameters &parameters, double networks,
                         MPI_Comm communicator, Progress &progress);
} // namespace rhoflow
