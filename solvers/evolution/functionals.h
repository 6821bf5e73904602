#pragma once

#include <functional>
#include <string>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
class Observables;
class Statistics;
struct Measure;

/// The products m g_0(θ), m g_1(θ), ... of a mass m at θ.
using FunctionsOfMass = std::function<void(const double *theta, double mass, double *products)>;

/// ∫ g_i ρ over all ranks for `n` functions, summed as the solver sums its masses: the same bits on any number of ranks.
/// Collective.
using MassIntegrals = std::function<std::vector<double>(unsigned int n, const FunctionsOfMass &functions)>;

/// Those over point masses in R^D of which every rank has some, `mine`, which lives longer. Exact sums.
MassIntegrals integrals_over(const Measure &mine, unsigned int dimension, MPI_Comm communicator);

/// Means that every solver writes about its state ρ, of mass one: the mean and the covariance of θ, and the observables of
/// 'Output/Observables'.
struct Functionals
{
  std::vector<double> mean;        ///< ∫ θ_d ρ, [D]
  std::vector<double> covariance;  ///< upper triangle by rows, [D (D + 1)/2]
  std::vector<double> observables; ///< ∫ g_i ρ
  std::vector<double> raw;         ///< ∫ θ_d θ_e ρ, as the covariance; with Centering::raw only
};

/// How a covariance is summed. Around the mean no digits are lost where ρ is narrow, but the mass is gone through twice; raw
/// second moments are right to round-off of ∫ |θ|² ρ.
enum class Centering
{
  around_the_mean,
  raw
};

/// Collective.
Functionals functionals(const MassIntegrals &integrals, unsigned int dimension, const Observables &observables,
                        Centering centering = Centering::around_the_mean);

/// The columns `mean x`, `covariance x y`. `names`: of the parameters.
void add_moments(Statistics &table, const Functionals &functionals, const std::vector<std::string> &names);
/// The columns `mean of g`.
void add_observables(Statistics &table, const Functionals &functionals, const Observables &observables);
/// Both.
void add_to_row(Statistics &table, const Functionals &functionals, const std::vector<std::string> &names,
                const Observables &observables);
} // namespace rhoflow
