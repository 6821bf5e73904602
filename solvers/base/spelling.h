#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// The candidate nearest to `word` by Damerau–Levenshtein distance (case-insensitive); empty if none is near enough to be
/// meant.
std::string nearest_spelling(const std::string &word, const std::vector<std::string> &candidates);
} // namespace rhoflow
