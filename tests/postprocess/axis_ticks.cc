#include <postprocess/drawing/chart.h>

#include <catch2/catch.hpp>

#include <algorithm>
#include <cmath>

using namespace rhoflow;

TEST_CASE("Ticks are at round numbers and say which")
{
  const Ticks plain = ticks(0, 10, false, 5);
  CHECK(plain.positions == std::vector<double>{0, 2, 4, 6, 8, 10});
  CHECK(plain.labels == std::vector<std::string>{"0", "2", "4", "6", "8", "10"});
  const Ticks around = ticks(-0.3, 0.25, false, 6);
  CHECK(around.labels == std::vector<std::string>{"−0.3", "−0.2", "−0.1", "0.0", "0.1", "0.2"});
  const Ticks small = ticks(0, 3.2e-5, false, 4);
  CHECK(small.labels == std::vector<std::string>{"0", "1·10⁻⁵", "2·10⁻⁵", "3·10⁻⁵"});
  const Ticks large = ticks(1.99e6, 2.01e6, false, 3);
  CHECK(large.labels == std::vector<std::string>{"1.99·10⁶", "2.00·10⁶", "2.01·10⁶"});
}

TEST_CASE("Logarithmic ticks are at powers of ten, at more where there is room for few")
{
  CHECK(ticks(3e-5, 2, true, 6).labels == std::vector<std::string>{"10⁻⁴", "10⁻³", "10⁻²", "10⁻¹", "10⁰"});
  CHECK(ticks(0.9, 30, true, 6).labels == std::vector<std::string>{"1", "2", "5", "10", "20"});
  CHECK(ticks(1e-17, 2e-12, true, 3).positions.size() <= 4);
  const Ticks narrow = ticks(50, 100, true, 6);
  CHECK(narrow.positions.size() >= 4);
  for (const auto &each : {ticks(0.9, 30, true, 6), narrow})
    for (std::size_t i = 0; i < each.positions.size(); ++i)
      CHECK(std::stod(each.labels[i]) == Approx(each.positions[i]));
}

TEST_CASE("All numbers of an axis have one form: decimals or powers of ten")
{
  CHECK(ticks(3e-4, 0.2, true, 6).labels == std::vector<std::string>{"0.001", "0.01", "0.1"});
  CHECK(ticks(5e-5, 8e-3, true, 6).labels == std::vector<std::string>{"1·10⁻⁴", "3·10⁻⁴", "1·10⁻³", "3·10⁻³"});
  CHECK(ticks(0.5, 2e5, true, 6).labels == std::vector<std::string>{"10⁰", "10¹", "10²", "10³", "10⁴", "10⁵"});
  const auto n_with_power = [](const Ticks &all) {
    return std::count_if(all.labels.begin(), all.labels.end(), [](const std::string &label) {
      return std::any_of(label.begin(), label.end(), [](const char c) { return (c & 0x80) != 0; });
    });
  };
  for (double low = 1e-7; low < 1e3; low *= 2.7)
    for (double high = 1.5 * low; high < 1e7 * low; high *= 3.1)
      for (const bool logarithmic : {false, true})
        {
          INFO(low << " to " << high << (logarithmic ? ", logarithmic" : ""));
          const Ticks all   = ticks(low, high, logarithmic, 6);
          const auto  count = n_with_power(all), zeros = std::count(all.labels.begin(), all.labels.end(), "0");
          CHECK((count == 0 || count + zeros == static_cast<long>(all.labels.size())));
        }
}

TEST_CASE("The range of an axis holds the data and what was asked for")
{
  Chart chart;
  chart.add({"", ChartSeries::Kind::line, {0, 1, 2}, {1, NAN, 3}});
  chart.add({"", ChartSeries::Kind::band, {0, 1, 2}, {-1, 0, 0}, {0, 7, 0}});
  CHECK(range_of_x(chart).low <= 0);
  CHECK(range_of_x(chart).high >= 2);
  CHECK(range_of_y(chart).low <= -1);
  CHECK(range_of_y(chart).high >= 7);
  chart.y.low = -20;
  CHECK(range_of_y(chart).low == -20);

  // Values that a logarithm does not have do not count, and those that differ in the last digit do not make an axis of noise.
  Chart logarithmic;
  logarithmic.y.logarithmic = true;
  logarithmic.add({"", ChartSeries::Kind::line, {0, 1, 2}, {0, 1e-3, 1e-1}});
  CHECK(range_of_y(logarithmic).low > 1e-4);
  CHECK(range_of_y(logarithmic).low <= 1e-3);
  Chart constant;
  constant.add({"", ChartSeries::Kind::line, {0, 1}, {1, 1 + 1e-15}});
  CHECK(range_of_y(constant).high - range_of_y(constant).low > 0.1);
}
