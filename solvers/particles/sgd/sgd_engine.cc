#include <solvers/base/error.h>
#include <solvers/base/text.h>
#include <solvers/particles/sgd/sgd_engine.h>
#include <solvers/particles/sgd/tiled_neurons.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
/// Samples of a batch whose outputs are summed over the ranks at once.
constexpr unsigned int max_together = 32;

/// Whole groups of columns, and whole registers of doubles for their inner products.
unsigned int padded(unsigned int n)
{
  static_assert(8 % SgdKernel<double>::group == 0, "whole groups");
  return (n + 7) / 8 * 8;
}

void check_output(double output, double time)
{
  if (!std::isfinite(output))
    throw RunError("SGD diverged near t = " + short_number(time) +
                   ": the network's output is not finite. Choose a smaller 'Step size' in section 'Particles'.");
}

/// What all engines have: neurons, and σ at some samples of a batch.
template <typename Number>
class Engine : public SgdEngine
{
public:
  void add_noise(const NoiseStream &stream, std::uint64_t step, double amplitude) override
  {
    neurons.add_noise(stream, step, amplitude, layers);
  }
  std::vector<double> parameters() const override { return neurons.parameters(); }
  NeuronRows          own_neurons() const override { return {neurons.range.first(), neurons.range.size()}; }
  std::vector<double> parameters_of(const NeuronRows &rows) const override
  {
    return neurons.get(rows.first - neurons.range.first(), rows.count);
  }
  void set_parameters_of(const NeuronRows &rows, const double *theta) override
  {
    neurons.set(rows.first - neurons.range.first(), rows.count, theta);
  }

protected:
  using Kernel                        = SgdKernel<Number>;
  static constexpr unsigned int lanes = Kernel::lanes;

  Engine(const LearningProblem &learning_problem, const ParticleParameters &parameters, const NoiseStream &stream,
         MPI_Comm communicator)
    : problem(learning_problem)
    , neurons(learning_problem, parameters.n_neurons, stream, communicator)
    , layers(parameters.layers)
    , batch_size(parameters.batch_size)
    , together(std::min(batch_size, max_together))
    , output_factor(parameters.output_factor())
    , n_neurons(static_cast<double>(parameters.n_neurons))
    , size(neurons.n_tiles * lanes)
    , arguments(size)
    , values(size * together)
    , derivatives(size * together)
    , parts(neurons.range.local_chunks() * together)
    , totals(together)
  {}

  /// σ and σ' of the `i`-th sample in work at `arguments`, and its parts of the output.
  void evaluate(unsigned int i)
  {
    Number *const value = values.data() + i * size, *const slope = derivatives.data() + i * size;
    if (problem.particle_neuron().type == ParticleNeuron::Type::linear)
      {
        std::copy_n(arguments.data(), size, value);
        std::fill_n(slope, size, Number(1));
      }
    else
      problem.activation().evaluate(arguments.data(), static_cast<unsigned int>(size), value,
                                    layers == TrainedLayers::outer ? nullptr : slope);
    Kernel::chunk_sums(neurons.n_tiles, neurons.range.chunk_tiles(), neurons.outer.data(), value,
                       parts.data() + i * neurons.range.local_chunks());
  }

  /// (η_k/(αB)) (y − f(x)) of the first `n` samples in work, in `totals`. Collective.
  void finish_outputs(unsigned int n, const double *labels, double rate, double time)
  {
    neurons.range.total(n, parts.data(), totals.data());
    for (unsigned int i = 0; i < n; ++i)
      {
        const double output = output_factor * totals[i] / n_neurons;
        check_output(output, time);
        totals[i] = rate / (batch_size * output_factor) * (labels[i] - output);
      }
  }

  const LearningProblem &problem;
  TiledNeurons<Number>   neurons;
  TrainedLayers          layers;
  unsigned int           batch_size;
  unsigned int           together;
  double                 output_factor; ///< α
  double                 n_neurons;     ///< M
  std::size_t            size;          ///< of this rank's neurons, padded
  AlignedVector<Number>  arguments;     ///< [tile][lanes]
  AlignedVector<Number>  values;        ///< σ, [together][tile][lanes]
  AlignedVector<Number>  derivatives;
  std::vector<double>    parts;  ///< of outputs, [together][chunks]
  std::vector<double>    totals; ///< [together]
};

