#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// The values of a line of section "Vary". Elements are separated by ";" if there is one and by "," otherwise; an element is a
/// value or a range "A .. B by *F" (A, A F, A F^2, ... up to B) or "A .. B by +S" (A, A + S, ..., "+-S" to go down). B belongs
/// to the range if it is met up to round-off. Throws InputError without parameter.
std::vector<std::string> parse_value_list(const std::string &text);

/// The same for `n_names` parameters that vary together: [values][names]; every element is "V1 & V2 & ...".
std::vector<std::vector<std::string>> parse_joint_list(const std::string &text, unsigned int n_names);

/// Pieces of a text between separators, trimmed.
std::vector<std::string> split(const std::string &text, const std::string &separator);

/// A text that is the same for values that mean the same: numbers in one spelling, also those in lists and formulas, and no
/// more white space than separates words. Names of files keep their digits.
std::string canonical_value(const std::string &value);

/// The shortest text that reads as this number, "1000000" instead of "1e+06" for whole numbers.
std::string number_text(double value);
} // namespace rhoflow
