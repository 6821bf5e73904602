#pragma once

#include <string>

namespace rhoflow
{
/// `text` without white space at both ends.
std::string trimmed(const std::string &text);

/// Reads a whole text as one number, independent of the locale ("1", "+1.5e-3", "nan", "inf", "NA" read as NaN or infinity).
/// Numbers beyond the range of double read as infinity. False if it is not a number.
bool parse_number(const std::string &text, double &value);

/// The shortest text that reads as the same number, as a person writes it: "0.85", "1e-6", "inf".
std::string shortest_text(double value);

/// The first number of a list that is not zero, but smaller than normal numbers in double precision (2.3e-308); empty if there
/// is none. Readers disagree about these: some take them for 0, for others they are no numbers at all.
std::string tiny_number(const std::string &list);
} // namespace rhoflow
