#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// A number for people: at most four significant digits, no trailing zeros, "1e-05" as 10⁻⁵.
std::string short_number(double value);

/// Indices of at most `most` of the times, the first and the last among them. As long as the times grow in about equal steps
/// the chosen ones do, otherwise they are spread evenly over the list: who asked for times 1, 10, 100 wants to see them.
std::vector<unsigned int> spread_choice(const std::vector<double> &times, unsigned int most);
} // namespace rhoflow
