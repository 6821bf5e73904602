#include <postprocess/drawing/chart.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace rhoflow
{
namespace
{
const char *const minus = "\xe2\x88\x92";

std::string superscript(const int number)
{
  static const char *const digits[] = {"\xe2\x81\xb0", "\xc2\xb9",     "\xc2\xb2",     "\xc2\xb3",     "\xe2\x81\xb4",
                                       "\xe2\x81\xb5", "\xe2\x81\xb6", "\xe2\x81\xb7", "\xe2\x81\xb8", "\xe2\x81\xb9"};
  std::string              text     = number < 0 ? "\xe2\x81\xbb" : "";
  for (const char digit : std::to_string(std::abs(number)))
    text += digits[digit - '0'];
  return text;
}

std::string decimal(const double value, const int digits)
{
  char text[64];
  std::snprintf(text, sizeof(text), "%.*f", digits, std::abs(value));
  const bool is_zero = std::all_of(text, text + std::string(text).size(), [](char c) { return c == '0' || c == '.'; });
  return (value < 0 && !is_zero ? minus : "") + std::string(text);
}

/// 3·10⁻⁵; 1·10⁻⁵ or 10⁻⁵
std::string power(const double value, const int digits, const int exponent, const bool with_one)
{
  const double mantissa = value / std::pow(10., exponent);
  if (!with_one && std::abs(mantissa - 1) < 1e-9)
    return "10" + superscript(exponent);
  return decimal(mantissa, digits) + "\xc2\xb7" + "10" + superscript(exponent);
}

Ticks linear_ticks(const double low, const double high, const unsigned int most)
{
  const double raw  = (high - low) / std::max(most, 2u);
  const double unit = std::pow(10., std::floor(std::log10(raw)));
  double       step = 10 * unit;
  for (const double factor : {1., 2., 5.})
    if (factor * unit >= raw * (1 - 1e-9))
      {
        step = factor * unit;
        break;
      }
  const double largest  = std::max(std::abs(low), std::abs(high));
  const int    exponent = static_cast<int>(std::floor(std::log10(largest) + 1e-9));
  const int    places   = std::max(0, -static_cast<int>(std::floor(std::log10(step) + 1e-9)));
  const bool   powers   = exponent >= 5 || exponent < -3;

  Ticks result;
  for (double k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k)
    {
      const double value = k * step;
      result.positions.push_back(value);
      if (powers && k != 0)
        result.labels.push_back(
          power(value, std::max(0, exponent - static_cast<int>(std::floor(std::log10(step) + 1e-9))), exponent, true));
      else
        result.labels.push_back(decimal(value, powers ? 0 : places));
    }
  return result;
}

Ticks logarithmic_ticks(const double low, const double high, const unsigned int most)
{
  const double decades = std::log10(high / low);
  // Within about a decade, powers of ten alone would leave the axis without numbers.
  if (decades < 0.7)
    {
      Ticks result = linear_ticks(low, high, most);
      return result;
    }
  std::vector<double> mantissas{1};
  if (decades < 1.6)
    mantissas = {1, 2, 5};
  else if (decades < 2.6)
    mantissas = {1, 3};
  const int stride = std::max(1, static_cast<int>(std::ceil(decades / std::max(most, 2u))));
  Ticks     result;
  // All numbers of an axis have one form, or they are hard to compare.
  std::vector<int> exponents;
  const int        first = static_cast<int>(std::floor(std::log10(low) - 1e-9));
  for (int e = first; e <= std::log10(high) + 1e-9; ++e)
    for (const double m : mantissas)
      {
        const double value = m * std::pow(10., e);
        if (e % stride != 0 || value < low * (1 - 1e-9) || value > high * (1 + 1e-9))
          continue;
        result.positions.push_back(value);
        exponents.push_back(e);
      }
  const bool decimals = std::all_of(exponents.begin(), exponents.end(), [](const int e) { return e >= -3 && e <= 3; });
  const bool mantissa = mantissas.size() > 1;
  for (std::size_t i = 0; i < exponents.size(); ++i)
    result.labels.push_back(decimals ? decimal(result.positions[i], std::max(0, -exponents[i])) :
                                       power(result.positions[i], 0, exponents[i], mantissa));
  return result;
}
} // namespace

Ticks ticks(const double low, const double high, const bool logarithmic, const unsigned int most)
{
  return logarithmic ? logarithmic_ticks(low, high, most) : linear_ticks(low, high, most);
}

namespace
{
Range range_of(const ChartAxis &axis, const std::vector<const std::vector<double> *> &data)
{
  double low = std::numeric_limits<double>::infinity(), high = -low;
  for (const auto *const values : data)
    for (const double value : *values)
      if (std::isfinite(value) && (!axis.logarithmic || value > 0))
        {
          low  = std::min(low, value);
          high = std::max(high, value);
        }
  if (!(low <= high))
    low = high = axis.logarithmic ? 1 : 0;
  Range result{low, high};
  if (axis.logarithmic)
    {
      const double margin = high > low * 1.0001 ? std::pow(high / low, 0.05) : 2;
      result              = {low / margin, high * margin};
    }
  else
    {
      // A constant should look constant, not like the noise of its last digit.
      const double scale  = std::max(std::abs(low), std::abs(high));
      const double margin = high - low > 1e-9 * scale ? 0.05 * (high - low) : scale > 0 ? 0.5 * scale : 1;
      result              = {low - margin, high + margin};
    }
  if (!std::isnan(axis.low))
    result.low = axis.low;
  if (!std::isnan(axis.high))
    result.high = axis.high;
  if (!(result.low < result.high))
    result.high = axis.logarithmic ? 10 * result.low : result.low + 1;
  return result;
}
} // namespace

Range range_of_x(const Chart &chart)
{
  std::vector<const std::vector<double> *> data;
  for (const ChartSeries &series : chart.series)
    data.push_back(&series.x);
  Range result = range_of(chart.x, data);
  if (!chart.field.empty())
    result = {chart.field[0].lower[0], chart.field[0].upper[0]};
  return result;
}

Range range_of_y(const Chart &chart)
{
  std::vector<const std::vector<double> *> data;
  for (const ChartSeries &series : chart.series)
    {
      data.push_back(&series.y);
      data.push_back(&series.upper);
    }
  Range result = range_of(chart.y, data);
  if (!chart.field.empty())
    result = {chart.field[0].lower[1], chart.field[0].upper[1]};
  return result;
}
} // namespace rhoflow
