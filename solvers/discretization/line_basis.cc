#include <solvers/discretization/line_basis.h>

#include <boost/math/quadrature/gauss.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

namespace rhoflow
{
namespace
{
/// Eigenvalues of a symmetric tridiagonal matrix of size n ≤ max_points by bisection on Sturm sequences: slow, simple and
/// accurate to the last bit, which is what nodes need.
std::vector<double> tridiagonal_eigenvalues(const std::vector<double> &diagonal, const std::vector<double> &squared_offdiagonal,
                                            double low, double high)
{
  const std::size_t   n = diagonal.size();
  std::vector<double> eigenvalues(n);
  const auto          count_below = [&](double x) {
    std::size_t count = 0;
    double      q     = 1.;
    for (std::size_t i = 0; i < n; ++i)
      {
        q = diagonal[i] - x - (i > 0 ? squared_offdiagonal[i] / q : 0.);
        if (q == 0.)
          q = 1e-300;
        count += q < 0. ? 1 : 0;
      }
    return count;
  };
  for (std::size_t i = 0; i < n; ++i)
    {
      double a = low, b = high;
      for (unsigned int step = 0; step < 200 && a < b; ++step)
        {
          const double middle = 0.5 * (a + b);
          if (middle <= a || middle >= b)
            break;
          (count_below(middle) <= i ? a : b) = middle;
        }
      eigenvalues[i] = 0.5 * (a + b);
    }
  return eigenvalues;
}
} // namespace

LineBasis make_line_basis(unsigned int degree, double kappa, double lower, double upper)
{
  LineBasis basis;
  basis.n = degree + 1;

  // The weight relative to its value at the upper end, so that large powers neither overflow nor underflow where they matter.
  const auto weight = [&](double xi) { return kappa == 0. ? 1. : std::pow((lower + (upper - lower) * xi) / upper, kappa); };
  // Sub-intervals that shrink towards the upper end resolve weights that live there (large kappa, lower = 0); others that
  // shrink towards r = 0 resolve the singularity of fractional powers.
  std::vector<double> ends{0.};
  if (lower == 0. && kappa != std::floor(kappa))
    for (int power = 30; power > 1; --power)
      ends.push_back(std::ldexp(1., -power));
  if (kappa != 0.)
    for (int power = 1; power < 12; ++power)
      ends.push_back(1. - std::ldexp(1., -power));
  ends.push_back(1.);
  std::vector<double> fine_nodes, fine_weights;
  using Rule = boost::math::quadrature::gauss<double, 30>;
  for (std::size_t piece = 0; piece + 1 < ends.size(); ++piece)
    {
      const double middle = 0.5 * (ends[piece] + ends[piece + 1]), half = 0.5 * (ends[piece + 1] - ends[piece]);
      for (std::size_t i = 0; i < Rule::abscissa().size(); ++i)
        for (const double sign : {-1., 1.})
          {
            fine_nodes.push_back(middle + sign * half * Rule::abscissa()[i]);
            fine_weights.push_back(half * Rule::weights()[i] * weight(fine_nodes.back()));
          }
    }
  double total = 0.;
  for (const double w : fine_weights)
    total += w;
  basis.weight_mean = kappa == 0. ? 1. : total * std::pow(upper, kappa);

  // Stieltjes: recurrence coefficients of the orthogonal polynomials, then nodes as eigenvalues of the Jacobi matrix.
  std::vector<double> previous(fine_nodes.size(), 0.), current(fine_nodes.size(), 1.), alpha, beta;
  double              previous_norm = 0.;
  for (unsigned int j = 0; j < basis.n; ++j)
    {
      double norm = 0., moment = 0.;
      for (std::size_t i = 0; i < fine_nodes.size(); ++i)
        {
          const double term = fine_weights[i] / total * current[i] * current[i];
          norm += term;
          moment += term * fine_nodes[i];
        }
      alpha.push_back(moment / norm);
      beta.push_back(j == 0 ? 0. : norm / previous_norm);
      for (std::size_t i = 0; i < fine_nodes.size(); ++i)
        {
          const double next = (fine_nodes[i] - alpha[j]) * current[i] - beta[j] * previous[i];
          previous[i]       = current[i];
          current[i]        = next;
        }
      previous_norm = norm;
    }
  const std::vector<double> nodes = tridiagonal_eigenvalues(alpha, beta, -0.1, 1.1);
  std::copy(nodes.begin(), nodes.end(), basis.nodes.begin());

  for (unsigned int j = 0; j < basis.n; ++j)
    {
      for (std::size_t i = 0; i < fine_nodes.size(); ++i)
        basis.weights[j] += fine_weights[i] / total * basis.value(j, fine_nodes[i]);
      basis.lower[j] = basis.value(j, 0.);
      basis.upper[j] = basis.value(j, 1.);
    }
  for (unsigned int i = 0; i < basis.n; ++i)
    {
      for (unsigned int q = 0; q < basis.n; ++q)
        basis.stiffness[i][q] = basis.weights[q] * basis.derivative(i, basis.nodes[q]) / basis.weights[i];
      basis.lower_lift[i] = basis.lower[i] * (weight(0.) / total) / basis.weights[i];
      basis.upper_lift[i] = basis.upper[i] * (weight(1.) / total) / basis.weights[i];
    }
  return basis;
}

LineTransfer make_line_transfer(const LineBasis &parent, const LineBasis &child, unsigned int half)
{
  LineTransfer transfer;
  const double share = 0.5 * child.weight_mean / parent.weight_mean;
  for (unsigned int q = 0; q < child.n; ++q)
    for (unsigned int j = 0; j < parent.n; ++j)
      {
        transfer.interpolate[q][j] = parent.value(j, 0.5 * (half + child.nodes[q]));
        transfer.project[j][q]     = share * child.weights[q] * transfer.interpolate[q][j] / parent.weights[j];
      }
  return transfer;
}
} // namespace rhoflow
