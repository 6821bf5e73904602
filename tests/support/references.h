#pragma once

#include <string>
#include <vector>

/// A value of tests/references/solutions.csv.
struct ReferenceValue
{
  double time, value;
  double error; ///< absolute: one unit of the last digit, or what the source claims
};

/// The values of a quantity of a reference solution, by time. Throws std::runtime_error if there are none.
std::vector<ReferenceValue> reference_values(const std::string &solution, const std::string &quantity);

/// The one at a time; throws if there is none.
ReferenceValue reference_value(const std::string &solution, const std::string &quantity, double time);
