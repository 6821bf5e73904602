#include <solvers/particles/noise_kernel.h>

#include <algorithm>

#include <solvers/base/numerics/random.h>
#include <solvers/base/numerics/simd.h>

namespace rhoflow
{
namespace noise_kernel
{
namespace
{
using vector_math::Vector;
constexpr unsigned int width = vector_math::lanes;
using Word                   = unsigned long long;
__extension__ typedef unsigned __int128 LongWord;

// ---- one register of 64-bit words beside one of doubles
#if defined(RHOFLOW_VECTOR_MATH)
using Words             = Pack<Word, sizeof(Vector)>;
using SignedWords       = Pack<long long, sizeof(Vector)>;
constexpr Word low_half = 0xffffffffULL;

/// Product of the lower halves.
inline Words multiply_halves(Words a, Words b)
{
#if defined(__AVX512F__)
  return (Words)_mm512_maskz_mul_epu32(0xff, (__m512i)a, (__m512i)b);
#else
  return (Words)_mm256_mul_epu32((__m256i)a, (__m256i)b);
#endif
}

/// The 128 bits of a·b by the schoolbook method on halves.
inline void multiply(Words a, Word b, Words &high, Words &low)
{
  const Words b_low = Words{} + (b & low_half), b_high = Words{} + (b >> 32), a_high = a >> 32;
  const Words bottom = multiply_halves(a, b_low);
  const Words middle = multiply_halves(a_high, b_low) + (bottom >> 32);
  const Words other  = multiply_halves(a, b_high) + (middle & low_half);
  high               = multiply_halves(a_high, b_high) + (middle >> 32) + (other >> 32);
  low                = (other << 32) | (bottom & low_half);
}

inline Vector to_double(Words x)
{
  return __builtin_convertvector((SignedWords)x, Vector);
}

inline Words consecutive(Word first)
{
  Words x;
  for (unsigned int l = 0; l < width; ++l)
    x[l] = first + l;
  return x;
}
#else
using Words = Word;

inline Vector to_double(Words x)
{
  return static_cast<double>(x);
}
inline Words consecutive(Word first)
{
  return first;
}
#endif

inline void multiply(Word a, Word b, Word &high, Word &low)
{
  const LongWord product = static_cast<LongWord>(a) * b;
  high                   = static_cast<Word>(product >> 64);
  low                    = static_cast<Word>(product);
}

constexpr Word multiplier[2] = {0xD2E7470EE14C6C93ULL, 0xCA5A826395121157ULL};
constexpr Word key_step[2]   = {0x9E3779B97F4A7C15ULL, 0xBB67AE8584CAA73BULL};

/// Philox 4x64-10 with the counters (block, first + l, step, replica): four words for each of `chains` registers of neurons,
/// whose rounds alternate because each waits for its own last multiplication.
template <unsigned int chains>
inline void philox(Word seed, Word replica, Word step, Word block, Word first, Words (&words)[chains][4])
{
  Word key[2] = {seed, static_cast<Word>(RandomPurpose::langevin_noise)};
  // Neurons differ in one word of the counter, which the first three rounds spread: what it has not reached is one number.
  Word high0, low0, high1, low1;
  multiply(block, multiplier[0], high0, low0);
  multiply(step, multiplier[1], high1, low1);
  const Word first_key = key[0], second_word = low1, third_word = high0 ^ replica ^ key[1], fourth_word = low0,
             common_high = high1;
  key[0] += key_step[0];
  key[1] += key_step[1];
  multiply(third_word, multiplier[1], high1, low1);
  const Word head = high1 ^ second_word ^ key[0], second_key = key[1], next_word = low1;
  key[0] += key_step[0];
  key[1] += key_step[1];
  multiply(head, multiplier[0], high0, low0);
  for (unsigned int c = 0; c < chains; ++c)
    {
      Words high, low;
      multiply(consecutive(first + c * width) ^ (common_high ^ first_key), multiplier[0], high, low);
      const Words third = high ^ (fourth_word ^ second_key), fourth = low;
      multiply(third, multiplier[1], high, low);
      words[c][0] = high ^ (next_word ^ key[0]);
      words[c][1] = low;
      words[c][2] = fourth ^ (high0 ^ key[1]);
      words[c][3] = Words{} + low0;
    }
  for (unsigned int round = 3; round < 10; ++round)
    {
      key[0] += key_step[0];
      key[1] += key_step[1];
      for (unsigned int c = 0; c < chains; ++c)
        {
          Words high[2], low[2];
          multiply(words[c][0], multiplier[0], high[0], low[0]);
          multiply(words[c][2], multiplier[1], high[1], low[1]);
          words[c][0] = high[1] ^ words[c][1] ^ key[0];
          words[c][1] = low[1];
          words[c][2] = high[0] ^ words[c][3] ^ key[1];
          words[c][3] = low[0];
        }
    }
}

inline Vector uniform(Words bits)
{
  return (to_double(bits >> 11) + vector_math::broadcast(.5)) * vector_math::broadcast(0x1.0p-53);
}

/// Calls use(i, l, g) for parameters i < n and the registers of neurons that start at lane l.
template <typename Use>
inline void for_all_numbers(const NoiseStream &stream, std::uint64_t step, std::uint64_t first, unsigned int n, const Use &use)
{
  constexpr unsigned int chains = 2;
  for (unsigned int block = 0; 4 * block < n; ++block)
    for (unsigned int lane = 0; lane < lanes; lane += chains * width)
      {
        Words words[chains][4];
        philox<chains>(stream.seed, stream.replica, step, block, first + lane, words);
        for (unsigned int pair = 0; pair < 2 && 4 * block + 2 * pair < n; ++pair)
          for (unsigned int c = 0; c < chains; ++c)
            {
              const unsigned int i      = 4 * block + 2 * pair;
              const Vector       radius = vector_math::sqrt(vector_math::broadcast(-2.) *
                                                            vector_math::log(uniform(words[c][2 * pair])));
              const Vector angle = vector_math::broadcast(6.283185307179586476925286766559) * uniform(words[c][2 * pair + 1]);
              use(i, lane + c * width, radius * vector_math::cos(angle));
              if (i + 1 < n)
                use(i + 1, lane + c * width, radius * vector_math::sin(angle));
            }
      }
}
} // namespace

void add_to_tile(const NoiseStream &stream, std::uint64_t step, std::uint64_t first, double amplitude, unsigned int rows,
                 double *outer, double *weights)
{
  const unsigned int shift  = (outer != nullptr ? 1 : 0);
  const Vector       factor = vector_math::broadcast(amplitude);
  for_all_numbers(stream, step, first, rows + shift, [&](unsigned int i, unsigned int lane, Vector g) {
    double *target = (i < shift ? outer : weights + (i - shift) * lanes) + lane;
    vector_math::store(target, vector_math::load(target) + factor * g);
  });
}

void add_to_neurons(const NoiseStream &stream, std::uint64_t step, double amplitude, std::uint64_t n_neurons, unsigned int n,
                    double *theta)
{
  for (std::uint64_t first = 0; first < n_neurons; first += lanes)
    {
      const unsigned int count = static_cast<unsigned int>(std::min<std::uint64_t>(lanes, n_neurons - first));
      for_all_numbers(stream, step, first, n, [&](unsigned int i, unsigned int lane, Vector g) {
        double numbers[width];
        vector_math::store(numbers, g);
        for (unsigned int l = 0; l < width && lane + l < count; ++l)
          theta[(first + lane + l) * n + i] += amplitude * numbers[l];
      });
    }
}
} // namespace noise_kernel
} // namespace rhoflow
