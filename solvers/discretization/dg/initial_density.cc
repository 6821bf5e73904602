#include <solvers/discretization/dg/initial_density.h>

#include <boost/math/quadrature/gauss_kronrod.hpp>

#include <array>
#include <map>
#include <utility>

#include <solvers/base/error.h>
#include <solvers/base/numerics/exact_sum.h>
#include <solvers/model/initial_law.h>

namespace rhoflow
{
namespace
{
/// ∫ ℓ_i ρ_0 over the cells of a mesh.
class CellIntegrals
{
public:
  CellIntegrals(const InitialLaw &initial_law, const DGMesh &dg_mesh)
    : law(initial_law)
    , mesh(dg_mesh)
    , dim(dg_mesh.dimension())
    , n(dg_mesh.batches().n)
    , rule(make_line_basis(max_degree, 0., 0., 1.))
  {}

  /// `result` [points].
  void evaluate(const CellKey &key, std::vector<double> &result)
  {
    if (law.n_products() > 0)
      products(key, result);
    else
      samples(key, result);
  }

private:
  using LineIntegrals = std::array<double, max_points>;

  /// ∫ f from `from` to `to`, halved until the error is round-off: relative to ∫ |f|, since ℓ_i changes sign, and down to a
  /// part of the mass one that nothing can see, since in the tails a density has fewer correct digits.
  template <typename Function>
  static double integral(const Function &f, double from, double to, unsigned int halvings)
  {
    using Rule         = boost::math::quadrature::gauss_kronrod<double, 15>;
    double       error = 0., size = 0.;
    const double value = Rule::integrate(f, from, to, 0, 0., &error, &size);
    // Boost 1.74 gives the error on [−1, 1], the size on the interval.
    if (halvings == 0 || 0.5 * (to - from) * error <= 1e-13 * size + 1e-18)
      return value;
    const double middle = 0.5 * (from + to);
    return integral(f, from, middle, halvings - 1) + integral(f, middle, to, halvings - 1);
  }

  /// ∫ ℓ_i(x) f(x) dx over the cell's interval of axis d, to round-off: factors may be much narrower than a cell.
  const LineIntegrals &line_integrals(unsigned int component, const CellKey &key, unsigned int d)
  {
    const std::array<unsigned int, 4> place = {{component, d, key.level, key.index[d]}};
    const auto                        known = lines.find(place);
    if (known != lines.end())
      return known->second;
    const double     start = mesh.mesh().position(key, d, 0), extent = mesh.mesh().extent(key, d);
    const LineBasis &line = mesh.line(key, d);
    LineIntegrals    integrals{};
    // Pieces first, so that no peak hides between the points of the first rule.
    constexpr unsigned int n_pieces = 8;
    for (unsigned int i = 0; i < n; ++i)
      for (unsigned int piece = 0; piece < n_pieces; ++piece)
        integrals[i] += integral(
          [&](double x) { return line.value(i, (x - start) / extent) * law.factor_density(component, d, x); },
          start + extent * piece / n_pieces, start + extent * (piece + 1) / n_pieces, 12);
    return lines.emplace(place, integrals).first->second;
  }

  void products(const CellKey &key, std::vector<double> &result)
  {
    result.assign(mesh.points_per_cell(), 0.);
    for (unsigned int component = 0; component < law.n_products(); ++component)
      {
        const LineIntegrals *along[3] = {};
        for (unsigned int d = 0; d < dim; ++d)
          along[d] = &line_integrals(component, key, d);
        for (unsigned int i = 0; i < mesh.points_per_cell(); ++i)
          {
            double product = law.product_weight(component);
            for (unsigned int d = 0, rest = i; d < dim; ++d, rest /= n)
              product *= (*along[d])[rest % n];
            result[i] += product;
          }
      }
  }

  /// A composite rule with more points than the element has, folded onto the basis axis by axis.
  void samples(const CellKey &key, std::vector<double> &result)
  {
    constexpr unsigned int n_intervals = 2;
    const unsigned int     n_rule      = n_intervals * rule.n;
    const auto             position    = [&](unsigned int q) { return (q / rule.n + rule.nodes[q % rule.n]) / n_intervals; };
    unsigned int           n_samples   = 1;
    double                 volume      = 1.;
    for (unsigned int d = 0; d < dim; ++d)
      {
        n_samples *= n_rule;
        volume *= mesh.mesh().extent(key, d) / n_intervals;
      }
    result.resize(n_samples);
    for (unsigned int s = 0; s < n_samples; ++s)
      {
        double theta[3] = {}, weight = volume;
        for (unsigned int d = 0, rest = s; d < dim; ++d, rest /= n_rule)
          {
            theta[d] = mesh.mesh().position(key, d, 0) + mesh.mesh().extent(key, d) * position(rest % n_rule);
            weight *= rule.weights[rest % n_rule % rule.n];
          }
        result[s] = weight * law.density(theta);
      }
    unsigned int done = 1, left = n_samples;
    for (unsigned int d = 0; d < dim; ++d)
      {
        const LineBasis &line = mesh.line(key, d);
        left /= n_rule;
        std::vector<double> folded(static_cast<std::size_t>(done) * n * left, 0.);
        for (unsigned int outer = 0; outer < left; ++outer)
          for (unsigned int q = 0; q < n_rule; ++q)
            for (unsigned int i = 0; i < n; ++i)
              {
                const double l = line.value(i, position(q));
                for (unsigned int inner = 0; inner < done; ++inner)
                  folded[(outer * n + i) * done + inner] += l * result[(outer * n_rule + q) * done + inner];
              }
        result.swap(folded);
        done *= n;
      }
  }

  const InitialLaw                                    &law;
  const DGMesh                                        &mesh;
  const unsigned int                                   dim, n;
  const LineBasis                                      rule;
  std::map<std::array<unsigned int, 4>, LineIntegrals> lines;
};
} // namespace

std::vector<double> project_initial_density(const InitialLaw &law, const DGMesh &mesh, double &missing_mass)
{
  if (!law.has_density())
    throw InputError(
      Refusal::unsupported, "Initial law/Law",
      "a point mass has no density on a mesh. Use 'Solver = characteristics', or a narrow normal(...) instead of "
      "point(...).");
  const unsigned int  n_points = mesh.points_per_cell();
  std::vector<double> values(mesh.n_cells() * n_points), w(n_points), integrals;
  CellIntegrals       cell_integrals(law, mesh);
  ExactSum            mass;
  for (std::size_t c = 0; c < mesh.n_cells(); ++c)
    {
      const CellKey &key = mesh.mesh().cells()[c];
      mesh.weights(key, w.data());
      cell_integrals.evaluate(key, integrals);
      double cell_mass = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        {
          cell_mass += integrals[i];
          values[c * n_points + i] = integrals[i] / w[i];
        }
      mass.add(cell_mass);
    }
  const double total = global_sum(mass, mesh.mesh().communicator());
  missing_mass       = 1. - total;
  if (!(total > 0.5))
    throw InputError(Refusal::inconsistent, "Domain/Lower corner",
                     "only " + std::to_string(100. * total) +
                       " % of the initial density lies in the box. Enlarge the box or move the law.");
  for (double &value : values)
    value /= total;
  return values;
}
} // namespace rhoflow
