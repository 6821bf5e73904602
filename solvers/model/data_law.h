#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <solvers/model/model_choices.h>

namespace rhoflow
{
class CounterRandom;

/// The law of the inputs x ∈ R^d, d = 1, 2, 3: a quadrature and a sampler.
struct DataLaw
{
  enum class Kind
  {
    gaussian, ///< N(0, s² I): tensor Gauss–Hermite
    uniform,  ///< on a box: tensor Gauss–Legendre
    periodic, ///< uniform on a box whose opposite sides are one: equidistant points
    sphere,   ///< uniform on S^{d−1}: two points, trapezoidal rule, Gauss–Legendre in height × trapezoidal rule
    discrete  ///< points with weights, each the centre of a Gaussian blob of deviation s (0: no blob)
  };

  Kind                kind;
  unsigned int        dimension;
  std::vector<double> nodes;   ///< [K][d]
  std::vector<double> weights; ///< [K], sum one

  double              deviation = 0.;
  std::vector<double> lower, upper;
  std::vector<double> centres;    ///< [n][d]
  std::vector<double> cumulative; ///< [n], of the centres' weights
  bool                equal_weights = false;

  // a CSV data set only
  std::vector<double>                    outputs;     ///< [K]
  std::vector<std::string>               input_names; ///< [d]
  std::string                            output_name;
  std::vector<std::pair<double, double>> input_scaling; ///< [d]; empty: none
  std::pair<double, double>              output_scaling{0., 1.};
  std::string                            remark; ///< how the file was read, if it is no ordinary CSV file

  /// Every possible input is a node.
  bool finite() const { return kind == Kind::discrete && deviation == 0.; }
  /// Draws the index of a centre.
  std::uint64_t sample_centre(CounterRandom &random) const;
  /// Draws x [d].
  void sample(CounterRandom &random, double *x) const;
};

/// d: given, or the number of input columns of a CSV data set, or 1. Throws InputError.
unsigned int data_dimension(const ModelChoices &choices);

/// The law that the section "Data" describes. Throws InputError.
DataLaw make_data_law(const ModelChoices &choices);

/// Finds the names of the columns of a CSV data set in what the user wrote. The names in a list are separated by commas that
/// are outside of parentheses; in double quotes, doubled inside, a name may have anything. Names with commas or parentheses are
/// also understood without quotes, if the header of the file has them. Throws InputError.
void name_columns(ModelChoices &choices);

/// Reads the CSV data set of the section "Data", standardised on request.
DataLaw read_data_set(const ModelChoices &choices);
} // namespace rhoflow
