#include <benchmarks/peer/plain_sgd.h>

#include <algorithm>

namespace rhoflow
{
PlainSgd::PlainSgd(std::uint64_t network_width, unsigned int input_dimension, double eta, const std::vector<double> &theta,
                   bool keeps_order)
  : n_neurons(network_width)
  , d(input_dimension)
  , n_lines((d + 7) / 8)
  , step_size(eta)
  , in_order(keeps_order)
  , weights(n_neurons * n_lines)
  , outer((n_neurons + 7) / 8)
  , gradients(outer.size())
  , input(n_lines)
  , last_input(n_lines)
  , preactivations(outer.size())
{
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      begin(outer)[j] = theta[j * (d + 1)];
      std::copy_n(theta.data() + j * (d + 1) + 1, d, begin(weights) + j * n_lines * 8);
    }
}

void PlainSgd::step(const double *new_input, double y)
{
  input.swap(last_input);
  std::copy_n(new_input, d, begin(input));
  const auto sweep = (in_order ? &plain_sgd_step_in_order : &plain_sgd_step);
  sweep(n_neurons, n_lines * 8, step_size, begin(input), begin(last_input), y, begin(weights), begin(outer), begin(gradients),
        begin(preactivations));
}

std::vector<double> PlainSgd::parameters() const
{
  std::vector<double> theta(n_neurons * (d + 1));
  for (std::uint64_t j = 0; j < n_neurons; ++j)
    {
      theta[j * (d + 1)] = begin(outer)[j];
      for (unsigned int i = 0; i < d; ++i)
        theta[j * (d + 1) + 1 + i] = begin(weights)[j * n_lines * 8 + i] + begin(gradients)[j] * begin(input)[i];
    }
  return theta;
}
} // namespace rhoflow
