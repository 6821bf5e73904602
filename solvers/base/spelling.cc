#include <solvers/base/spelling.h>

#include <algorithm>
#include <cctype>

namespace rhoflow
{
namespace
{
std::string lower_case(std::string text)
{
  for (char &c : text)
    c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  return text;
}

/// Insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b` (optimal string alignment).
std::size_t distance(const std::string &a, const std::string &b)
{
  std::vector<std::size_t> before(b.size() + 1), previous(b.size() + 1), row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j)
    row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i)
    {
      before.swap(previous);
      previous.swap(row);
      row[0] = i;
      for (std::size_t j = 1; j <= b.size(); ++j)
        {
          row[j] = std::min({previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0)});
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = std::min(row[j], before[j - 2] + 1);
        }
    }
  return row[b.size()];
}
} // namespace

std::string nearest_spelling(const std::string &word, const std::vector<std::string> &candidates)
{
  const std::string wanted = lower_case(word);
  std::string       nearest;
  std::size_t       smallest = static_cast<std::size_t>(-1);
  for (const std::string &candidate : candidates)
    {
      const std::string name   = lower_case(candidate);
      const std::size_t longer = std::max(wanted.size(), name.size());
      // The table of distances is too large for what can be no misspelling of a name anyway.
      if (longer > 1000)
        continue;
      std::size_t errors = distance(wanted, name);
      // A beginning of at least three letters counts as an abbreviation; else a third of the letters may be wrong.
      if (wanted.size() >= 3 && name.compare(0, wanted.size(), wanted) == 0)
        errors = std::min<std::size_t>(errors, 1);
      if (errors <= std::max<std::size_t>(1, longer / 3) && errors < longer && errors < smallest)
        {
          smallest = errors;
          nearest  = candidate;
        }
    }
  return nearest;
}

std::string did_you_mean(const std::string &word, const std::vector<std::string> &candidates)
{
  const std::string nearest = nearest_spelling(word, candidates);
  return nearest.empty() ? "" : " Did you mean '" + nearest + "'?";
}
} // namespace rhoflow
