#include <solvers/discretization/dg/dg_mesh.h>
#include <solvers/discretization/dg/resolution_indicator.h>

#include <algorithm>
#include <cmath>

namespace rhoflow
{
namespace
{
/// The highest orthonormal polynomial of a line: coefficients of a function's values, and ∫ |p|.
struct TopMode
{
  explicit TopMode(const LineBasis &line)
  {
    // It takes the values ± 1/√w_q / normalisation at the Gauss points up to the factor that makes it orthogonal to all lower
    // ones: (−1)^q ∏_{m≠q} |ξ_q − ξ_m|^−1 / w_q.
    double value[max_points], norm = 0.;
    for (unsigned int q = 0; q < line.n; ++q)
      {
        value[q] = 1. / line.weights[q];
        for (unsigned int m = 0; m < line.n; ++m)
          if (m != q)
            value[q] /= line.nodes[q] - line.nodes[m];
        norm += line.weights[q] * value[q] * value[q];
      }
    for (unsigned int q = 0; q < line.n; ++q)
      {
        value[q] /= std::sqrt(norm);
        mean_size += line.weights[q] * std::abs(value[q]);
        weighted[q] = line.weights[q] * value[q];
      }
  }

  double weighted[max_points];
  double mean_size = 0.;
};
} // namespace

std::vector<double> resolution_indicator(const DGMesh &mesh, const std::vector<double> &values)
{
  const unsigned int  dim = mesh.dimension(), n = mesh.batches().n, n_points = mesh.points_per_cell();
  const TopMode       unweighted(mesh.batches().line);
  std::vector<double> indicator(mesh.n_cells()), w(n_points);
  for (std::size_t c = 0; c < mesh.n_cells(); ++c)
    {
      const CellKey      &key = mesh.mesh().cells()[c];
      const double *const u   = values.data() + c * n_points;
      mesh.weights(key, w.data());
      double sum = 0.;
      for (unsigned int i = 0; i < n_points; ++i)
        sum += w[i] * std::max(-u[i], 0.);
      for (unsigned int d = 0, stride = 1; d < dim; ++d, stride *= n)
        {
          const LineBasis &line = mesh.line(key, d);
          const TopMode    top  = &line == &mesh.batches().line ? unweighted : TopMode(line);
          for (unsigned int i = 0; i < n_points; ++i)
            if (i / stride % n == 0)
              {
                double coefficient = 0., weight = 0.;
                for (unsigned int q = 0; q < n; ++q)
                  {
                    coefficient += top.weighted[q] * u[i + q * stride];
                    weight += w[i + q * stride];
                  }
                sum += weight * std::abs(coefficient) * top.mean_size;
              }
        }
      indicator[c] = sum;
    }
  return indicator;
}
} // namespace rhoflow
