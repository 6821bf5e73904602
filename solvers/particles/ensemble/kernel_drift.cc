#include <solvers/base/numerics/sample_statistics.h>
#include <solvers/base/run/statistics.h>
#include <solvers/particles/ensemble/kernel_drift.h>
#include <solvers/particles/ensemble/replicas.h>

namespace rhoflow
{
KernelDrift::KernelDrift(const Replicas &networks, unsigned int n_points, std::uint64_t random_seed)
  : replicas(networks)
  , seed(random_seed)
  , kernel(replicas.learning_problem(), replicas.parameters().layers, n_points, random_seed)
{
  for (const unsigned int r : replicas.local_replicas())
    initial.push_back(
      kernel.evaluate(initial_neurons(replicas.learning_problem(), replicas.parameters().n_neurons, seed, r).data(),
                      replicas.parameters().n_neurons));
}

void KernelDrift::set(Statistics &table) const
{
  const std::uint64_t       M       = replicas.parameters().n_neurons;
  const std::size_t         R       = replicas.parameters().n_replicas;
  const std::vector<double> theta   = replicas.local_parameters();
  const auto                numbers = replicas.local_replicas();
  constexpr unsigned int    n       = 5;
  std::vector<double>       values(n * R, 0.);
  for (std::size_t i = 0; i < numbers.size(); ++i)
    {
      const std::size_t         length = theta.size() / numbers.size();
      const std::vector<double> own(theta.begin() + static_cast<std::ptrdiff_t>(i * length),
                                    theta.begin() + static_cast<std::ptrdiff_t>((i + 1) * length));
      const std::vector<double> present = kernel.evaluate(own.data(), M);
      const double entries[n] = {relative_drift(present, initial[i]), alignment(present, initial[i]), mean_diagonal(present),
                                 largest_eigenvalue(present),
                                 relative_movement(own, initial_neurons(replicas.learning_problem(), M, seed, numbers[i]))};
      for (unsigned int k = 0; k < n; ++k)
        values[k * R + numbers[i]] = entries[k];
    }
  // Every entry is one number plus zeros: exact in any order.
  MPI_Allreduce(MPI_IN_PLACE, values.data(), static_cast<int>(values.size()), MPI_DOUBLE, MPI_SUM, replicas.communicator());
  const char *names[n] = {"kernel drift", "kernel alignment", "kernel diagonal", "kernel largest eigenvalue", "movement"};
  for (unsigned int k = 0; k < n; ++k)
    table.set(names[k], mean({values.begin() + static_cast<std::ptrdiff_t>(k * R),
                              values.begin() + static_cast<std::ptrdiff_t>((k + 1) * R)}));
}
} // namespace rhoflow
