// Factorisations of small dense matrices against LAPACK's, and what LAPACK is asked for against what is known.

#include <catch2/catch.hpp>

#include <deal.II/lac/lapack_full_matrix.h>
#include <deal.II/lac/vector.h>

#include <cmath>
#include <vector>

#include <solvers/base/numerics/dense.h>
#include <solvers/base/numerics/random.h>

using namespace rhoflow;

namespace
{
constexpr std::size_t sizes[] = {1, 2, 3, 7, 20, 65};

std::vector<double> random_numbers(std::size_t n, std::uint64_t seed)
{
  CounterRandom       random(seed, RandomPurpose::check_points, 0, 0, 0);
  std::vector<double> result(n);
  for (double &number : result)
    number = random.normal();
  return result;
}

/// B Bᵀ + 0.1, [n][n].
std::vector<double> positive_matrix(std::size_t n)
{
  const std::vector<double> b = random_numbers(n * n, 1);
  std::vector<double>       result(n * n, 0.);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      {
        result[i * n + j] = i == j ? 0.1 : 0.;
        for (std::size_t k = 0; k < n; ++k)
          result[i * n + j] += b[i * n + k] * b[j * n + k];
      }
  return result;
}

/// A⁻¹ x by deal.II's LAPACK.
std::vector<double> solution_of_library(const std::vector<double> &matrix, std::vector<double> x)
{
  const auto                       n = static_cast<unsigned int>(x.size());
  dealii::LAPACKFullMatrix<double> lapack(n, n);
  for (unsigned int i = 0; i < n; ++i)
    for (unsigned int j = 0; j < n; ++j)
      lapack(i, j) = matrix[std::size_t(i) * n + j];
  dealii::Vector<double> v(x.begin(), x.end());
  lapack.compute_lu_factorization();
  lapack.solve(v);
  return {v.begin(), v.end()};
}

double largest_difference(const std::vector<double> &a, const std::vector<double> &b)
{
  double largest = 0.;
  for (std::size_t i = 0; i < a.size(); ++i)
    largest = std::max(largest, std::abs(a[i] - b[i]));
  return largest;
}
} // namespace

TEST_CASE("Dense: Cholesky and LU solve what LAPACK solves")
{
  for (const std::size_t n : sizes)
    {
      const std::vector<double> b = random_numbers(n, 2);
      CAPTURE(n);

      std::vector<double> matrix = positive_matrix(n), x = b;
      Cholesky(matrix, n).solve(x.data());
      CHECK(largest_difference(x, solution_of_library(matrix, b)) < 1e-10);

      std::vector<double> shifted = matrix;
      for (std::size_t i = 0; i < n; ++i)
        shifted[i * n + i] += 2.5;
      x = b;
      Cholesky(matrix, n, 2.5, 1.).solve(x.data());
      CHECK(largest_difference(x, solution_of_library(shifted, b)) < 1e-12);

      // Zeros on the diagonal need pivots from other rows.
      matrix = random_numbers(n * n, 3);
      for (std::size_t i = 0; i < n; ++i)
        matrix[i * n + i] = n > 1 ? 0. : 1.;
      x = b;
      const LU factors(matrix, n);
      REQUIRE(!factors.singular());
      factors.solve(x.data());
      CHECK(largest_difference(x, solution_of_library(matrix, b)) < 1e-10);
    }
}

TEST_CASE("Dense: Cholesky reads the upper triangle alone")
{
  const std::size_t   n = 7;
  std::vector<double> matrix(positive_matrix(n)), x(random_numbers(n, 2)), y(x);
  Cholesky(matrix, n).solve(x.data());
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < i; ++j)
      matrix[i * n + j] = std::nan("");
  Cholesky(matrix, n).solve(y.data());
  CHECK(x == y);
}

TEST_CASE("Dense: small pivots are replaced, or make a matrix singular")
{
  // v vᵀ − 1e-17 has no Cholesky factor. Along (1, 1) its inverse is 1/2 whatever stands in place of the second pivot.
  const std::vector<double> matrix = {1., 1., 1., 1. - 1e-16};
  std::vector<double>       x      = {2., 2.};
  Cholesky(matrix, 2, 0., 1e-3).solve(x.data());
  CHECK(x[0] + x[1] == Approx(2.).margin(1e-12));
  x = {2., 1.};
  Cholesky({1., 2., 2., 1.}, 2).solve(x.data());
  CHECK(std::isnan(x[0]));

  CHECK(LU({1., 2., 2., 4.}, 2).singular());
  CHECK(!LU({1e-3, 0., 0., 1.}, 2, 9e-4).singular());
  CHECK(LU({1e-3, 0., 0., 1.}, 2, 1e-3).singular());
  CHECK(LU({std::nan(""), 0., 0., 1.}, 2).singular());
}

TEST_CASE("Dense: eigenvalues and vectors of a chain of springs")
{
  // 2 on the diagonal, −1 beside it: λ_k = 2 − 2 cos(k π/(n + 1)).
  const std::size_t   n           = 9;
  const double        h           = std::acos(-1.) / (n + 1.);
  const Eigensystem   tridiagonal = tridiagonal_eigensystem(std::vector<double>(n, 2.), std::vector<double>(n - 1, -1.));
  std::vector<double> matrix(n * n, 0.);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t j = 0; j < n; ++j)
      matrix[i * n + j] = i == j ? 2. : (i + 1 == j || j + 1 == i ? -1. : 0.);
  const std::vector<double> values = symmetric_eigenvalues(matrix, n);
  for (std::size_t k = 0; k < n; ++k)
    {
      const double expected = 2. - 2. * std::cos((static_cast<double>(k) + 1.) * h);
      CHECK(tridiagonal.values[k] == Approx(expected).epsilon(1e-13));
      CHECK(values[k] == Approx(expected).epsilon(1e-13));
      double norm = 0.;
      for (std::size_t i = 0; i < n; ++i)
        {
          const double *const v       = &tridiagonal.vectors[k * n];
          const double        product = 2. * v[i] - (i > 0 ? v[i - 1] : 0.) - (i + 1 < n ? v[i + 1] : 0.);
          CHECK(product == Approx(expected * v[i]).margin(1e-13));
          norm += v[i] * v[i];
        }
      CHECK(norm == Approx(1.));
    }
}

TEST_CASE("Dense: right singular vectors come with the largest singular value first")
{
  // Rows along (3, 4)/5 and, ten times shorter, along (4, −3)/5.
  for (const std::vector<double> &matrix : {std::vector<double>{3., 4., .4, -.3}, std::vector<double>{.4, -.3, 3., 4., 6., 8.}})
    {
      const std::vector<double> v = right_singular_vectors(matrix, matrix.size() / 2, 2);
      REQUIRE(v.size() == 4);
      CHECK(std::abs(.6 * v[0] + .8 * v[1]) == Approx(1.));
      CHECK(std::abs(.8 * v[2] - .6 * v[3]) == Approx(1.));
    }
  CHECK(right_singular_vectors({3., 4.}, 1, 2).size() == 4); // also those that no row needs
}
