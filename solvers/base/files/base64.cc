#include <solvers/base/files/base64.h>

#include <algorithm>

namespace rhoflow
{
std::string base64(const std::string &bytes)
{
  static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string       result;
  result.reserve((bytes.size() + 2) / 3 * 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3)
    {
      const std::size_t n    = std::min<std::size_t>(3, bytes.size() - i);
      unsigned int      bits = 0;
      for (std::size_t k = 0; k < 3; ++k)
        bits = (bits << 8) | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
      for (std::size_t k = 0; k < 4; ++k)
        result += k <= n ? letters[(bits >> (18 - 6 * k)) & 63u] : '=';
    }
  return result;
}
} // namespace rhoflow
