#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// The name that a column of a run's tables has now; the name itself unless an older version called it otherwise.
std::string present_column_name(const std::string &name);

/// Gives columns of older versions their present names.
void rename_columns(std::vector<std::string> &columns);
} // namespace rhoflow
