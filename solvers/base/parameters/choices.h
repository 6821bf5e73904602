#pragma once

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace rhoflow
{
/// The names that a parameter with a fixed list of choices may take, and the value of type `Enum` behind each of them. The
/// declaration, the parser and the messages all read the same table, so that none of them can have another list.
template <typename Enum>
class Choices
{
public:
  using Row = std::pair<std::string, Enum>;

  /// In the order of the manual.
  Choices(std::initializer_list<Row> list)
    : rows(list)
  {}
  explicit Choices(std::vector<Row> list)
    : rows(std::move(list))
  {}

  std::vector<std::string> names() const
  {
    std::vector<std::string> list;
    for (const Row &row : rows)
      list.push_back(row.first);
    return list;
  }

  /// "a|b|c", for dealii::Patterns::Selection.
  std::string pattern() const
  {
    std::string text;
    for (const Row &row : rows)
      text += (text.empty() ? "" : "|") + row.first;
    return text;
  }

  /// The value of a name. Throws std::logic_error for other names, which pattern() does not let through.
  Enum value(const std::string &name) const
  {
    for (const Row &row : rows)
      if (row.first == name)
        return row.second;
    throw std::logic_error("'" + name + "' is none of " + pattern());
  }

  /// The name of a value. Throws std::logic_error if the table has no row for it.
  const std::string &name(Enum value) const
  {
    for (const Row &row : rows)
      if (row.second == value)
        return row.first;
    throw std::logic_error("a choice has no name beside " + pattern());
  }

private:
  std::vector<Row> rows;
};
} // namespace rhoflow
