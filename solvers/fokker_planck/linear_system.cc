#include <solvers/fokker_planck/linear_system.h>

#include <petscksp.h>

#include <algorithm>
#include <cmath>

#include <solvers/base/ranks.h>
#include <solvers/fokker_planck/petsc_check.h>

namespace rhoflow
{
struct LinearSystem::Petsc
{
  Mat  matrix = nullptr, preconditioner = nullptr;
  Vec  x = nullptr, b = nullptr;
  KSP  ksp                = nullptr;
  bool new_preconditioner = true;

  ~Petsc()
  {
    KSPDestroy(&ksp);
    if (preconditioner != matrix)
      MatDestroy(&preconditioner);
    MatDestroy(&matrix);
    VecDestroy(&x);
    VecDestroy(&b);
  }
};

namespace
{
Mat make_matrix(MPI_Comm comm, PetscInt n, const MatrixPlaces &places)
{
  Mat matrix;
  petsc_check(MatCreate(comm, &matrix));
  petsc_check(MatSetSizes(matrix, n, n, PETSC_DETERMINE, PETSC_DETERMINE));
  petsc_check(MatSetType(matrix, MATAIJ));
  std::vector<PetscInt> rows(places.rows.begin(), places.rows.end()), columns(places.columns.begin(), places.columns.end());
  petsc_check(MatSetPreallocationCOO(matrix, static_cast<PetscCount>(rows.size()), rows.data(), columns.data()));
  return matrix;
}

/// An option of this system unless the command line has it.
void set_default(const std::string &option, const char *value)
{
  PetscBool given;
  petsc_check(PetscOptionsHasName(nullptr, "linear_", option.c_str(), &given));
  if (!given)
    petsc_check(PetscOptionsSetValue(nullptr, ("-linear_" + option.substr(1)).c_str(), value));
}

void copy_in(const std::vector<double> &values, Vec vector)
{
  PetscScalar *array;
  petsc_check(VecGetArray(vector, &array));
  std::copy(values.begin(), values.end(), array);
  petsc_check(VecRestoreArray(vector, &array));
}

void copy_out(Vec vector, std::vector<double> &values)
{
  const PetscScalar *array;
  petsc_check(VecGetArrayRead(vector, &array));
  std::copy(array, array + values.size(), values.begin());
  petsc_check(VecRestoreArrayRead(vector, &array));
}
} // namespace

LinearSystem::LinearSystem(MPI_Comm comm, std::size_t n_owned, const MatrixPlaces &matrix, const MatrixPlaces *preconditioner)
  : petsc(std::make_unique<Petsc>())
{
  const auto n          = static_cast<PetscInt>(n_owned);
  petsc->matrix         = make_matrix(comm, n, matrix);
  petsc->preconditioner = preconditioner != nullptr ? make_matrix(comm, n, *preconditioner) : petsc->matrix;
  petsc_check(MatCreateVecs(petsc->matrix, &petsc->x, &petsc->b));
  petsc_check(KSPCreate(comm, &petsc->ksp));
  petsc_check(KSPSetOptionsPrefix(petsc->ksp, "linear_"));
  petsc_check(KSPSetOperators(petsc->ksp, petsc->matrix, petsc->preconditioner));
  petsc_check(KSPSetInitialGuessNonzero(petsc->ksp, PETSC_TRUE));
  petsc_check(KSPSetType(petsc->ksp, KSPFGMRES));
  petsc_check(KSPGMRESSetRestart(petsc->ksp, 60));
  petsc_check(KSPSetPCSide(petsc->ksp, PC_RIGHT));
  petsc_check(KSPSetNormType(petsc->ksp, KSP_NORM_UNPRECONDITIONED));
  PC pc;
  petsc_check(KSPGetPC(petsc->ksp, &pc));
  if (number_of_ranks(comm) == 1 && comm == MPI_COMM_SELF)
    {
      petsc_check(PCSetType(pc, PCLU));
      // The entries have the size of cells: PETSc's limit of 2e-14 knows nothing of them.
      petsc_check(PCFactorSetZeroPivot(pc, 1e-250));
    }
  else
    {
      // Of BoomerAMG's choices these are the fastest here: half the time of its defaults in three dimensions.
      petsc_check(PCSetType(pc, PCHYPRE));
      set_default("-pc_hypre_boomeramg_coarsen_type", "HMIS");
      set_default("-pc_hypre_boomeramg_interp_type", "ext+i");
      set_default("-pc_hypre_boomeramg_P_max", "4");
    }
  petsc_check(KSPSetFromOptions(petsc->ksp));
}

LinearSystem::~LinearSystem() = default;

void LinearSystem::set_matrix(const std::vector<double> &values)
{
  petsc_check(MatSetValuesCOO(petsc->matrix, values.data(), INSERT_VALUES));
}

void LinearSystem::set_preconditioner(const std::vector<double> &values)
{
  petsc_check(MatSetValuesCOO(petsc->preconditioner, values.data(), INSERT_VALUES));
  petsc->new_preconditioner = true;
}

void LinearSystem::renew_preconditioner()
{
  petsc->new_preconditioner = true;
}

void LinearSystem::multiply(const std::vector<double> &x, std::vector<double> &y)
{
  y.resize(x.size());
  copy_in(x, petsc->x);
  petsc_check(MatMult(petsc->matrix, petsc->x, petsc->b));
  copy_out(petsc->b, y);
}

std::vector<double> LinearSystem::column_sums_of_sizes()
{
  PetscInt n, first, last;
  petsc_check(MatGetSize(petsc->matrix, nullptr, &n));
  petsc_check(MatGetOwnershipRangeColumn(petsc->matrix, &first, &last));
  std::vector<PetscReal> all(static_cast<std::size_t>(n));
  petsc_check(MatGetColumnNorms(petsc->matrix, NORM_1, all.data()));
  return {all.begin() + first, all.begin() + last};
}

double LinearSystem::diagonal_size(const std::vector<double> &x)
{
  copy_in(x, petsc->x);
  petsc_check(MatGetDiagonal(petsc->matrix, petsc->b));
  petsc_check(VecPointwiseMult(petsc->b, petsc->b, petsc->x));
  PetscReal norm;
  petsc_check(VecNorm(petsc->b, NORM_2, &norm));
  return norm;
}

LinearResult LinearSystem::solve(const std::vector<double> &b, std::vector<double> &x, double tolerance, double floor,
                                 unsigned int max_iterations)
{
  copy_in(b, petsc->b);
  copy_in(x, petsc->x);
  petsc_check(KSPSetReusePreconditioner(petsc->ksp, petsc->new_preconditioner ? PETSC_FALSE : PETSC_TRUE));
  petsc->new_preconditioner = false;
  // A long step starts from a residual that dwarfs the right-hand side: that is no divergence.
  petsc_check(KSPSetTolerances(petsc->ksp, tolerance, floor, 1e100, static_cast<PetscInt>(max_iterations)));
  petsc_check(KSPSolve(petsc->ksp, petsc->b, petsc->x));
  KSPConvergedReason reason;
  PetscInt           iterations;
  PetscReal          residual, size;
  petsc_check(KSPGetConvergedReason(petsc->ksp, &reason));
  petsc_check(KSPGetIterationNumber(petsc->ksp, &iterations));
  petsc_check(KSPGetResidualNorm(petsc->ksp, &residual));
  petsc_check(VecNorm(petsc->b, NORM_2, &size));
  copy_out(petsc->x, x);
  return {reason > 0, static_cast<unsigned int>(iterations), size > 0. ? residual / size : residual};
}
} // namespace rhoflow
