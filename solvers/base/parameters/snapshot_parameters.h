#pragma once

#include <vector>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class ParameterBinding;
struct Unread;

/// What all files for ParaView have in common, whatever they show: the part of section "Output" about how often, in which
/// format and how small.
struct SnapshotParameters
{
  enum class Compression
  {
    none,
    fast,
    best
  };

  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  void        parse(const dealii::ParameterHandler &prm);
  /// Throws InputError for values that do not fit together. Part of parse().
  void check() const;
  /// Those of section "Output" that are for files of a density on a mesh, for solvers without one.
  static std::vector<Unread> unread_without_density();

  /// Whether the output time with that number, from 0, is one to write at: the first, every n-th, the last.
  bool due(unsigned int number, bool last) const { return last || number % every == 0; }

  unsigned int every       = 1; ///< n-th output time
  Compression  compression = Compression::fast;
  bool         vtu = true, xdmf = false; ///< in which formats; at least one
};
} // namespace rhoflow
