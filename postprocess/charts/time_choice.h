#pragma once

#include <solvers/base/text.h>
#include <string>
#include <vector>

namespace rhoflow
{
/// short_number() with the minus sign of typography, for the labels of pictures.
std::string label_number(double value);

/// Indices of at most `most` of the times, the first and the last among them. As long as the times grow in about equal steps
/// the chosen ones do, otherwise they are spread evenly over the list: who asked for times 1, 10, 100 wants to see them.
std::vector<unsigned int> spread_choice(const std::vector<double> &times, unsigned int most);
} // namespace rhoflow
