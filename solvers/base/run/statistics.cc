#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/run/checkpoint.h>
#include <solvers/base/run/statistics.h>
#include <solvers/base/text.h>

#include <algorithm>
#include <filesystem>
#include <limits>
#include <sstream>
#include <stdexcept>

namespace rhoflow
{
Statistics::Statistics(std::string path, const bool write)
  : file_name(std::move(path))
  , writes(write)
{
  if (!writes)
    return;
  file.open(file_name, std::ios::app);
  if (!file)
    throw RunError("cannot write '" + file_name + "': is the disk full?");
}

void Statistics::set(const std::string &column, const double value)
{
  const auto found = std::find(names.begin(), names.end(), column);
  const auto index = static_cast<std::size_t>(found - names.begin());
  if (found == names.end())
    {
      if (!finished.empty() && restored)
        throw InputError(Refusal::damaged, "",
                         "the state that this run went on from has no column '" + column + "' of '" + file_name +
                           "': another version of rhoflow wrote it. Start the run again.");
      if (!finished.empty())
        throw std::logic_error("statistics column '" + column + "' was not in the first row of " + file_name);
      names.push_back(column);
    }
  current.resize(names.size(), std::numeric_limits<double>::quiet_NaN());
  current[index] = value;
}

void Statistics::write_header()
{
  for (std::size_t c = 0; c < names.size(); ++c)
    file << (c > 0 ? "," : "") << csv_field(names[c]) << (c + 1 == names.size() ? "\n" : "");
}

void Statistics::write_row(const std::vector<double> &row)
{
  for (std::size_t c = 0; c < row.size(); ++c)
    file << (c > 0 ? "," : "") << exact_number(row[c]);
  file << '\n';
}

void Statistics::finish_row()
{
  current.resize(names.size(), std::numeric_limits<double>::quiet_NaN());
  if (writes)
    {
      if (finished.empty())
        {
          file.close();
          file.open(file_name, std::ios::trunc);
          write_header();
        }
      write_row(current);
      file.flush();
      if (!file)
        throw RunError("writing '" + file_name + "' failed: is the disk full?");
    }
  finished.push_back(std::move(current));
  current.clear();
}

void Statistics::save(CheckpointWriter &checkpoint) const
{
  const std::string   section = "table " + std::filesystem::path(file_name).filename().string();
  std::string         columns;
  std::vector<double> values;
  for (const std::string &name : names)
    columns += name + '\n';
  for (const std::vector<double> &row : finished)
    values.insert(values.end(), row.begin(), row.end());
  checkpoint.put(section + " columns", columns);
  checkpoint.put(section, values);
}

void Statistics::load(const CheckpointReader &checkpoint)
{
  const std::string         section = "table " + std::filesystem::path(file_name).filename().string();
  std::istringstream        columns(checkpoint.text(section + " columns"));
  const std::vector<double> values = checkpoint.numbers(section);
  names.clear();
  finished.clear();
  restored = true;
  for (std::string name; std::getline(columns, name);)
    names.push_back(name);
  if (names.empty() ? !values.empty() : values.size() % names.size() != 0)
    throw std::length_error("the rows of '" + section + "' have not as many numbers as it has columns");
  for (std::size_t i = 0; !names.empty() && i + names.size() <= values.size(); i += names.size())
    finished.emplace_back(values.begin() + static_cast<std::ptrdiff_t>(i),
                          values.begin() + static_cast<std::ptrdiff_t>(i + names.size()));
  if (!writes)
    return;
  // Aside first: whatever happens now, the rows on disk are those before or those after.
  file.close();
  const std::string aside = file_name + ".part";
  file.open(aside, std::ios::trunc);
  if (!finished.empty())
    write_header();
  for (const std::vector<double> &row : finished)
    write_row(row);
  file.close();
  std::error_code error;
  if (file)
    std::filesystem::rename(aside, file_name, error);
  if (file && !error)
    file.open(file_name, std::ios::app);
  if (!file || error)
    throw RunError("writing '" + file_name + "' failed: is the disk full?");
}
} // namespace rhoflow
