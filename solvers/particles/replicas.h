#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <mpi.h>

#include <solvers/particles/network.h>

namespace rhoflow
{
class LearningProblem;
class Statistics;

/// R independent networks of the same kind, replica r on rank r mod size. What a replica does depends on its number and the
/// seed alone, so that every result is bitwise the same on any number of ranks.
class Replicas
{
public:
  /// Throws InputError if method and learning problem do not fit (on every rank).
  Replicas(const LearningProblem &problem, const ParticleParameters &parameters, double weight_decay, std::uint64_t seed,
           MPI_Comm communicator);

  /// Trains all replicas until `time`. Collective: an error on one rank is thrown on all.
  void advance_to(double time);

  /// A time in (present, end] at which training towards `end` may pause without a change of any digit: whole blocks of samples
  /// on, after about a hundredth of the time `horizon`. Gradient flow chooses its own steps and does not pause.
  double pause(double present, double end, double horizon) const;

  /// R(ρ_M) of every replica, irreducible risk included, [R] on every rank. Collective.
  std::vector<double> risks() const;

  /// f(x_k; ρ_M) of every replica through the features at the data nodes, [R][K] on every rank (where a symmetry reduced the
  /// problem: the mean over its rotations). Collective.
  std::vector<double> predictions() const;

  /// The coordinates on the mesh of all neurons of this rank's replicas, [local replicas · M][D].
  std::vector<double> local_coordinates() const;

  /// Time that this rank's networks took to train, without waiting for other ranks.
  double training_seconds() const { return seconds; }

  const ParticleParameters        &parameters() const { return settings; }
  const LearningProblem           &learning_problem() const { return problem; }
  MPI_Comm                         communicator() const { return comm; }
  const std::vector<unsigned int> &local_replicas() const { return numbers; }
  /// The network of local_replicas()[i].
  const Network &local_network(unsigned int i) const { return *networks[i]; }

private:
  const LearningProblem                &problem;
  ParticleParameters                    settings;
  MPI_Comm                              comm;
  std::vector<unsigned int>             numbers;
  std::vector<std::unique_ptr<Network>> networks;
  double                                seconds = 0.;
};

/// The coordinates on the mesh of `theta` [M][n]: [M][D].
std::vector<double> reduced_coordinates(const LearningProblem &problem, const std::vector<double> &theta);

/// Adds the columns `<prefix>5 %`, ... of shown_quantiles to a row.
void set_quantiles(Statistics &table, const std::string &prefix, const std::vector<double> &sample);

/// Adds a row `time`, `replica 0`, `replica 1`, ... to replicas.csv.
void add_replicas_row(Statistics &table, double time, const std::vector<double> &risks);
} // namespace rhoflow
