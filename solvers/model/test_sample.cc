#include <solvers/model/test_sample.h>

#include <solvers/model/single_neuron_kernel.h>

namespace rhoflow
{
double TestSample::risk(const Activation &activation, std::uint64_t n_neurons, const double *amplitudes, const double *weights,
                        std::uint64_t stride) const
{
  const std::uint64_t n = targets.size();
  std::vector<double> prediction(n);
  kernel::ridge_network(activation, dimension, n_neurons, amplitudes, weights, stride, n, inputs.data(), prediction.data());
  double sum = 0.;
  for (std::uint64_t i = 0; i < n; ++i)
    {
      const double residual = targets[i] - prediction[i] / n_neurons;
      sum += residual * residual;
    }
  return 0.5 * sum / n;
}
} // namespace rhoflow
