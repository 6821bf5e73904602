#pragma once

#include <set>
#include <string>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// Section "Output": what of the density is written for ParaView, and how.
struct OutputParameters
{
  enum class Compression
  {
    none,
    fast,
    best
  };

  static void declare(dealii::ParameterHandler &prm);
  void        parse(dealii::ParameterHandler &prm);

  bool                  write_density = true;
  unsigned int          every         = 1; ///< n-th output time
  std::set<std::string> fields;            ///< of "density", "potential", "velocity", "level", "subdomain"
  Compression           compression    = Compression::fast;
  unsigned int          files_per_time = 1;
};
} // namespace rhoflow
