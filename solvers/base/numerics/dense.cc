#include <solvers/base/numerics/dense.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

// LAPACK. Its matrices are column-major, so that a row-major one is read as its transpose.
extern "C" {
void dgesvd_(const char *job_u, const char *job_vt, const int *m, const int *n, double *matrix, const int *leading,
             double *singular_values, double *u, const int *leading_u, double *vt, const int *leading_vt, double *work,
             const int *n_work, int *info);
void dstev_(const char *job, const int *n, double *diagonal, double *off_diagonal, double *vectors, const int *leading,
            double *work, int *info);
void dsyev_(const char *job, const char *triangle, const int *n, double *matrix, const int *leading, double *eigenvalues,
            double *work, const int *n_work, int *info);
}

namespace rhoflow
{
Cholesky::Cholesky(std::vector<double> matrix, std::size_t size, double shift, double least_pivot)
  : n(size)
  , r(std::move(matrix))
{
  for (std::size_t k = 0; k < n; ++k)
    {
      double *const row   = r.data() + k * n;
      const double  pivot = std::sqrt(std::max(row[k] + shift, least_pivot));
      row[k]              = pivot;
      for (std::size_t l = k + 1; l < n; ++l)
        row[l] /= pivot;
      for (std::size_t i = k + 1; i < n; ++i)
        for (std::size_t l = i; l < n; ++l)
          r[i * n + l] -= row[i] * row[l];
    }
}

void Cholesky::solve(double *x) const
{
  for (std::size_t k = 0; k < n; ++k)
    {
      x[k] /= r[k * n + k];
      for (std::size_t i = k + 1; i < n; ++i)
        x[i] -= r[k * n + i] * x[k];
    }
  for (std::size_t k = n; k-- > 0;)
    {
      for (std::size_t l = k + 1; l < n; ++l)
        x[k] -= r[k * n + l] * x[l];
      x[k] /= r[k * n + k];
    }
}

LU::LU(std::vector<double> matrix, std::size_t size, double least_pivot)
  : n(size)
  , factors(std::move(matrix))
  , pivots(n)
{
  for (std::size_t c = 0; c < n; ++c)
    {
      std::size_t pivot = c;
      for (std::size_t i = c + 1; i < n; ++i)
        if (std::abs(factors[i * n + c]) > std::abs(factors[pivot * n + c]))
          pivot = i;
      pivots[c]   = pivot;
      is_singular = !(std::abs(factors[pivot * n + c]) > least_pivot);
      if (is_singular)
        return;
      if (pivot != c)
        for (std::size_t k = 0; k < n; ++k)
          std::swap(factors[c * n + k], factors[pivot * n + k]);
      for (std::size_t i = c + 1; i < n; ++i)
        {
          const double factor = factors[i * n + c] /= factors[c * n + c];
          for (std::size_t k = c + 1; k < n; ++k)
            factors[i * n + k] -= factor * factors[c * n + k];
        }
    }
}

void LU::solve(double *x) const
{
  for (std::size_t c = 0; c < n; ++c)
    std::swap(x[c], x[pivots[c]]);
  for (std::size_t i = 0; i < n; ++i)
    for (std::size_t k = 0; k < i; ++k)
      x[i] -= factors[i * n + k] * x[k];
  for (std::size_t i = n; i-- > 0;)
    {
      for (std::size_t k = i + 1; k < n; ++k)
        x[i] -= factors[i * n + k] * x[k];
      x[i] /= factors[i * n + i];
    }
}

Eigensystem tridiagonal_eigensystem(std::vector<double> diagonal, std::vector<double> off_diagonal)
{
  const int   n = static_cast<int>(diagonal.size());
  Eigensystem result{std::move(diagonal), std::vector<double>(static_cast<std::size_t>(n) * n)};
  off_diagonal.resize(n);
  std::vector<double> work(std::max(1, 2 * n - 2));
  int                 info = 0;
  dstev_("V", &n, result.values.data(), off_diagonal.data(), result.vectors.data(), &n, work.data(), &info);
  if (info != 0)
    throw std::runtime_error("the eigenvalues of a tridiagonal matrix were not found");
  return result;
}

std::vector<double> symmetric_eigenvalues(std::vector<double> matrix, std::size_t size)
{
  const int           n = static_cast<int>(size), n_work = 34 * n;
  std::vector<double> eigenvalues(n), work(n_work);
  int                 info = 0;
  dsyev_("N", "U", &n, matrix.data(), &n, eigenvalues.data(), work.data(), &n_work, &info);
  if (info != 0)
    throw std::runtime_error("the eigenvalues of a symmetric matrix were not found");
  return eigenvalues;
}

std::vector<double> right_singular_vectors(std::vector<double> matrix, std::size_t n_rows, std::size_t size)
{
  // LAPACK sees the transpose, whose left singular vectors are wanted.
  const int           n = static_cast<int>(size), n_columns = static_cast<int>(n_rows), one = 1;
  std::vector<double> singular_values(std::min(n_rows, size)), vectors(size * size), work(64 * (size + n_rows));
  const int           n_work = static_cast<int>(work.size());
  int                 info   = 0;
  dgesvd_("A", "N", &n, &n_columns, matrix.data(), &n, singular_values.data(), vectors.data(), &n, nullptr, &one, work.data(),
          &n_work, &info);
  if (info != 0)
    throw std::runtime_error("the singular value decomposition of a matrix did not converge");
  return vectors;
}
} // namespace rhoflow