template <typename Number>
class RidgeEngine final : public Engine<Number>
{
public:
  RidgeEngine(const LearningProblem &learning_problem, const ParticleParameters &parameters, unsigned int max_steps,
              const NoiseStream &stream, MPI_Comm communicator)
    : Engine<Number>(learning_problem, parameters, stream, communicator)
    , d(neurons.shape.n_inner)
    , columns(padded(max_steps * batch_size))
    , moves_inner(layers != TrainedLayers::outer)
    , moves_outer(neurons.shape.has_outer_weight && layers != TrainedLayers::inner)
    , outer_sums(moves_outer && batch_size > 1 ? size : 0)
    , preactivations(size * columns)
    , gradients(moves_inner ? size * columns : 0)
    , next_inputs(std::size_t(columns) * d)
    , pending_inputs(moves_inner ? std::size_t(columns) * d : 0)
    , scale(columns)
    , transposed(std::size_t(columns) * d)
    , exact_gram(max_steps > 1 && moves_inner ? std::size_t(columns) * columns : 0)
    , gram(max_steps > 1 && moves_inner ? std::size_t(columns) * columns : 0)
  {}

  void train(const SgdBlock &block) override
  {
    const unsigned int n = block.n_steps() * batch_size;
    project(block, n);
    const bool corrects = (block.n_steps() > 1 && moves_inner);
    if (corrects)
      prepare_corrections(block, n);
    if (batch_size == 1 && problem.particle_neuron().type != ParticleNeuron::Type::linear)
      train_in_sweeps(block, corrects);
    else
      train_in_batches(block, corrects);
    if (moves_inner)
      keep_update(block, n);
  }

  void finish() override
  {
    if (n_pending > 0)
      Kernel::update_and_project(neurons.n_tiles, d, columns, neurons.weights.data(), pending_decay, n_pending,
                                 pending_inputs.data(), gradients.data(), 0, nullptr, preactivations.data());
    n_pending = 0;
  }

private:
  using Kernel = SgdKernel<Number>;
  using Engine<Number>::problem;
  using Engine<Number>::neurons;
  using Engine<Number>::layers;
  using Engine<Number>::batch_size;
  using Engine<Number>::together;
  using Engine<Number>::size;
  using Engine<Number>::arguments;
  using Engine<Number>::values;
  using Engine<Number>::derivatives;
  using Engine<Number>::totals;

  /// The update of the last block together with this block's w_j·x_b.
  void project(const SgdBlock &block, unsigned int n)
  {
    constexpr unsigned int group = Kernel::group;
    for (unsigned int c = 0; c < columns; ++c)
      {
        Number *next = next_inputs.data() + std::size_t(c / group * group) * d + c % group;
        for (unsigned int i = 0; i < d; ++i)
          {
            const double value                              = (c < n ? block.inputs[std::size_t(c) * d + i] : 0.);
            transposed.data()[std::size_t(i) * columns + c] = value;
            next[i * group]                                 = static_cast<Number>(value);
          }
      }
    Kernel::update_and_project(neurons.n_tiles, d, columns, neurons.weights.data(), pending_decay, n_pending,
                               pending_inputs.data(), gradients.data(), padded(n), next_inputs.data(), preactivations.data());
    n_pending = 0;
  }

  /// δ_{0→b} in `scale`, δ_{c+1→b} x_c·x_b in `gram`: zero within a batch and for c > b.
  void prepare_corrections(const SgdBlock &block, unsigned int n)
  {
    sgd_kernel::inner_products(n, d, columns, block.inputs.data(), transposed.data(), exact_gram.data());
    std::fill_n(scale.data(), columns, Number(1));
    double decay = 1.;
    for (unsigned int step = 0; step < block.n_steps(); decay *= block.decays[step++])
      std::fill_n(scale.data() + step * batch_size, batch_size, static_cast<Number>(decay));
    std::fill_n(gram.data(), std::size_t(n) * columns, Number(0));
    for (unsigned int c = 0; c < n; ++c)
      {
        decay = 1.;
        for (unsigned int step = c / batch_size + 1; step < block.n_steps(); decay *= block.decays[step++])
          for (unsigned int b = step * batch_size; b < (step + 1) * batch_size; ++b)
            gram.data()[std::size_t(c) * columns + b] = static_cast<Number>(decay *
                                                                            exact_gram.data()[std::size_t(c) * columns + b]);
      }
  }

