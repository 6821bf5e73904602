#pragma once

#include <string>

namespace rhoflow
{
/// `text` without white space at both ends.
std::string stripped(const std::string &text);

/// Reads a whole text as one number, independent of the locale ("1", "+1.5e-3", "nan", "inf", "NA" read as NaN or infinity).
/// Numbers beyond the range of double read as infinity. False if it is not a number.
bool parse_number(const std::string &text, double &value);
} // namespace rhoflow
