#include <solvers/fokker_planck/relaxation.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include <solvers/base/run/statistics.h>
#include <solvers/base/text.h>

namespace rhoflow
{
namespace
{
constexpr double      nan         = std::numeric_limits<double>::quiet_NaN();
constexpr std::size_t fewest_rows = 5;
constexpr std::size_t n_rates     = 4;

struct Line
{
  double slope, error;
};

/// Through the points [begin, end).
Line least_squares(const std::vector<double> &x, const std::vector<double> &y, std::size_t begin, std::size_t end)
{
  const auto n      = static_cast<double>(end - begin);
  double     mean_x = 0., mean_y = 0., xx = 0., xy = 0., left = 0.;
  for (std::size_t i = begin; i < end; ++i)
    {
      mean_x += x[i] / n;
      mean_y += y[i] / n;
    }
  for (std::size_t i = begin; i < end; ++i)
    {
      xx += (x[i] - mean_x) * (x[i] - mean_x);
      xy += (x[i] - mean_x) * (y[i] - mean_y);
    }
  const double slope = xy / xx;
  for (std::size_t i = begin; i < end; ++i)
    left += std::pow(y[i] - mean_y - slope * (x[i] - mean_x), 2);
  return {slope, n > 2. ? std::sqrt(left / (n - 2.) / xx) : nan};
}
} // namespace

RelaxationFit fit_relaxation(const std::vector<double> &times, const std::vector<double> &distances, double resolution)
{
  RelaxationFit result{nan, nan, nan, nan, nan};
  if (distances.empty())
    return result;
  const double first = distances.front(), lowest = std::max(1e-9 * first, resolution), highest = 1e-2 * first;
  // Below the resolution distances come and go: the last row above it may be one of those, the first row below it is not.
  const auto          stop = std::find_if(distances.begin(), distances.end(), [&](double d) { return !(d > lowest); });
  std::vector<double> t, log_distance;
  for (auto d = distances.begin(); d != stop; ++d)
    {
      if (*d > highest)
        {
          t.clear();
          log_distance.clear();
          continue;
        }
      t.push_back(times[static_cast<std::size_t>(d - distances.begin())]);
      log_distance.push_back(std::log(*d));
    }
  const std::size_t end = t.size();
  if (end < fewest_rows)
    return result;
  std::size_t begin = 0;
  for (;; ++begin)
    {
      const std::size_t middle = begin + (end - begin) / 2;
      const double      early  = least_squares(t, log_distance, begin, middle + 1).slope,
                   late        = least_squares(t, log_distance, middle, end).slope;
      result.drift             = early - late;
      if (std::abs(result.drift) <= 1e-3 * std::abs(late) || end - begin == fewest_rows)
        break;
    }
  const Line line = least_squares(t, log_distance, begin, end);
  result.rate     = -line.slope;
  result.error    = line.error;
  result.first    = t[begin];
  result.last     = t.back();
  result.rows     = static_cast<unsigned int>(end - begin);
  return result;
}

void Relaxation::write(const std::string &path, bool writes) const
{
  const auto number = [](const std::vector<double> &rates, std::size_t k) { return k < rates.size() ? rates[k] : nan; };
  Statistics table(path, writes);
  table.set("measured rate", fit.rate);
  table.set("standard error", fit.error);
  table.set("drift of the rate", fit.drift);
  table.set("fitted alpha", .5 * beta * fit.rate);
  table.set("first time", fit.first);
  table.set("last time", fit.last);
  table.set("rows", fit.rows);
  table.set("bound rate", 2. * number(gap.frozen, 0));
  table.set("frozen gap", number(gap.frozen, 0));
  table.set("linearised gap", number(gap.linearised, 0));
  for (std::size_t k = 1; k < n_rates; ++k)
    table.set("frozen rate " + std::to_string(k + 1), number(gap.frozen, k));
  for (std::size_t k = 1; k < n_rates; ++k)
    table.set("linearised rate " + std::to_string(k + 1), number(gap.linearised, k));
  table.set("disagreement", with_gap ? gap.disagreement : nan);
  table.finish_row();
}

std::vector<std::pair<std::string, std::string>> Relaxation::report() const
{
  std::vector<std::pair<std::string, std::string>> rows;
  rows.emplace_back("measured rate of the free energy",
                    fit.rows == 0 ? "too few rows for a fit (five from 1/100 to 1e-9 of the first free-energy gap)" :
                                    short_number(fit.rate, 6) + " +- " + short_number(fit.error, 2) +
                                      ", t = " + short_number(fit.first) + " to " + short_number(fit.last) +
                                      (std::abs(fit.drift) > .01 * std::abs(fit.rate) ?
                                         "; still changing by " + short_number(fit.drift, 2) + " from half to half" :
                                         ""));
  if (with_gap && !gap.failure.empty())
    rows.emplace_back("spectral gap", "not found: " + gap.failure);
  else if (with_gap && !gap.frozen.empty())
    {
      rows.emplace_back("2 x linearised gap", short_number(2. * gap.linearised.front(), 6));
      rows.emplace_back("2 x frozen gap", short_number(2. * gap.frozen.front(), 6));
    }
  return rows;
}
} // namespace rhoflow
