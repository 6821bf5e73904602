#pragma once

#include <memory>
#include <vector>

#include <mpi.h>

namespace rhoflow
{
/// The places of a sparse matrix' contributions: values at the same place are added up.
struct MatrixPlaces
{
  std::vector<int> rows, columns;
};

/// How a linear solve ended.
struct LinearResult
{
  bool         converged  = false;
  unsigned int iterations = 0;
  double       residual   = 0.; ///< |A x − b|₂ / |b|₂
};

/// A linear system on PETSc, distributed by ranges of rows, with a second matrix that the preconditioner is made from.
/// The command line's PETSc options with the prefix -linear_ apply (-linear_ksp_type, -linear_pc_type, ...).
class LinearSystem
{
public:
  /// `n_owned` rows of this rank; any rank may contribute anywhere. `preconditioner`: null where the matrix serves itself.
  LinearSystem(MPI_Comm communicator, std::size_t n_owned, const MatrixPlaces &matrix, const MatrixPlaces *preconditioner);
  ~LinearSystem();

  /// Values in the order of the places. Collective.
  void set_matrix(const std::vector<double> &values);
  /// Also has the preconditioner made anew in the next solve().
  void set_preconditioner(const std::vector<double> &values);
  /// Where the matrix serves itself.
  void renew_preconditioner();

  /// y = A x for the owned rows. Collective.
  void multiply(const std::vector<double> &x, std::vector<double> &y);
  /// Σ_j |A_ji| for the owned columns i. Collective; every rank gets room for all columns, so that it is for occasional use.
  std::vector<double> column_sums_of_sizes();
  /// |diag(A) x|₂. Collective.
  double diagonal_size(const std::vector<double> &x);
  /// From the first guess in x, until |A x − b|₂ ≤ max(tolerance |b|₂, floor) or after `max_iterations`; x is the best that
  /// was found. Collective.
  LinearResult solve(const std::vector<double> &b, std::vector<double> &x, double tolerance, double floor,
                     unsigned int max_iterations);

private:
  struct Petsc;
  std::unique_ptr<Petsc> petsc;
};
} // namespace rhoflow