  /// Batches of one: every sample sweeps once over the neurons, and takes along what the sample before it does to them.
  void train_in_sweeps(const SgdBlock &block, bool corrects)
  {
    typename Kernel::Sample sample{};
    sample.moves_inner    = moves_inner;
    sample.moves_outer    = moves_outer;
    sample.padding        = static_cast<unsigned int>(size - neurons.range.size());
    sample.gram           = gram.data();
    sample.preactivations = preactivations.data();
    sample.outer          = neurons.outer.data();
    sample.values         = values.data();
    sample.derivatives    = derivatives.data();
    sample.gradients      = gradients.data();
    for (unsigned int b = 0; b < block.n_steps(); ++b)
      {
        if (corrects && b % Kernel::group == 0)
          {
            // All that is known before the sweep, which adds the gradient of the last sample.
            corrected = (b > 0 ? b - 1 : 0);
            Kernel::correct_group(neurons.n_tiles, columns, b, corrected, scale.data(), gram.data(), gradients.data(),
                                  preactivations.data());
          }
        sample.column       = b;
        sample.first        = (corrects ? corrected : b);
        sample.has_previous = (b > 0);
        Kernel::sweep(problem.activation(), neurons.n_tiles, neurons.range.chunk_tiles(), columns, sample, this->parts.data());
        this->finish_outputs(1, block.labels.data() + b, block.rates[b], block.time);
        sample.factor = static_cast<Number>(totals[0]);
        sample.decay  = static_cast<Number>(block.decays[b]);
      }
    move(0, block.n_steps() - 1, 0, block.decays.back());
  }

  void train_in_batches(const SgdBlock &block, bool corrects)
  {
    for (unsigned int step = 0; step < block.n_steps(); ++step)
      for (unsigned int done = 0; done < batch_size; done += together)
        {
          const unsigned int count = std::min(together, batch_size - done), first = step * batch_size + done;
          for (unsigned int i = 0; i < count; ++i)
            {
              find_arguments(first + i, step * batch_size, corrects);
              this->evaluate(i);
            }
          this->finish_outputs(count, block.labels.data() + first, block.rates[step], block.time);
          for (unsigned int i = 0; i < count; ++i)
            move(i, first + i, done + i, block.decays[step]);
        }
  }

  /// The pre-activations of sample `b`, whose step began at sample `first_of_step`.
  void find_arguments(unsigned int b, unsigned int first_of_step, bool corrects)
  {
    const unsigned int first = b / Kernel::group * Kernel::group;
    if (corrects && b == first)
      {
        // The gradients of this step are not known yet, even if its first samples are in an earlier group.
        corrected = first_of_step;
        Kernel::correct_group(neurons.n_tiles, columns, first, corrected, scale.data(), gram.data(), gradients.data(),
                              preactivations.data());
      }
    Kernel::arguments_of_column(neurons.n_tiles, columns, b, corrected, corrects ? first_of_step : corrected, gram.data(),
                                gradients.data(), preactivations.data(), arguments.data());
  }

  /// What sample `b`, the `i`-th in work and number `in_batch` of its batch, does to the neurons.
  void move(unsigned int i, unsigned int b, unsigned int in_batch, double decay)
  {
    const Number factor = static_cast<Number>(totals[i]);
    if (moves_inner)
      Kernel::gradients_of_column(neurons.n_tiles, columns, b, factor, neurons.outer.data(), derivatives.data() + i * size,
                                  gradients.data());
    if (!moves_outer)
      return;
    const bool last = (in_batch + 1 == batch_size);
    Kernel::update_outer(neurons.n_tiles, in_batch == 0, last, static_cast<Number>(decay), factor, values.data() + i * size,
                         outer_sums.data(), neurons.outer.data());
    if (last)
      neurons.clear_padding();
  }

  void keep_update(const SgdBlock &block, unsigned int n)
  {
    double decay = 1.;
    for (unsigned int step = block.n_steps(); step-- > 0; decay *= block.decays[step])
      for (unsigned int c = step * batch_size; c < (step + 1) * batch_size; ++c)
        Kernel::pack(n, c, d, decay, block.inputs.data() + std::size_t(c) * d, pending_inputs.data());
    n_pending     = n;
    pending_decay = static_cast<Number>(decay);
  }

