#include <postprocess/charts/time_choice.h>

#include <cmath>
#include <cstdio>

namespace rhoflow
{
std::string short_number(const double value)
{
  char text[64];
  std::snprintf(text, sizeof(text), "%.4g", value);
  std::string result = text;
  if (!result.empty() && result[0] == '-')
    result = "\xe2\x88\x92" + result.substr(1);
  return result;
}

std::vector<unsigned int> spread_choice(const std::vector<double> &times, const unsigned int most)
{
  std::vector<unsigned int> chosen;
  const auto                n = static_cast<unsigned int>(times.size());
  if (n <= most)
    for (unsigned int i = 0; i < n; ++i)
      chosen.push_back(i);
  else
    for (unsigned int k = 0; k < most; ++k)
      chosen.push_back(static_cast<unsigned int>(std::lround(static_cast<double>(k) * (n - 1) / (most - 1))));
  return chosen;
}
} // namespace rhoflow
