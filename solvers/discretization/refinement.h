#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace dealii
{
class ParameterHandler;
}

namespace rhoflow
{
class AdaptiveMesh;
class ParameterBinding;
struct Unread;

/// Section "Refinement".
struct RefinementParameters
{
  static void declare(dealii::ParameterHandler &prm);
  void        bind(ParameterBinding &p);
  /// Makes the choices that the file leaves to the program too: a mesh is adaptive unless its subdivisions are given, and then
  /// aims at what section "Accuracy" says. `dimension`: of the mesh.
  void parse(const dealii::ParameterHandler &prm, unsigned int dimension);
  /// Takes other values than the standard ones where the file leaves them to the program: a part of the tolerance, and those.
  void prefer(double part_of_tolerance, double coarsening, unsigned int interval);
  /// Replaces "automatic" in the handler by what was chosen.
  void record(dealii::ParameterHandler &prm) const;
  /// Those that a mesh that stays does not need.
  static std::vector<Unread> unread(dealii::ParameterHandler &prm);

  static constexpr double       standard_coarsening = 0.1;
  static constexpr unsigned int standard_interval   = 4;

  bool          adaptive      = false;
  unsigned int  maximum_level = 2; ///< above the coarse mesh
  unsigned int  minimum_level = 0;
  double        tolerance     = 1e-6;                ///< of the indicator in one cell [mass]
  double        coarsening    = standard_coarsening; ///< families below this part of the tolerance are coarsened
  unsigned int  interval      = standard_interval;   ///< time steps between two adaptations
  double        negative_mass = 0.;                  ///< target; 0: none
  std::uint64_t maximum_cells = 1000000;

private:
  enum class Adaptive
  {
    automatic,
    yes,
    no
  };
  Adaptive                    given_adaptive = Adaptive::automatic;
  std::optional<unsigned int> given_maximum_level, given_interval;
  std::optional<double>       given_tolerance, given_negative_mass, given_coarsening;
};

/// Whether one of the cells that may be refined is four times above the tolerance, or one in twenty of all cells is above it.
/// Collective.
bool needs_new_mesh(const AdaptiveMesh &mesh, const std::vector<double> &indicator, const RefinementParameters &parameters,
                    double tolerance);

/// Flags for AdaptiveMesh::adapt(): +1 above the tolerance, −1 below its part for coarsening, within the levels. Depends on the
/// density alone, not on the partition.
std::vector<signed char> refinement_flags(const AdaptiveMesh &mesh, const std::vector<double> &indicator,
                                          const RefinementParameters &parameters, double tolerance);
} // namespace rhoflow
