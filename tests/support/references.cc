#include <fstream>
#include <stdexcept>

#include <tests/support/references.h>
#include <tests/support/source_directory.h>

#include <solvers/base/files/csv.h>

namespace
{
const std::string file_name = "tests/references/solutions.csv";

double number(const std::string &field, const std::string &line)
{
  std::size_t  length = 0;
  const double value  = std::stod(field, &length);
  if (length != field.size())
    throw std::runtime_error(file_name + ": not a number: " + field + " in " + line);
  return value;
}
} // namespace

std::vector<ReferenceValue> reference_values(const std::string &solution, const std::string &quantity)
{
  std::ifstream               file(source_directory() + "/" + file_name);
  std::vector<ReferenceValue> values;
  std::string                 line;
  bool                        header = true;
  while (std::getline(file, line))
    {
      if (line.empty() || line[0] == '#')
        continue;
      std::vector<std::string> fields;
      if (!rhoflow::split_csv_line(line, fields) || fields.size() != 6)
        throw std::runtime_error(file_name + ": no six fields: " + line);
      if (header && fields != std::vector<std::string>{"case", "quantity", "time", "value", "error", "source"})
        throw std::runtime_error(file_name + ": another header: " + line);
      if (!header && fields[0] == solution && fields[1] == quantity)
        {
          values.push_back({number(fields[2], line), number(fields[3], line), number(fields[4], line)});
          if (values.size() > 1 && values.back().time <= values[values.size() - 2].time)
            throw std::runtime_error(file_name + ": times do not increase: " + line);
        }
      header = false;
    }
  if (values.empty())
    throw std::runtime_error(file_name + " has no " + quantity + " of " + solution);
  return values;
}

ReferenceValue reference_value(const std::string &solution, const std::string &quantity, const double time)
{
  for (const ReferenceValue &reference : reference_values(solution, quantity))
    if (reference.time == time)
      return reference;
  throw std::runtime_error(file_name + " has no " + quantity + " of " + solution + " at t = " + std::to_string(time));
}
