#include <solvers/discretization/nodal/lobatto_line.h>

#include <deal.II/base/quadrature_lib.h>

#include <boost/math/special_functions/legendre.hpp>

#include <cmath>
#include <stdexcept>

namespace rhoflow
{
namespace
{
LobattoLine make_lobatto_line(unsigned int degree)
{
  LobattoLine                    line;
  const dealii::QGaussLobatto<1> lobatto(degree + 1);
  const dealii::QGauss<1>        gauss(degree);
  const dealii::QGauss<1>        fine(32);
  line.n = degree + 1;
  for (unsigned int i = 0; i <= degree; ++i)
    {
      line.nodes[i]   = lobatto.point(i)[0];
      line.weights[i] = lobatto.weight(i);
    }
  for (unsigned int g = 0; g < degree; ++g)
    {
      line.gauss_nodes[g]   = gauss.point(g)[0];
      line.gauss_weights[g] = gauss.weight(g);
      for (unsigned int i = 0; i <= degree; ++i)
        {
          line.interpolate[g][i]   = line.value(i, line.gauss_nodes[g]);
          line.differentiate[g][i] = line.derivative(i, line.gauss_nodes[g]);
        }
    }
  const auto mode = [degree](double xi) { return boost::math::legendre_p(static_cast<int>(degree), 2. * xi - 1.); };
  for (unsigned int i = 0; i <= degree; ++i)
    {
      for (unsigned int q = 0; q <= degree; ++q)
        line.equidistant[q][i] = line.value(i, static_cast<double>(q) / degree);
      for (unsigned int q = 0; q < fine.size(); ++q)
        line.top_mode[i] += (2. * degree + 1.) * fine.weight(q) * mode(fine.point(q)[0]) * line.value(i, fine.point(q)[0]);
    }
  for (unsigned int q = 0; q < fine.size(); ++q)
    line.top_size += fine.weight(q) * std::abs(mode(fine.point(q)[0]));
  return line;
}
} // namespace

const LobattoLine &lobatto_line(unsigned int degree)
{
  static const std::array<LobattoLine, max_degree> lines = {
    {make_lobatto_line(1), make_lobatto_line(2), make_lobatto_line(3), make_lobatto_line(4)}};
  if (degree < 1 || degree > max_degree)
    throw std::logic_error("no element of this degree");
  return lines[degree - 1];
}
} // namespace rhoflow
