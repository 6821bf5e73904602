#include <solvers/fokker_planck/symmetric_system.h>

#include <petscksp.h>

#include <algorithm>

#include <solvers/discretization/nodal/nodal_space.h>
#include <solvers/fokker_planck/fitted_operator.h>
#include <solvers/fokker_planck/petsc_check.h>

namespace rhoflow
{
namespace
{
constexpr PetscInt  max_iterations = 1000;
constexpr PetscReal smallest_pivot = 1e-300;

void fill_vector(Vec vector, const std::vector<double> &values)
{
  PetscScalar *array;
  petsc_check(VecGetArray(vector, &array));
  std::copy(values.begin(), values.end(), array);
  petsc_check(VecRestoreArray(vector, &array));
}
} // namespace

struct SymmetricSystem::Petsc
{
  Mat matrix = nullptr, preconditioner = nullptr;
  Vec x = nullptr, b = nullptr;
  KSP ksp = nullptr;

  Mat scaled(const FittedOperator &fitted, const std::vector<double> &p, double s, bool monotone)
  {
    MatrixPlaces              places;
    const std::vector<double> values = fitted.contributions(s, monotone, places);
    const auto                n      = static_cast<PetscInt>(p.size());
    Mat                       result;
    petsc_check(MatCreate(fitted.space().mesh().communicator(), &result));
    petsc_check(MatSetSizes(result, n, n, PETSC_DETERMINE, PETSC_DETERMINE));
    petsc_check(MatSetType(result, MATAIJ));
    const auto count = static_cast<PetscCount>(values.size());
    petsc_check(MatSetPreallocationCOO(result, count, places.rows.data(), places.columns.data()));
    petsc_check(MatSetValuesCOO(result, values.data(), INSERT_VALUES));
    if (x == nullptr)
      petsc_check(MatCreateVecs(result, &x, &b));
    fill_vector(x, p);
    petsc_check(MatDiagonalScale(result, nullptr, x));
    std::vector<double> empty(p.size());
    std::transform(p.begin(), p.end(), empty.begin(), [](double value) { return value > 0. ? 0. : 1.; });
    fill_vector(x, empty);
    petsc_check(MatDiagonalSet(result, x, ADD_VALUES));
    petsc_check(MatSetOption(result, MAT_SYMMETRIC, PETSC_TRUE));
    return result;
  }

  ~Petsc()
  {
    KSPDestroy(&ksp);
    MatDestroy(&preconditioner);
    MatDestroy(&matrix);
    VecDestroy(&x);
    VecDestroy(&b);
  }
};

SymmetricSystem::SymmetricSystem(const FittedOperator &fitted, const std::vector<double> &p, double s,
                                 double preconditioner_shift)
  : petsc(std::make_unique<Petsc>())
{
  const MPI_Comm comm   = fitted.space().mesh().communicator();
  const bool     direct = comm == MPI_COMM_SELF;
  petsc->matrix         = petsc->scaled(fitted, p, s, false);
  // For high degrees multigrid is better on the narrow stencils.
  petsc->preconditioner = petsc->scaled(fitted, p, preconditioner_shift, !direct);
  petsc_check(KSPCreate(comm, &petsc->ksp));
  petsc_check(KSPSetOptionsPrefix(petsc->ksp, "gap_linear_"));
  petsc_check(KSPSetOperators(petsc->ksp, petsc->matrix, petsc->preconditioner));
  petsc_check(KSPSetType(petsc->ksp, KSPCG));
  petsc_check(KSPSetNormType(petsc->ksp, KSP_NORM_NATURAL));
  PC pc;
  petsc_check(KSPGetPC(petsc->ksp, &pc));
  petsc_check(PCSetType(pc, direct ? PCLU : PCHYPRE));
  // What is small here is not zero.
  petsc_check(PCFactorSetZeroPivot(pc, smallest_pivot));
  petsc_check(KSPSetFromOptions(petsc->ksp));
}

SymmetricSystem::~SymmetricSystem() = default;

bool SymmetricSystem::solve(std::vector<double> &b, double tolerance)
{
  fill_vector(petsc->b, b);
  petsc_check(KSPSetTolerances(petsc->ksp, tolerance, 1e-290, 1e100, max_iterations));
  petsc_check(KSPSolve(petsc->ksp, petsc->b, petsc->x));
  KSPConvergedReason reason;
  petsc_check(KSPGetConvergedReason(petsc->ksp, &reason));
  const PetscScalar *array;
  petsc_check(VecGetArrayRead(petsc->x, &array));
  std::copy(array, array + b.size(), b.begin());
  petsc_check(VecRestoreArrayRead(petsc->x, &array));
  // A preconditioner that could not be made leaves no numbers behind, and SLEPc would fall over them.
  if (reason == KSP_DIVERGED_PC_FAILED || reason == KSP_DIVERGED_NANORINF)
    std::fill(b.begin(), b.end(), 0.);
  return reason > 0;
}
} // namespace rhoflow
