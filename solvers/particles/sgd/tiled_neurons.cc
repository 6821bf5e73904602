#include <solvers/particles/sgd/tiled_neurons.h>

#include <solvers/particles/network.h>

#include <algorithm>
#include <type_traits>

namespace rhoflow
{
NeuronShape::NeuronShape(const ParticleNeuron &neuron)
  : has_outer_weight(neuron.type == ParticleNeuron::Type::weighted_ridge || neuron.type == ParticleNeuron::Type::biased_ridge)
  , biased(neuron.type == ParticleNeuron::Type::biased_ridge)
  , n_inputs(neuron.input_dimension)
  , n_inner(n_inputs + (biased ? 1 : 0))
  , n_parameters(neuron.n_parameters())
{}

template <typename Number>
TiledNeurons<Number>::TiledNeurons(const LearningProblem &problem, std::uint64_t n_neurons, const NoiseStream &stream,
                                   MPI_Comm communicator)
  : shape(problem.particle_neuron())
  , range(n_neurons, lanes, communicator)
  , n_tiles((range.size() + lanes - 1) / lanes)
  , weights(n_tiles * lanes * shape.n_inner)
  , outer(n_tiles * lanes)
{
  // In pieces, so that wide networks are not held twice.
  const std::uint64_t piece = 4096;
  for (std::uint64_t begin = 0; begin < range.size(); begin += piece)
    {
      const std::uint64_t count = std::min(piece, range.size() - begin);
      set(begin, count, initial_neurons(problem, range.first() + begin, count, stream.seed, stream.replica).data());
    }
}

template <typename Number>
void TiledNeurons<Number>::set(std::uint64_t begin, std::uint64_t count, const double *theta)
{
  for (std::uint64_t j = begin; j < begin + count; ++j)
    {
      const double *row = theta + (j - begin) * shape.n_parameters;
      outer.data()[j]   = static_cast<Number>(shape.has_outer_weight ? *row++ : 1.);
      Number *target    = weights.data() + j / lanes * shape.n_inner * lanes + j % lanes;
      for (unsigned int i = 0; i < shape.n_inner; ++i)
        target[i * lanes] = static_cast<Number>(row[i]);
    }
}

template <typename Number>
std::vector<double> TiledNeurons<Number>::get(std::uint64_t begin, std::uint64_t count) const
{
  std::vector<double> theta(count * shape.n_parameters);
  for (std::uint64_t j = begin; j < begin + count; ++j)
    {
      double *row = theta.data() + (j - begin) * shape.n_parameters;
      if (shape.has_outer_weight)
        *row++ = static_cast<double>(outer.data()[j]);
      const Number *source = weights.data() + j / lanes * shape.n_inner * lanes + j % lanes;
      for (unsigned int i = 0; i < shape.n_inner; ++i)
        row[i] = static_cast<double>(source[i * lanes]);
    }
  return theta;
}

template <typename Number>
std::vector<double> TiledNeurons<Number>::parameters() const
{
  return range.gather(get(0, range.size()), shape.n_parameters);
}

template <typename Number>
void TiledNeurons<Number>::clear_padding()
{
  std::fill(outer.data() + range.size(), outer.data() + n_tiles * lanes, Number(0));
}

template <typename Number>
void TiledNeurons<Number>::add_noise(const NoiseStream &stream, std::uint64_t step, double amplitude, TrainedLayers layers)
{
  // The streams of a neuron begin with its outer weight whatever is trained, and come in tiles of the noise's own width.
  constexpr unsigned int width       = noise_kernel::lanes;
  const bool             moves_outer = shape.has_outer_weight && layers != TrainedLayers::inner;
  const bool             moves_inner = (layers != TrainedLayers::outer);
  static_assert(lanes % width == 0, "a tile of neurons is made of whole tiles of noise");
  if constexpr (std::is_same_v<Number, double> && lanes == width)
    if (layers == TrainedLayers::both)
      {
        for (std::uint64_t tile = 0; tile < n_tiles; ++tile)
          noise_kernel::add_to_tile(stream, step, range.first() + tile * lanes, amplitude, shape.n_inner,
                                    shape.has_outer_weight ? outer.data() + tile * lanes : nullptr,
                                    weights.data() + tile * shape.n_inner * lanes);
        if (shape.has_outer_weight)
          clear_padding();
        return;
      }
  AlignedVector<double> increment(std::size_t(shape.n_inner) * width), outer_increment(width);
  for (std::uint64_t first = 0; first < n_tiles * lanes; first += width)
    {
      std::fill_n(increment.data(), shape.n_inner * width, 0.);
      std::fill_n(outer_increment.data(), width, 0.);
      noise_kernel::add_to_tile(stream, step, range.first() + first, amplitude, shape.n_inner,
                                shape.has_outer_weight ? outer_increment.data() : nullptr, increment.data());
      Number *w = weights.data() + first / lanes * shape.n_inner * lanes + first % lanes;
      for (unsigned int i = 0; moves_inner && i < shape.n_inner; ++i)
        for (unsigned int l = 0; l < width; ++l)
          w[i * lanes + l] += static_cast<Number>(increment.data()[i * width + l]);
      for (unsigned int l = 0; moves_outer && l < width; ++l)
        outer.data()[first + l] += static_cast<Number>(outer_increment.data()[l]);
    }
  if (moves_outer)
    clear_padding();
}

template struct TiledNeurons<double>;
template struct TiledNeurons<float>;
} // namespace rhoflow
