#pragma once

#include <cstddef>
#include <limits>
#include <vector>

namespace rhoflow
{
// Linear algebra of small dense matrices: row-major, [n][n] where nothing else is said.
//
// Cholesky and LU are written out here. A BLAS orders the sums of a factorisation by its block sizes, its instruction set and
// its threads, so that the last digits of a run would depend on the BLAS that is installed; here they depend on the matrix
// alone. Both also act on small pivots while they factorise, which no LAPACK driver does. Eigenvalues and singular values are
// LAPACK's.

/// Rᵀ R = A + shift·1 with an upper triangle R, for a symmetric and positive semidefinite A.
class Cholesky
{
public:
  /// Reads the upper triangle of A = `matrix`. A pivot below `least_pivot` is round-off of a singular matrix and is replaced by
  /// it. Without `least_pivot`, a matrix that is not positive definite makes the solutions NaN.
  Cholesky(std::vector<double> matrix, std::size_t n, double shift = 0.,
           double least_pivot = -std::numeric_limits<double>::infinity());

  /// x ← (A + shift·1)⁻¹ x, x [n].
  void solve(double *x) const;

private:
  std::size_t         n;
  std::vector<double> r;
};

/// P A = L U with partial pivoting.
class LU
{
public:
  /// The matrix counts as singular if the absolute value of some pivot is not greater than `least_pivot`.
  LU(std::vector<double> matrix, std::size_t n, double least_pivot = 0.);

  bool singular() const { return is_singular; }
  /// x ← A⁻¹ x, x [n]. Not for a singular matrix.
  void solve(double *x) const;

private:
  std::size_t              n;
  std::vector<double>      factors; ///< U, and below its diagonal L, whose own diagonal is one
  std::vector<std::size_t> pivots;  ///< row that changed places with row c in step c
  bool                     is_singular = false;
};

/// Eigenvalues in ascending order and orthonormal eigenvectors.
struct Eigensystem
{
  std::vector<double> values;  ///< [n]
  std::vector<double> vectors; ///< [n][n]: one eigenvector after the other
};

/// Of the symmetric tridiagonal matrix with this diagonal [n] and these entries beside it [n − 1]. Throws std::runtime_error if
/// LAPACK does not converge, as the next two do.
Eigensystem tridiagonal_eigensystem(std::vector<double> diagonal, std::vector<double> off_diagonal);

/// The eigenvalues of a symmetric matrix in ascending order.
std::vector<double> symmetric_eigenvalues(std::vector<double> matrix, std::size_t n);

/// The right singular vectors of a matrix [n_rows][n], the vector of the largest singular value first: [n][n].
std::vector<double> right_singular_vectors(std::vector<double> matrix, std::size_t n_rows, std::size_t n);
} // namespace rhoflow
