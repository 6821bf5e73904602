#include <solvers/base/nesting.h>

namespace rhoflow
{
bool nested_too_deep(const std::string &text)
{
  constexpr int limit = 200;
  int           depth = 0;
  for (std::size_t i = 0; i < text.size() && depth < limit; ++i)
    if (text[i] == '{' || text[i] == '[')
      ++depth;
    else if (text[i] == '}' || text[i] == ']')
      --depth;
    else if (text[i] == '<' && i + 1 < text.size() && text[i + 1] != '?' && text[i + 1] != '!')
      depth += text[i + 1] == '/' ? -1 : 1;
    else if (text[i] == '>' && i > 0 && text[i - 1] == '/')
      --depth;
  return depth >= limit;
}
} // namespace rhoflow
