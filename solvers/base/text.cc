#include <solvers/base/text.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace rhoflow
{
namespace
{
std::string listed_between(const std::string &quote, const std::vector<std::string> &names, const std::size_t most)
{
  std::string text;
  for (std::size_t i = 0; i < std::min(names.size(), most); ++i)
    text += (i == 0 ? "" : ", ") + quote + names[i] + quote;
  return text + (names.size() > most ? " and " + std::to_string(names.size() - most) + " more" : "");
}
} // namespace

std::string short_number(const double value, const int digits)
{
  char text[40];
  std::snprintf(text, sizeof(text), "%.*g", digits, value);
  return text;
}

std::string exact_number(const double value)
{
  return std::isnan(value) ? "nan" : short_number(value, std::numeric_limits<double>::max_digits10);
}

std::string hexadecimal(const std::uint32_t number)
{
  char text[16];
  std::snprintf(text, sizeof(text), "%08x", static_cast<unsigned int>(number));
  return text;
}

std::string bytes_text(double bytes)
{
  const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB"};
  unsigned int      unit    = 0;
  for (bytes /= 1024.; bytes >= 1000. && unit < 4; ++unit)
    bytes /= 1024.;
  return short_number(bytes, 3) + " " + units[unit];
}

std::string duration(const double seconds)
{
  char      text[32];
  const int whole = static_cast<int>(std::min(seconds, 2e9));
  if (whole < 60)
    std::snprintf(text, sizeof(text), "%d s", whole);
  else if (whole < 3600)
    std::snprintf(text, sizeof(text), "%d min %02d s", whole / 60, whole % 60);
  else
    std::snprintf(text, sizeof(text), "%d h %02d min", whole / 3600, whole / 60 % 60);
  return text;
}

std::string listed(const std::vector<std::string> &names, const std::size_t most)
{
  return listed_between("", names, most);
}

std::string listed_in_quotes(const std::vector<std::string> &names, const std::size_t most)
{
  return listed_between("'", names, most);
}
} // namespace rhoflow
