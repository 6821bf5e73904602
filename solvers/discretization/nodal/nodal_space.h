#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include <meshes/adaptive_mesh.h>
#include <solvers/discretization/nodal/lobatto_line.h>

namespace rhoflow
{
/// Continuous elements of degree k with nodes at the Gauss–Lobatto points on one state of an adaptive mesh, with hanging nodes
/// and periodic sides.
///
/// *Free* nodes hold the unknowns. A node that hangs (or lies on the second of two periodic sides) takes its value from free
/// nodes, Σ_t weight_t u_{node_t}; which quantity u is interpolated is up to the user of the space. *Void* nodes hold nothing:
/// those at r = 0 of a density that vanishes there.
///
/// Every rank knows its local nodes: those of its cells, and the free nodes that they depend on. Free nodes are numbered
/// globally, the owned ones of a rank in one range.
class NodalSpace
{
public:
  /// `void_origin`: nodes at the lower side of the last coordinate, if that is 0, are void. Collective.
  NodalSpace(const AdaptiveMesh &mesh, unsigned int degree, bool void_origin);
  ~NodalSpace();

  const AdaptiveMesh &mesh() const { return grid; }
  const LobattoLine  &line() const { return element; }
  unsigned int        dimension() const { return dim; }
  unsigned int        degree() const { return element.n - 1; }
  unsigned int        points_per_cell() const { return n_points; }
  std::size_t         n_cells() const { return grid.cells().size(); }

  /// Local nodes of a cell (in the order of mesh().cells()), [points], first coordinate fastest.
  const std::uint32_t *cell(std::size_t c) const { return cell_nodes.data() + c * n_points; }
  std::size_t          n_local() const { return global_number.size(); }
  /// Position of a local node, [D].
  const double *position(std::size_t node) const { return positions.data() + node * dim; }
  /// Global number of a free local node, −1 for others.
  std::int64_t number(std::size_t node) const { return global_number[node]; }

  /// What a local node takes its value from.
  struct Term
  {
    std::uint32_t node; ///< local, free
    double        weight;
  };
  /// One term for a free node (itself), several for a hanging one, none for a void one.
  const Term *terms_begin(std::size_t node) const { return terms.data() + first_term[node]; }
  const Term *terms_end(std::size_t node) const { return terms.data() + first_term[node + 1]; }

  /// Number of a term in the list of all terms of the rank's nodes.
  std::size_t term_number(const Term *term) const { return static_cast<std::size_t>(term - terms.data()); }
  std::size_t n_terms() const { return terms.size(); }

  std::size_t   n_owned() const { return owned.size(); }
  std::uint64_t n_global() const { return total; }
  std::int64_t  first_owned() const { return first; }
  /// Local node of an owned free node.
  std::uint32_t owned_node(std::size_t i) const { return owned[i]; }
  /// Gauss–Lobatto weights of the owned free nodes; hanging nodes give theirs to those they depend on. Exact for continuous
  /// piecewise polynomials of degree k, and of degree 2k − 1 away from hanging nodes. All positive.
  const std::vector<double> &weights() const { return lumped; }

  /// Values of owned free nodes -> values of all free local nodes, [n_local], 0 at the others. Collective.
  std::vector<double> to_local(const std::vector<double> &owned_values) const;
  /// Sums of what cells have for their free nodes, `value(cell, point)`, at the owned nodes. Collective.
  std::vector<double> sum_to_owned(const std::function<double(std::size_t, unsigned int)> &value) const;

private:
  template <int dim>
  void build(bool void_origin);

  struct Exchange;

  const AdaptiveMesh        &grid;
  const LobattoLine         &element;
  unsigned int               dim, n_points = 1;
  std::vector<std::uint32_t> cell_nodes;
  std::vector<double>        positions;
  std::vector<std::int64_t>  global_number;
  std::vector<Term>          terms;
  std::vector<std::size_t>   first_term;
  std::vector<std::uint32_t> owned;
  std::vector<double>        lumped;
  std::int64_t               first = 0;
  std::uint64_t              total = 0;
  std::unique_ptr<Exchange>  exchange;
};
} // namespace rhoflow
