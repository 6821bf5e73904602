#pragma once

#include <solvers/base/numerics/simd.h>

#if defined(RHOFLOW_VECTOR_MATH) && defined(__AVX512F__)
#define RHOFLOW_ERF_KERNEL 1

namespace rhoflow
{
namespace kernel
{
/// erf(t/√2) around the centres c_k = k·spacing, k = 0..15, as polynomials of degree 12 in t − c_k (interpolated at Chebyshev
/// points with 60 digits; the first one is odd, so that small values keep their relative accuracy; error 1.1e-16), the highest
/// power first. Beyond the last interval erf(t/√2) is 1 to 1e-16.
constexpr double erf_spacing = 0.5359375, erf_end = 8.3;
alignas(64) static constexpr double erf_table[13][16] = {
  {0., 0x1.312f53124e06dp-18, -0x1.d2788d29e600cp-20, -0x1.1644e14ad6f73p-19, 0x1.4d47b7c2b1963p-20, 0x1.035bca614a783p-21,
   -0x1.7aa1a64d1c35bp-22, -0x1.657f5e0fbcc65p-24, 0x1.92786e786e2f5p-25, 0x1.d43fad62c0d19p-27, -0x1.d847115ea7898p-30,
   -0x1.4617f445bbcafp-30, -0x1.da65e4409a6a4p-33, -0x1.75e4521b16d5ap-36, -0x1.6f91d94fc87dbp-40, -0x1.de1e9eda4ddb1p-45},
  {-0x1.3822d742a48e9p-16, 0x1.77b05b52f9472p-19, 0x1.c098a0ed5c37dp-17, -0x1.1acd852bca94cp-18, -0x1.60532eeac3835p-18,
   0x1.d668d4a190d0fp-20, 0x1.5b78929514889p-20, -0x1.1960796083742p-22, -0x1.c97f76ed37811p-23, -0x1.baa8b60ae508bp-28,
   0x1.121a79b36cb46p-26, 0x1.35efb1be68695p-28, 0x1.51a369253be4cp-31, 0x1.bbd764e4d338dp-35, 0x1.7ca6df4186d43p-39,
   0x1.baf9a648de9d7p-44},
  {0., -0x1.069b00d414115p-14, 0x1.f7178c7dfe4c1p-18, 0x1.27e63e490fa25p-15, -0x1.1d0dcd7c487cap-18, -0x1.87533678c42cbp-17,
   0x1.3c264d37270d0p-23, 0x1.27aaae2c2bd89p-19, 0x1.947720181ced6p-22, -0x1.4099f1b504bdcp-23, -0x1.316cd30e4b5d5p-24,
   -0x1.c8f9f21d03967p-27, -0x1.8b623c5e4a584p-30, -0x1.b72beb1a0b2f7p-34, -0x1.4855b51f8d1cbp-38, -0x1.536bc02ca6eb9p-43},
  {0x1.e41ebe87c7b2cp-13, 0x1.08f5c27c0ea81p-19, -0x1.6e2f38e2c5616p-13, -0x1.4d36902b82db1p-17, 0x1.398d8558263c0p-14,
   0x1.a919c812ecc93p-17, -0x1.1272722a48bc1p-16, -0x1.89270978d249ep-18, 0x1.b1d515d986d49p-21, 0x1.d0c68a411f817p-21,
   0x1.e80fd134e88b7p-23, 0x1.1836efd9cfd4cp-25, 0x1.95dbff582b8b6p-29, 0x1.88d11c80d11b7p-33, 0x1.0601974dcf14dp-37,
   0x1.eaeecd98361aap-43},
  {0., 0x1.70b3e54d8867bp-11, 0x1.08a77539f474fp-13, -0x1.8d505775d98d6p-12, -0x1.15d9d1daf39e0p-13, 0x1.86287814382e9p-14,
   0x1.e27a6ff49e311p-15, -0x1.fd905360689fcp-25, -0x1.10f4868629beap-17, -0x1.950a16429db1cp-19, -0x1.322b6bcdb9551p-21,
   -0x1.1eb78f88c206ap-24, -0x1.64a146675c29dp-28, -0x1.310fe625f6255p-32, -0x1.6e6d28e45d0e9p-37, -0x1.393ddd259ec29p-42},
  {-0x1.37403818f7bb8p-9, -0x1.d8dd8116cba84p-12, 0x1.ae541f0db6d38p-10, 0x1.a28589696c9c8p-11, -0x1.d1f2e0c5628a3p-12,
   -0x1.b34dc9baf33f1p-12, -0x1.69a88c9857554p-15, 0x1.fb89da7a71e57p-15, 0x1.08a5d7c8fec66p-15, 0x1.0371a4e6bb46cp-17,
   0x1.362916c878979p-20, 0x1.ea72e26857266p-24, 0x1.0a81e6b8692d4p-27, 0x1.97006dd407121p-32, 0x1.baebd67e3edbcp-37,
   0x1.5ad65c606a9bdp-42},
  {0., -0x1.9baca202ac15ep-8, -0x1.a772edc191803p-9, 0x1.0b44ede5f54e5p-9, 0x1.33bfcedd227dep-9, 0x1.c2859dd36f064p-12,
   -0x1.894b0913089fap-12, -0x1.1518572c5e849p-12, -0x1.5772988a2ff16p-14, -0x1.0171c3c5e9ddep-16, -0x1.fe84f38be24a4p-20,
   -0x1.5c9ac776598afp-23, -0x1.4f5ad84fcf40fp-27, -0x1.ccfaed89eec83p-32, -0x1.c91a82fd7d0b3p-37, -0x1.493a4c9db7e3bp-42},
  {0x1.46d04293782d2p-6, 0x1.00818d7846c56p-7, -0x1.3bae0fbc51199p-7, -0x1.5ca3adde75c5fp-7, -0x1.2e7048418e8c0p-9,
   0x1.13fae9bc840d5p-9, 0x1.da571b9ed0635p-10, 0x1.654423a295e0fp-11, 0x1.47c234b85caeap-13, 0x1.90748c9a7e316p-16,
   0x1.52f6d6eeadf1cp-19, 0x1.964749d5d1ccap-23, 0x1.5d748d877b8f2p-27, 0x1.b3556862647cfp-32, 0x1.8b41f9156075ep-37,
   0x1.06ce3bde9bbe9p-42},
  {0., 0x1.56fc255737c8ap-5, 0x1.303b6d376b520p-5, 0x1.8f1b6d9e49d38p-8, -0x1.766b6b72f367cp-7, -0x1.50b28e71de6cdp-7,
   -0x1.244cdc43dba31p-8, -0x1.3e236127aa4b4p-10, -0x1.d4a7167584ca6p-13, -0x1.e3a178f8f0360p-16, -0x1.645910750dbdcp-19,
   -0x1.7b6381a924606p-23, -0x1.2621b4586dd01p-27, -0x1.4df69e4c3ad7cp-32, -0x1.16cf89d91ec32p-37, -0x1.575e39dc18689p-43},
  {-0x1.1058377e2c276p-3, -0x1.504cfbc0dab56p-4, 0x1.6d56d25dcc491p-7, 0x1.da1e0c6fbfc56p-5, 0x1.8991f1cf649b1p-5,
   0x1.7383390e1021dp-6, 0x1.ceab8f27998dap-8, 0x1.907770b38e87ep-10, 0x1.ee12e0ee506e7p-13, 0x1.b8a602e297a95p-16,
   0x1.1ea42d2dcefb5p-19, 0x1.11a14a83e63b2p-23, 0x1.80f41eb2b8132p-28, 0x1.904f70478e21ap-33, 0x1.346dfbe203f42p-38,
   0x1.60c9fbcf6195bp-44},
  {0., -0x1.7b4ce0049ec8bp-3, -0x1.ed0f7d5067e09p-3, -0x1.68b128f3a5442p-3, -0x1.5ff8e2ffa3231p-4, -0x1.e336c8fff581cp-6,
   -0x1.dddbf14ea2ce2p-8, -0x1.58bbdaade260bp-10, -0x1.6d987ca211af0p-13, -0x1.1e60483ecb7a0p-16, -0x1.4c7ae0e92b57dp-20,
   -0x1.1ebd4e411fe03p-24, -0x1.7009e0cb6308ep-29, -0x1.5ffd899bcfd09p-34, -0x1.f633d49e5b2bbp-40, -0x1.0b71c1ffb20c4p-45},
  {0x1.9884533d43650p-1, 0x1.61ddbcd846846p-1, 0x1.cbff8613c8a7fp-2, 0x1.c0ac9b6e44be9p-3, 0x1.485ede39e0980p-4,
   0x1.68a646e756f65p-6, 0x1.2935f360ec98bp-8, 0x1.6f901abd7368dp-11, 0x1.55149b1614fd9p-14, 0x1.daf96b4d332c0p-18,
   0x1.f04bf26eb7402p-22, 0x1.851bc231ac401p-26, 0x1.c9d014e3e2573p-31, 0x1.942b54eb2e2dep-36, 0x1.0bbad183b809ep-41,
   0x1.0a2513a118feep-47},
  {0., 0x1.a1ca4b523d9d8p-2, 0x1.6eb4e372c89adp-1, 0x1.c8c471b4f6542p-1, 0x1.ef96c25b195e6p-1, 0x1.fc3a1e4dde180p-1,
   0x1.ff556548d8cadp-1, 0x1.ffe8f747d88dfp-1, 0x1.fffda1aff4a6cp-1, 0x1.ffffd0a72c533p-1, 0x1.fffffd32a6cbap-1,
   0x1.ffffffdfe03f8p-1, 0x1.fffffffee9b1cp-1, 0x1.fffffffff8e3cp-1, 0x1.ffffffffffdcfp-1, 0x1.ffffffffffff8p-1}};

/// 2^{j/16}.
alignas(64) static constexpr double power_table[16] = {1.,
                                                       0x1.0b5586cf9890fp+0,
                                                       0x1.172b83c7d517bp+0,
                                                       0x1.2387a6e756238p+0,
                                                       0x1.306fe0a31b715p+0,
                                                       0x1.3dea64c123422p+0,
                                                       0x1.4bfdad5362a27p+0,
                                                       0x1.5ab07dd485429p+0,
                                                       0x1.6a09e667f3bcdp+0,
                                                       0x1.7a11473eb0187p+0,
                                                       0x1.8ace5422aa0dbp+0,
                                                       0x1.9c49182a3f090p+0,
                                                       0x1.ae89f995ad3adp+0,
                                                       0x1.c199bdd85529cp+0,
                                                       0x1.d5818dcfba487p+0,
                                                       0x1.ea4afa2a490dap+0};

/// 2^r for |r| ≤ 1/32 to 1e-17, the highest power first.
constexpr double exp2_coefficients[7] = {0x1.430a49610efc6p-13,
                                         0x1.5d89be4c12513p-10,
                                         0x1.3b2ab6fb09b31p-7,
                                         0x1.c6b08d6e8a384p-5,
                                         0x1.ebfbdff82c594p-3,
                                         0x1.62e42fefa39fdp-1,
                                         1.};

/// values = erf(t/√2) and, if asked for, slopes = √(2/π) exp(−t²/2) for `n` registers, whose chains of operations alternate.
/// Twice as fast as the two functions of the vector mathematics library, which look up tables in memory. Not a number where t
/// is not.
template <bool derivative, unsigned int n>
inline void erf_and_slope(const __m512d (&t)[n], __m512d (&values)[n], __m512d (&slopes)[n])
{
  // Adding this number leaves round(x) in the lowest bits.
  const __m512d round_to_one = _mm512_set1_pd(0x1.8p52), round_to_sixteenth = _mm512_set1_pd(0x1.8p48);
  const __m512i sign   = _mm512_set1_epi64(static_cast<long long>(0x8000000000000000ULL));
  const __m512i digits = _mm512_set1_epi64(0x7fffffffffffffffLL);
  __m512d       u[n];
  __m512i       index[n];
  for (unsigned int i = 0; i < n; ++i)
    {
      // Of two operands one of which is not a number these take the second.
      const __m512d magnitude = _mm512_maskz_min_pd(0xff, _mm512_set1_pd(erf_end),
                                                    _mm512_castsi512_pd(_mm512_and_si512(digits, _mm512_castpd_si512(t[i]))));
      const __m512d shifted   = _mm512_fmadd_pd(magnitude, _mm512_set1_pd(1. / erf_spacing), round_to_one);
      index[i]                = _mm512_castpd_si512(shifted);
      u[i]                    = _mm512_fnmadd_pd(shifted - round_to_one, _mm512_set1_pd(erf_spacing), magnitude);
    }
  for (unsigned int i = 0; i < n; ++i)
    values[i] = _mm512_permutex2var_pd(_mm512_load_pd(erf_table[0]), index[i], _mm512_load_pd(erf_table[0] + 8));
  for (unsigned int power = 1; power < 13; ++power)
    {
      const __m512d low = _mm512_load_pd(erf_table[power]), high = _mm512_load_pd(erf_table[power] + 8);
      for (unsigned int i = 0; i < n; ++i)
        values[i] = _mm512_fmadd_pd(values[i], u[i], _mm512_permutex2var_pd(low, index[i], high));
    }
  for (unsigned int i = 0; i < n; ++i)
    values[i] = _mm512_castsi512_pd(
      _mm512_or_si512(_mm512_castpd_si512(values[i]), _mm512_and_si512(sign, _mm512_castpd_si512(t[i]))));
  if (!derivative)
    return;

  // exp(−t²/2) = 2^k 2^r with k a multiple of 1/16.
  const __m512d low = _mm512_load_pd(power_table), high = _mm512_load_pd(power_table + 8);
  for (unsigned int i = 0; i < n; ++i)
    {
      const __m512d exponent = _mm512_maskz_max_pd(0xff, _mm512_set1_pd(-1100.),
                                                   t[i] * t[i] * _mm512_set1_pd(-0.72134752044448170367996));
      const __m512d shifted = exponent + round_to_sixteenth, k = shifted - round_to_sixteenth, r = exponent - k;
      __m512d       power = _mm512_set1_pd(exp2_coefficients[0]);
      for (unsigned int c = 1; c < 7; ++c)
        power = _mm512_fmadd_pd(power, r, _mm512_set1_pd(exp2_coefficients[c]));
      const __m512d root = _mm512_permutex2var_pd(low, _mm512_castpd_si512(shifted), high) *
                           _mm512_set1_pd(0.79788456080286535588);
      slopes[i] = _mm512_maskz_scalef_pd(0xff, power * root, k);
    }
}
} // namespace kernel
} // namespace rhoflow
#endif
