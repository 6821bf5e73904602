#include <postprocess/charts/time_choice.h>
#include <solvers/base/text.h>

#include <cmath>

namespace rhoflow
{
std::string label_number(const double value)
{
  const std::string text = short_number(value);
  return text[0] == '-' ? "\xe2\x88\x92" + text.substr(1) : text;
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
