#pragma once

#include <cstdint>
#include <limits>
#include <string>
#include <vector>

namespace rhoflow
{
/// Short form of a number for people ("0.02638", "1.3e-05").
std::string short_number(double value, int digits = 4);

/// The number with 17 significant digits, from which parse_number() makes the same number again ("0.10000000000000001"). NaN
/// has no sign here: it has no meaning and differs between machines.
std::string exact_number(double value);

/// Eight hexadecimal digits, as checksums are written.
std::string hexadecimal(std::uint32_t number);

/// "1.5 KiB", "3.25 GiB".
std::string bytes_text(double bytes);

/// "12 s", "3 min 05 s", "2 h 10 min".
std::string duration(double seconds);

/// "a, b, c"; of more than `most` names "a, b, c and 4 more".
std::string listed(const std::vector<std::string> &names, std::size_t most = std::numeric_limits<std::size_t>::max());

/// The same with each name in quotes: "'a', 'b' and 4 more".
std::string listed_in_quotes(const std::vector<std::string> &names, std::size_t most = std::numeric_limits<std::size_t>::max());
} // namespace rhoflow
