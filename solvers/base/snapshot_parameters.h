#pragma once

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
/// What all files for ParaView have in common, whatever they show: the part of section "Output" about how often and how small.
struct SnapshotParameters
{
  enum class Compression
  {
    none,
    fast,
    best
  };

  static void declare(dealii::ParameterHandler &prm);
  void        parse(dealii::ParameterHandler &prm);

  /// Whether the output time with that number, from 0, is one to write at: the first, every n-th, the last.
  bool due(unsigned int number, bool last) const { return last || number % every == 0; }

  unsigned int every       = 1; ///< n-th output time
  Compression  compression = Compression::fast;
};
} // namespace rhoflow
