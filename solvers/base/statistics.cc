#include <solvers/base/csv.h>
#include <solvers/base/error.h>
#include <solvers/base/statistics.h>

#include <algorithm>
#include <cstdio>
#include <limits>
#include <stdexcept>

namespace rhoflow
{
Statistics::Statistics(std::string path, const bool write)
  : file_name(std::move(path))
  , writes(write)
{
  if (!writes)
    return;
  file.open(file_name, std::ios::trunc);
  if (!file)
    throw InputError("Output directory", "cannot write '" + file_name + "'.");
}

void Statistics::set(const std::string &column, const double value)
{
  const auto found = std::find(names.begin(), names.end(), column);
  const auto index = static_cast<std::size_t>(found - names.begin());
  if (found == names.end())
    {
      if (!finished.empty())
        throw std::logic_error("statistics column '" + column + "' was not in the first row of " + file_name);
      names.push_back(column);
    }
  current.resize(names.size(), std::numeric_limits<double>::quiet_NaN());
  current[index] = value;
}

void Statistics::finish_row()
{
  current.resize(names.size(), std::numeric_limits<double>::quiet_NaN());
  if (writes)
    {
      if (finished.empty())
        for (std::size_t c = 0; c < names.size(); ++c)
          file << (c > 0 ? "," : "") << csv_field(names[c]) << (c + 1 == names.size() ? "\n" : "");
      for (std::size_t c = 0; c < current.size(); ++c)
        {
          char text[32];
          // The sign of a NaN has no meaning and differs between machines.
          std::snprintf(text, sizeof(text), "%.17g", current[c]);
          file << (c > 0 ? "," : "") << (current[c] != current[c] ? "nan" : text);
        }
      file << '\n';
      file.flush();
      if (!file)
        throw InputError("Output directory", "writing '" + file_name + "' failed; is the disk full?");
    }
  finished.push_back(std::move(current));
  current.clear();
}
} // namespace rhoflow
