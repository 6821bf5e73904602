#include <solvers/base/parameters/unread.h>

namespace rhoflow
{
std::vector<Unread> operator+(std::vector<Unread> one, const std::vector<Unread> &other)
{
  one.insert(one.end(), other.begin(), other.end());
  return one;
}
} // namespace rhoflow
