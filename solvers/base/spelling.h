#pragma once

#include <string>
#include <vector>

namespace rhoflow
{
/// The candidate nearest to `word` by Damerau–Levenshtein distance (case-insensitive); empty if none is near enough to be
/// meant.
std::string nearest_spelling(const std::string &word, const std::vector<std::string> &candidates);

/// " Did you mean 'b'?" with the nearest spelling, to be put behind a sentence; empty if there is none.
std::string did_you_mean(const std::string &word, const std::vector<std::string> &candidates);
} // namespace rhoflow
