#include <solvers/discretization/initial_density.h>

#include <solvers/base/error.h>
#include <solvers/base/exact_sum.h>
#include <solvers/model/initial_law.h>

namespace rhoflow
{
std::vector<double> project_initial_density(const InitialLaw &law, const DGMesh &mesh, double &missing_mass)
{
  if (!law.has_density())
    throw InputError("Initial law/Law",
                     "a point mass has no density on a mesh. Use 'Solver = characteristics', or a narrow normal(...) instead of "
                     "point(...).");
  const unsigned int dim = mesh.dimension(), n = mesh.batches().n, n_points = mesh.points_per_cell();
  // More points than the element has: the initial density is often narrower than a cell.
  const LineBasis    rule        = make_line_basis(max_degree, 0., 0., 1.);
  const unsigned int n_intervals = 2, n_rule = n_intervals * rule.n;
  std::vector<double> positions(n_rule), weights(n_rule);
  for (unsigned int q = 0; q < n_rule; ++q)
    {
      positions[q] = (q / rule.n + rule.nodes[q % rule.n]) / n_intervals;
      weights[q]   = rule.weights[q % rule.n] / n_intervals;
    }
  unsigned int n_samples = 1;
  for (unsigned int d = 0; d < dim; ++d)
    n_samples *= n_rule;

  std::vector<double> values(mesh.n_cells() * n_points), w(n_points), samples, folded;
  ExactSum            mass;
  for (std::size_t c = 0; c < mesh.n_cells(); ++c)
    {
      const CellKey &key = mesh.mesh().cells()[c];
      mesh.weights(key, w.data());
      samples.assign(n_samples, 0.);
      double volume = 1.;
      for (unsigned int d = 0; d < dim; ++d)
        volume *= mesh.mesh().extent(key, d);
      for (unsigned int s = 0; s < n_samples; ++s)
        {
          double theta[3] = {}, weight = volume;
          for (unsigned int d = 0, rest = s; d < dim; ++d, rest /= n_rule)
            {
              theta[d] = mesh.mesh().position(key, d, 0) + mesh.mesh().extent(key, d) * positions[rest % n_rule];
              weight *= weights[rest % n_rule];
            }
          samples[s] = weight * law.density(theta);
        }
      // ∫ ℓ_i p: fold the samples axis by axis, first axis fastest on both sides.
      unsigned int done = 1, left = n_samples;
      for (unsigned int d = 0; d < dim; ++d)
        {
          const LineBasis &line = mesh.line(key, d);
          left /= n_rule;
          folded.assign(static_cast<std::size_t>(done) * n * left, 0.);
          for (unsigned int outer = 0; outer < left; ++outer)
            for (unsigned int q = 0; q < n_rule; ++q)
              for (unsigned int i = 0; i < n; ++i)
                {
                  const double l = line.value(i, positions[q]);
                  for (unsigned int inner = 0; inner < done; ++inner)
                    folded[(outer * n + i) * done + inner] += l * samples[(outer * n_rule + q) * done + inner];
                }
          samples.swap(folded);
          done *= n;
        }
      double cell_mass = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        {
          cell_mass += samples[i];
          values[c * n_points + i] = samples[i] / w[i];
        }
      mass.add(cell_mass);
    }
  const double total = global_sum(mass, mesh.mesh().communicator());
  missing_mass       = 1. - total;
  if (!(total > 0.5))
    throw InputError("Domain/Lower corner", "only " + std::to_string(100. * total) +
                                              " % of the initial density lies in the box. Enlarge the box or move the law.");
  for (double &value : values)
    value /= total;
  return values;
}
} // namespace rhoflow
