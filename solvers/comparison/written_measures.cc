#include <solvers/base/error.h>
#include <solvers/base/files/csv.h>
#include <solvers/base/files/vtk_data.h>
#include <solvers/base/run/time_series_record.h>
#include <solvers/comparison/measure_output.h>
#include <solvers/comparison/written_measures.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>
#include <stdexcept>

namespace rhoflow
{
namespace
{
namespace fs = std::filesystem;

InputError not_ours(const std::string &path, const std::string &why)
{
  return InputError(Refusal::damaged, "", "'" + path + "' " + why + ": it is no particle file that rhoflow wrote to its end.");
}

/// A file of MeasureOutput: mass, coordinates, widths.
CsvTable read_density_file(const std::string &path, std::vector<std::string> &names)
{
  CsvTable          table = read_csv(path, {}, "");
  const std::size_t D     = (table.columns.size() - 1) / 2;
  if (D < 1 || D > 3 || table.columns.size() != 2 * D + 1 || table.columns.front() != "mass")
    throw InputError(Refusal::damaged, "", "'" + path + "' is not a measure that rhoflow wrote.");
  names.assign(table.columns.begin() + 1, table.columns.begin() + 1 + static_cast<std::ptrdiff_t>(D));
  return table;
}

std::string unescaped(std::string text)
{
  const std::pair<const char *, char> entities[] = {{"&lt;", '<'}, {"&quot;", '"'}, {"&amp;", '&'}};
  for (std::size_t i = text.find('&'); i != std::string::npos; i = text.find('&', i + 1))
    for (const auto &[entity, character] : entities)
      if (const std::string name = entity; text.compare(i, name.size(), name) == 0)
        {
          text.replace(i, name.size(), 1, character);
          break;
        }
  return text;
}

bool is_count(const std::string &text, std::uint64_t &value)
{
  if (text.empty() || text.size() > 18 || text.find_first_not_of("0123456789") != std::string::npos)
    return false;
  value = std::stoull(text);
  return true;
}

/// The XML of a VTK file with raw appended data, and these data.
class AppendedFile
{
public:
  explicit AppendedFile(const std::string &file_name)
    : path(file_name)
  {
    std::ifstream file(path, std::ios::binary);
    if (!file)
      throw InputError(Refusal::unreadable, "", "'" + path + "' cannot be read.");
    data                     = {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    const std::string marker = "<AppendedData encoding=\"raw\">\n_", ending = "\n</AppendedData>\n</VTKFile>\n";
    const std::size_t place      = data.find(marker);
    const std::string header     = data.substr(0, std::min(data.find('>'), place));
    const std::string compressor = xml_attribute(header, "compressor");
    compressed                   = !compressor.empty();
    if (header.rfind("<VTKFile ", 0) != 0 || xml_attribute(header, "type") != "PolyData" ||
        xml_attribute(header, "byte_order") != "LittleEndian" || xml_attribute(header, "header_type") != "UInt64" ||
        (compressed && compressor != "vtkZLibDataCompressor") || place == std::string::npos)
      throw not_ours(path, "has no PolyData with raw appended data");
    xml                     = data.substr(0, place);
    const std::size_t begin = place + marker.size();
    if (data.size() < begin + ending.size() || data.compare(data.size() - ending.size(), ending.size(), ending) != 0)
      throw not_ours(path, "is cut off");
    data = data.substr(begin, data.size() - ending.size() - begin);
  }

  template <typename Number>
  std::vector<Number> array(const std::string &tag, std::uint64_t count)
  {
    std::uint64_t offset;
    if (xml_attribute(tag, "format") != "appended" || !is_count(xml_attribute(tag, "offset"), offset))
      throw not_ours(path, "has an array without data");
    std::string bytes;
    try
      {
        bytes = vtk_array(data, offset, count * sizeof(Number), compressed);
      }
    catch (const std::runtime_error &error)
      {
        throw not_ours(path, error.what());
      }
    std::vector<Number> values(count);
    std::memcpy(values.data(), bytes.data(), bytes.size());
    return values;
  }

  std::string xml;

private:
  std::string path;
  std::string data;
  bool        compressed = false;
};
} // namespace

std::pair<WrittenMeasure, std::vector<std::string>> read_particles(const std::string &path)
{
  AppendedFile       file(path);
  const std::string &xml   = file.xml;
  const std::size_t  piece = xml.find("<Piece "), attributes = xml.find("<PointData>");
  std::uint64_t      n = 0;
  if (piece == std::string::npos || attributes == std::string::npos ||
      !is_count(xml_attribute(xml.substr(piece, xml.find('>', piece) - piece), "NumberOfPoints"), n) || n == 0 ||
      n > std::numeric_limits<std::uint32_t>::max())
    throw not_ours(path, "has no points");

  // The coordinates by name, then the replica's number; what stands behind belongs to other spaces.
  std::vector<std::string>         names;
  std::vector<std::vector<double>> columns;
  std::vector<std::int32_t>        replicas;
  for (std::size_t i = xml.find("<DataArray ", attributes); i != std::string::npos && replicas.empty();
       i             = xml.find("<DataArray ", i + 1))
    {
                  const std::string tag = xml.substr(i, xml.find("/>", i) - i), name = unescaped(xml_attribute(tag, "Name"));
                  const bool        scalar = xml_attribute(tag, "NumberOfComponents") == "1";
                  if (scalar && xml_attribute(tag, "type") == "Float64" && columns.size() < 3)
        {
                      names.push_back(name);
                      columns.push_back(file.array<double>(tag, n));
        }
      else if (scalar && name == "replica" && xml_attribute(tag, "type") == "Int32")
        replicas = file.array<std::int32_t>(tag, n);
      else
        throw not_ours(path, "has the unexpected array '" + name + "'");
    }
  if (columns.empty() || replicas.empty())
    throw not_ours(path, "lacks the arrays of coordinates or 'replica'");

  WrittenMeasure measure;
  measure.n_networks       = static_cast<unsigned int>(replicas.back()) + 1;
  const std::uint64_t size = measure.n_networks > 0 && n % measure.n_networks == 0 ? n / measure.n_networks : 0;
  for (std::size_t j = 0; j < n; ++j)
    {
      if (size == 0 || replicas[j] < 0 || static_cast<std::uint64_t>(replicas[j]) != j / size)
        throw not_ours(path, "does not hold its replicas one after the other, equally large");
      for (const std::vector<double> &column : columns)
        {
          if (!std::isfinite(column[j]))
            throw InputError(Refusal::out_of_range, "", "'" + path + "' has a coordinate that is not finite.");
          measure.pieces.points.push_back(column[j]);
        }
    }
  return {std::move(measure), std::move(names)};
}

WrittenMeasures::WrittenMeasures(const std::string &run)
  : root(run)
{
  const std::string suffix = ":particles";
  if (!fs::is_directory(root) && run.size() > suffix.size() &&
      run.compare(run.size() - suffix.size(), suffix.size(), suffix) == 0)
    {
      root.resize(run.size() - suffix.size());
      asked_for_particles = true;
    }
  if (!fs::is_directory(root))
    throw InputError(Refusal::missing, "", "there is no run directory '" + root + "'.");
  has_density = !asked_for_particles && fs::exists(fs::path(root) / "measures" / "times.csv");
  if (has_density)
    open_density();
  else if (fs::exists(fs::path(root) / "particles.pvd"))
    open_particles();
  else
    throw InputError(Refusal::missing, "",
                     "'" + root + "' holds no " + (asked_for_particles ? "" : "measures and no ") +
                       "particles.pvd: run its parameter file with 'Comparison/Write measures=true' for its density, or "
                       "with networks and 'Particles/Write particles' other than none.");
}

void WrittenMeasures::open_density()
{
  const fs::path place = fs::path(root) / "measures";
  const CsvTable index = read_csv((place / "times.csv").string(), {}, "", true);
  for (std::size_t row = 0; row < index.rows.size(); ++row)
    {
      all_times.push_back(index.rows[row][index.column("time", "")]);
      errors.push_back({index.rows[row][index.column("W1 error", "")], index.rows[row][index.column("W2 error", "")]});
      if (std::isnan(all_times.back()) || !std::isfinite(errors.back().w1 + errors.back().w2) || errors.back().w1 < 0. ||
          errors.back().w2 < 0.)
        throw InputError(Refusal::damaged, "",
                         "'" + (place / "times.csv").string() + "' has a time that is no number or an error below 0.");
      files.push_back((place / measure_file_name(row)).string());
    }
  read_density_file(files.front(), coordinates);
}

void WrittenMeasures::open_particles()
{
  const std::string path = (fs::path(root) / "particles.pvd").string();
  for (const TimeSeriesEntry &entry : read_time_series(path))
    {
      all_times.push_back(entry.time);
      files.push_back((fs::path(root) / entry.file).string());
    }
  if (files.empty())
    throw not_ours(path, "lists no file");
  coordinates = read_particles(files.front()).second;
}

WrittenMeasure WrittenMeasures::read(std::size_t index) const
{
  if (has_density)
    return read_density(index);
  auto [measure, names] = read_particles(files.at(index));
  if (names != coordinates)
    throw not_ours(files[index], "has other coordinates than the first file");
  return measure;
}

WrittenMeasure WrittenMeasures::read_density(std::size_t index) const
{
  std::vector<std::string> names;
  const CsvTable           table = read_density_file(files.at(index), names);
  const std::size_t        D     = names.size();
  if (names != coordinates)
    throw InputError(Refusal::damaged, "", "'" + files[index] + "' has other coordinates than the first density.");
  WrittenMeasure measure;
  measure.error = errors[index];
  double mass   = 0.;
  for (const std::vector<double> &values : table.rows)
    {
      const auto first_width = values.begin() + 1 + static_cast<std::ptrdiff_t>(D);
      measure.pieces.weights.push_back(values[0]);
      measure.pieces.points.insert(measure.pieces.points.end(), values.begin() + 1, first_width);
      measure.pieces.extents.insert(measure.pieces.extents.end(), first_width, values.end());
      if (values[0] < 0. || std::any_of(first_width, values.end(), [](const double width) { return width < 0.; }))
        throw InputError(Refusal::damaged, "",
                         "'" + files[index] + "' has a mass or a width below 0: it is not a measure that rhoflow wrote.");
      mass += values[0];
    }
  if (!(mass > 0.) || !std::isfinite(mass))
    throw InputError(Refusal::damaged, "",
                     "'" + files[index] + "' has no finite mass above 0: it is not a measure that rhoflow wrote.");
  return measure;
}
} // namespace rhoflow
