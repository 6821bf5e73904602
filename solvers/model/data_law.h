#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <solvers/model/data_law_info.h>
#include <solvers/model/model_choices.h>

namespace rhoflow
{
class CounterRandom;

/// The law of the inputs x ∈ R^d, d = 1, 2, 3: a quadrature and a sampler. data_laws() has a row for every law.
struct DataLaw
{
  explicit DataLaw(unsigned int d)
    : dimension(d)
  {}
  virtual ~DataLaw() = default;

  /// Draws x [d].
  virtual void sample(CounterRandom &random, double *x) const = 0;

  /// Every possible input is a node.
  virtual bool finite() const { return false; }
  /// The law is finite, and its nodes weigh the same.
  virtual bool equal_weights() const { return false; }
  /// Draws the index of a node of a finite law. Throws std::logic_error for other laws.
  virtual std::uint64_t sample_node(CounterRandom &random) const;

  unsigned int        dimension;
  std::vector<double> nodes;   ///< [K][d]
  std::vector<double> weights; ///< [K], sum one

  // a CSV data set only
  std::vector<double>                    outputs;     ///< [K]
  std::vector<std::string>               input_names; ///< [d]
  std::string                            output_name;
  std::vector<std::pair<double, double>> input_scaling; ///< [d]; empty: none
  std::pair<double, double>              output_scaling{0., 1.};
  std::string                            remark; ///< how the file was read, if it is no ordinary CSV file
};

/// d: given, or the number of input columns of a CSV data set, or 1. Throws InputError.
unsigned int data_dimension(const ModelChoices &choices);

/// The law that the section "Data" describes. Throws InputError.
std::unique_ptr<const DataLaw> make_data_law(const ModelChoices &choices);

/// Finds the names of the columns of a CSV data set in what the user wrote. The names in a list are separated by commas that
/// are outside of parentheses; in double quotes, doubled inside, a name may have anything. Names with commas or parentheses are
/// also understood without quotes, if the header of the file has them. Throws InputError.
void name_columns(ModelChoices &choices);

/// Reads the CSV data set of the section "Data", standardised on request.
std::unique_ptr<DataLaw> read_data_set(const ModelChoices &choices);
} // namespace rhoflow
