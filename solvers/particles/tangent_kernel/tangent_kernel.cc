#include <solvers/particles/tangent_kernel/tangent_kernel.h>
#include <solvers/particles/tangent_kernel/tangent_kernel_kernel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

#include <solvers/base/error.h>
#include <solvers/base/numerics/aligned_vector.h>
#include <solvers/base/numerics/dense.h>
#include <solvers/base/numerics/random.h>

namespace rhoflow
{
namespace
{
/// Neurons whose rows are made and used together: they stay in the second-level cache for some hundred points.
constexpr unsigned int block = 64;

/// The size of the square matrix.
std::size_t order_of(const std::vector<double> &kernel)
{
  const auto n = static_cast<std::size_t>(std::llround(std::sqrt(static_cast<double>(kernel.size()))));
  if (n == 0 || n * n != kernel.size())
    throw std::invalid_argument("a kernel is a square matrix");
  return n;
}

double product(const std::vector<double> &a, const std::vector<double> &b)
{
  if (a.size() != b.size())
    throw std::invalid_argument("two kernels or networks that are compared must have the same size");
  double sum = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    sum += a[i] * b[i];
  return sum;
}

/// ‖a − b‖/‖b‖.
double relative_distance(const std::vector<double> &a, const std::vector<double> &b)
{
  const double norm       = std::sqrt(product(b, b));
  double       difference = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    difference += (a[i] - b[i]) * (a[i] - b[i]);
  if (norm > 0.)
    return std::sqrt(difference) / norm;
  return difference == 0. ? 0. : std::numeric_limits<double>::infinity();
}
} // namespace

TangentKernel::TangentKernel(const LearningProblem &learning_problem, TrainedLayers trained_layers, unsigned int n_points,
                             std::uint64_t seed)
  : problem(learning_problem)
  , neuron(problem.particle_neuron())
  , trained(trained_layers)
  , number(n_points)
{
  if (neuron.type == ParticleNeuron::Type::landscape)
    throw InputError(Refusal::unsupported, "Learning problem/Neuron",
                     "a landscape has no network, hence no tangent kernel. Choose another neuron, or "
                     "do not ask for the kernel.");
  const bool has_outer_weight = (neuron.type == ParticleNeuron::Type::weighted_ridge ||
                                 neuron.type == ParticleNeuron::Type::biased_ridge);
  if (trained == TrainedLayers::outer && !has_outer_weight)
    throw InputError(Refusal::unsupported, "Particles/Trained layers",
                     "only the outer weights a are trained, but the neurons of this problem have "
                     "none. Choose 'both', or neurons a sigma(w.x) or a sigma(w.x + b).");
  const unsigned int  d      = neuron.input_dimension;
  const std::uint64_t size   = problem.data_set_size();
  const bool          finite = (size > 0 && size <= number);
  if (finite)
    number = static_cast<unsigned int>(size);
  if (number == 0)
    throw std::invalid_argument("a tangent kernel needs at least one point");
  inputs.resize(std::size_t(number) * d);
  for (unsigned int p = 0; p < number; ++p)
    {
      double *x = inputs.data() + std::size_t(p) * d, y = 0.;
      if (finite)
        problem.data_set_sample(p, x, y);
      else
        {
          CounterRandom random(seed, RandomPurpose::kernel_points, 0, 0, p);
          problem.sample(random, x, y);
        }
    }
}

std::vector<double> TangentKernel::evaluate(const double *theta, std::uint64_t n_neurons) const
{
  namespace kernels                   = tangent_kernel_kernel;
  using Type                          = ParticleNeuron::Type;
  const unsigned int d                = neuron.input_dimension;
  const unsigned int n                = neuron.n_parameters();
  const unsigned int columns          = (number + kernels::group - 1) / kernels::group * kernels::group;
  const bool         bump             = (neuron.type == Type::bump);
  const bool         biased           = (neuron.type == Type::biased_ridge);
  const bool         has_outer_weight = (biased || neuron.type == Type::weighted_ridge);
  const bool         inner            = (trained != TrainedLayers::outer);
  const bool         outer            = (has_outer_weight && trained != TrainedLayers::inner);
  const double      *w                = theta + (has_outer_weight ? 1 : 0);

  AlignedVector<double> transposed(std::size_t(d) * columns);
  for (unsigned int p = 0; p < number; ++p)
    for (unsigned int i = 0; i < d; ++i)
      transposed.data()[std::size_t(i) * columns + p] = inputs[std::size_t(p) * d + i];

  const std::size_t     size = std::size_t(columns) * columns, row_size = std::size_t(block) * columns;
  AlignedVector<double> arguments(row_size), values(row_size), derivatives(row_size), gradients(bump ? row_size : 0);
  AlignedVector<double> of_inner(inner ? size : 0), of_outer(outer ? size : 0);
  if (neuron.type == Type::linear)
    std::fill_n(of_inner.data(), size, static_cast<double>(n_neurons));
  else
    for (std::uint64_t first = 0; first < n_neurons; first += block)
      {
        const auto    rows = static_cast<unsigned int>(std::min<std::uint64_t>(block, n_neurons - first));
        const double *v    = w + first * n;
        if (bump)
          {
            // arguments: |x − θ|; values: |x − θ|/δ, then σ, which nobody needs.
            kernels::radii(rows, d, columns, v, n, transposed.data(), arguments.data());
            for (std::size_t k = 0; k < std::size_t(rows) * columns; ++k)
              values.data()[k] = arguments.data()[k] / neuron.bump_width;
            problem.activation().evaluate(values.data(), rows * columns, values.data(), derivatives.data());
            for (unsigned int i = 0; i < d; ++i)
              {
                kernels::bump_gradients(rows, columns, 1. / neuron.bump_width, v + i, n,
                                        transposed.data() + std::size_t(i) * columns, derivatives.data(), arguments.data(),
                                        gradients.data());
                kernels::add_products(rows, columns, gradients.data(), of_inner.data());
              }
            continue;
          }
        kernels::project(rows, d, columns, biased, v, n, transposed.data(), arguments.data());
        problem.activation().evaluate(arguments.data(), rows * columns, values.data(), inner ? derivatives.data() : nullptr);
        if (outer)
          kernels::add_products(rows, columns, values.data(), of_outer.data());
        if (inner)
          {
            if (has_outer_weight)
              kernels::scale_rows(rows, columns, theta + first * n, n, derivatives.data());
            kernels::add_products(rows, columns, derivatives.data(), of_inner.data());
          }
      }

  // ∇_w σ* is a multiple of x, and that with respect to the bias the same multiple of one.
  std::vector<double> kernel(std::size_t(number) * number, 0.);
  for (unsigned int p = 0; p < number; ++p)
    for (unsigned int q = p; q < number; ++q)
      {
        const std::size_t k     = std::size_t(p) * columns + q;
        double            value = (outer ? of_outer.data()[k] : 0.);
        if (inner && bump)
          value += of_inner.data()[k];
        else if (inner)
          {
            double inputs_product = (biased ? 1. : 0.);
            for (unsigned int i = 0; i < d; ++i)
              inputs_product += inputs[std::size_t(p) * d + i] * inputs[std::size_t(q) * d + i];
            value += of_inner.data()[k] * inputs_product;
          }
        kernel[std::size_t(p) * number + q] = kernel[std::size_t(q) * number + p] = value / static_cast<double>(n_neurons);
      }
  return kernel;
}

double relative_drift(const std::vector<double> &kernel, const std::vector<double> &initial)
{
  return relative_distance(kernel, initial);
}

double alignment(const std::vector<double> &kernel, const std::vector<double> &initial)
{
  const double norms = std::sqrt(product(kernel, kernel)) * std::sqrt(product(initial, initial));
  return norms > 0. ? product(kernel, initial) / norms : 0.;
}

double mean_diagonal(const std::vector<double> &kernel)
{
  const std::size_t n   = order_of(kernel);
  double            sum = 0.;
  for (std::size_t p = 0; p < n; ++p)
    sum += kernel[p * n + p];
  return sum / static_cast<double>(n);
}

double largest_eigenvalue(const std::vector<double> &kernel)
{
  const std::size_t n = order_of(kernel);
  return symmetric_eigenvalues(kernel, n).back() / static_cast<double>(n);
}

double relative_movement(const std::vector<double> &theta, const std::vector<double> &initial)
{
  return relative_distance(theta, initial);
}
} // namespace rhoflow