  unsigned int          d;       ///< inner weights
  unsigned int          columns; ///< samples of a block, padded
  bool                  moves_inner, moves_outer;
  AlignedVector<Number> outer_sums;     ///< of the gradients with respect to a within a batch
  AlignedVector<Number> preactivations; ///< [tile][columns][lanes]
  AlignedVector<Number> gradients;      ///< g, [tile][columns][lanes]
  AlignedVector<Number> next_inputs;    ///< x of the block, [column/group][d][group]
  AlignedVector<Number> pending_inputs; ///< x_c δ_{c+1→end} of the last block, whose update the weights still miss, packed
  AlignedVector<Number> scale;          ///< δ_{0→b}
  AlignedVector<double> transposed;     ///< x of the block, [d][columns]
  AlignedVector<double> exact_gram;     ///< x_c·x_b, [columns][columns]
  AlignedVector<Number> gram;           ///< of the corrections
  unsigned int          corrected     = 0; ///< samples whose corrections the present group of pre-activations has
  unsigned int          n_pending     = 0;
  Number                pending_decay = 1;
};

template <typename Number>
class BumpEngine final : public Engine<Number>
{
public:
  BumpEngine(const LearningProblem &learning_problem, const ParticleParameters &parameters, const NoiseStream &stream,
             MPI_Comm communicator)
    : Engine<Number>(learning_problem, parameters, stream, communicator)
    , d(neurons.shape.n_inner)
    , inverse_width(1. / learning_problem.particle_neuron().bump_width)
    , radii(size * together)
    , updates(size * d)
    , input(d)
  {}

  void train(const SgdBlock &block) override
  {
    for (unsigned int step = 0; step < block.n_steps(); ++step)
      {
        for (unsigned int done = 0; done < batch_size; done += together)
          {
            const unsigned int count = std::min(together, batch_size - done), first = step * batch_size + done;
            for (unsigned int i = 0; i < count; ++i)
              {
                read_input(block, first + i);
                Kernel::radii_of_bumps(neurons.n_tiles, d, neurons.weights.data(), input.data(),
                                       static_cast<Number>(inverse_width), radii.data() + i * size, arguments.data());
                this->evaluate(i);
              }
            this->finish_outputs(count, block.labels.data() + first, block.rates[step], block.time);
            for (unsigned int i = 0; i < count; ++i)
              {
                read_input(block, first + i);
                Kernel::add_bump_updates(neurons.n_tiles, d, static_cast<Number>(totals[i] * inverse_width),
                                         neurons.outer.data(), derivatives.data() + i * size, radii.data() + i * size,
                                         neurons.weights.data(), input.data(), updates.data());
              }
          }
        Kernel::apply_bump_updates(neurons.n_tiles, d, static_cast<Number>(block.decays[step]), updates.data(),
                                   neurons.weights.data());
      }
  }

  void finish() override {}

private:
  using Kernel = SgdKernel<Number>;
  using Engine<Number>::neurons;
  using Engine<Number>::batch_size;
  using Engine<Number>::together;
  using Engine<Number>::size;
  using Engine<Number>::arguments;
  using Engine<Number>::derivatives;
  using Engine<Number>::totals;

  void read_input(const SgdBlock &block, unsigned int sample)
  {
    std::transform(block.inputs.begin() + std::size_t(sample) * d, block.inputs.begin() + std::size_t(sample + 1) * d,
                   input.begin(), [](double x) { return static_cast<Number>(x); });
  }

  unsigned int          d;
  double                inverse_width;
  AlignedVector<Number> radii;   ///< |x − θ_j|, [together][tile][lanes]
  AlignedVector<Number> updates; ///< [tile][d][lanes]
  std::vector<Number>   input;
};

template <typename Number>
std::unique_ptr<SgdEngine> make_engine(const LearningProblem &problem, const ParticleParameters &parameters,
                                       unsigned int block_steps, const NoiseStream &stream, MPI_Comm communicator)
{
  if (problem.particle_neuron().type == ParticleNeuron::Type::bump)
    return std::make_unique<BumpEngine<Number>>(problem, parameters, stream, communicator);
  return std::make_unique<RidgeEngine<Number>>(problem, parameters, block_steps, stream, communicator);
}
} // namespace

std::unique_ptr<SgdEngine> make_sgd_engine(const LearningProblem &problem, const ParticleParameters &parameters,
                                           unsigned int block_steps, const NoiseStream &stream, MPI_Comm communicator)
{
  if (parameters.precision == ParticleParameters::Precision::single_precision)
    return make_engine<float>(problem, parameters, block_steps, stream, communicator);
  return make_engine<double>(problem, parameters, block_steps, stream, communicator);
}
} // namespace rhoflow
