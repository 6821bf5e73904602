#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// Parameters that a run does not read.
struct Unread
{
  std::string path; ///< "Section/Name", or "Section" for all of a section
  std::string why;  ///< completes "has no effect", such as "unless 'Compare with SGD = true'"; empty: the solver never reads it
};

/// Appends the rules of one list to another.
std::vector<Unread> operator+(std::vector<Unread> one, const std::vector<Unread> &other);
} // namespace rhoflow
