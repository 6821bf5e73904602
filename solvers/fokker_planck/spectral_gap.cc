#include <solvers/fokker_planck/spectral_gap.h>

#include <deal.II/base/mpi.h>
#include <deal.II/lac/full_matrix.h>
#include <deal.II/lac/lapack_full_matrix.h>
#include <deal.II/lac/vector.h>

#include <slepceps.h>

#include <algorithm>
#include <cmath>
#include <exception>
#include <functional>
#include <limits>

#include <solvers/base/numerics/exact_sum.h>
#include <solvers/discretization/nodal/nodal_potential.h>
#include <solvers/discretization/nodal/nodal_space.h>
#include <solvers/fokker_planck/equilibrium.h>
#include <solvers/fokker_planck/fitted_operator.h>
#include <solvers/fokker_planck/petsc_check.h>
#include <solvers/fokker_planck/symmetric_system.h>

namespace rhoflow
{
namespace
{
/// Products of smaller masses underflow.
constexpr double smallest_mass = 1e-280;
/// Of the error in the norm of the rates, √(zᵀ Ã z).
constexpr double linear_tolerance = 1e-11;
/// Of the residual of an eigenvector of an inverse, relative to the eigenvalue. The error of the rate is that squared.
constexpr double eigenvector_tolerance = 1e-8;
/// What the two ways to a rate may differ by.
constexpr double largest_disagreement = 1e-4;
} // namespace

LinearisedOperator::LinearisedOperator(FittedOperator &fitted_operator, const NodalPotential &field,
                                       const Equilibrium &equilibrium)
  : fitted(fitted_operator)
  , potential(field)
{
  const NodalSpace &space = fitted.space();
  std::fill(fitted.fallback().begin(), fitted.fallback().end(), 0);
  fitted.update(potential.exponents(equilibrium.e));

  std::vector<double> masses(space.n_owned());
  double              largest = 0.;
  for (std::size_t i = 0; i < masses.size(); ++i)
    {
      masses[i] = space.weights()[i] * equilibrium.density[i];
      largest   = std::max(largest, masses[i]);
    }
  largest = dealii::Utilities::MPI::max(largest, space.mesh().communicator());
  for (std::size_t i = 0; i < masses.size(); ++i)
    {
      if (!(masses[i] > smallest_mass * largest))
        masses[i] = 0.;
      root.push_back(std::sqrt(masses[i]));
      density.push_back(masses[i] / space.weights()[i]);
    }

  const unsigned int n = n_modes();
  if (n > 0)
    {
      const std::vector<double>        moments = potential.second_moments(masses);
      dealii::LAPACKFullMatrix<double> matrix(n, n);
      dealii::Vector<double>           sigma;
      dealii::FullMatrix<double>       q;
      double                           trace = 0.;
      for (unsigned int j = 0; j < n; ++j)
        {
          trace += moments[j * n + j];
          for (unsigned int k = 0; k < n; ++k)
            matrix(j, k) = .5 * (moments[j * n + k] + moments[k * n + j]);
        }
      matrix.compute_eigenvalues_symmetric(-1. - trace, 1. + 2. * trace, 2. * std::numeric_limits<double>::min(), sigma, q);
      for (unsigned int j = 0; j < n; ++j)
        {
          // ((1 + βσ)^{±1/2} − 1)/σ without the cancellation at small σ.
          const double beta = potential.beta(), grown = std::sqrt(1. + beta * std::max(sigma[j], 0.));
          forward.push_back(beta / (1. + grown));
          inverse.push_back(-beta / (grown * (1. + grown)));
          for (unsigned int k = 0; k < n; ++k)
            vectors.push_back(q(k, j));
        }
    }
  const auto unit = [this](std::vector<double> v) {
    const double size = std::sqrt(product(v, v));
    for (double &value : v)
      value /= size;
    return v;
  };
  frozen_rest     = unit(root);
  linearised_rest = unit(couple(inverse, root));
}

LinearisedOperator::~LinearisedOperator() = default;

unsigned int LinearisedOperator::n_modes() const
{
  return potential.n_modes();
}

double LinearisedOperator::product(const std::vector<double> &v, const std::vector<double> &w) const
{
  double mine = 0.;
  for (std::size_t i = 0; i < v.size(); ++i)
    mine += v[i] * w[i];
  ExactSum sum;
  sum.add(mine);
  return global_sum(sum, fitted.space().mesh().communicator());
}

void LinearisedOperator::remove(const std::vector<double> &unit, std::vector<double> &v) const
{
  const double part = product(unit, v);
  for (std::size_t i = 0; i < v.size(); ++i)
    v[i] -= part * unit[i];
}

std::vector<double> LinearisedOperator::couple(const std::vector<double> &factors, std::vector<double> z) const
{
  const unsigned int n = n_modes();
  if (n == 0)
    return z;
  std::vector<double> rooted(z.size());
  for (std::size_t i = 0; i < z.size(); ++i)
    rooted[i] = root[i] * z[i];
  const std::vector<double> moments = potential.moments(rooted);
  std::vector<double>       back(n, 0.);
  for (unsigned int j = 0; j < n; ++j)
    {
      double sum = 0.;
      for (unsigned int k = 0; k < n; ++k)
        sum += vectors[j * n + k] * moments[k];
      for (unsigned int k = 0; k < n; ++k)
        back[k] += factors[j] * sum * vectors[j * n + k];
    }
  for (std::size_t i = 0; i < z.size(); ++i)
    {
      const std::uint32_t node = fitted.space().owned_node(i);
      const double *const chi  = potential.modes(node);
      double              sum  = 0.;
      for (unsigned int k = 0; k < n; ++k)
        sum += chi[k] * back[k];
      z[i] += root[i] * potential.amplitude(node) * sum;
    }
  return z;
}

std::vector<double> LinearisedOperator::apply(Kind kind, const std::vector<double> &w)
{
  std::vector<double> p = kind == Kind::linearised ? couple(forward, w) : w;
  for (std::size_t i = 0; i < p.size(); ++i)
    p[i] = root[i] > 0. ? p[i] * density[i] / root[i] : 0.;
  std::vector<double> result = fitted.apply(p);
  for (std::size_t i = 0; i < p.size(); ++i)
    result[i] = root[i] > 0. ? result[i] / root[i] : 0.;
  return kind == Kind::linearised ? couple(forward, std::move(result)) : result;
}

void LinearisedOperator::set_shift(double s)
{
  system = std::make_unique<SymmetricSystem>(fitted, density, s, std::max(s, 1e-4 * rate_estimate()));
}

std::vector<double> LinearisedOperator::solve(Kind kind, const std::vector<double> &w)
{
  // (Ã + s) z = g is (K + s M) diag(p*) u = √m* g with z = √m* u.
  std::vector<double> z = w;
  remove(rest(kind), z);
  if (kind == Kind::linearised)
    z = couple(inverse, std::move(z));
  remove(frozen_rest, z);
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] *= root[i];
  if (!system->solve(z, linear_tolerance))
    ++failures;
  for (std::size_t i = 0; i < z.size(); ++i)
    z[i] *= root[i];
  remove(frozen_rest, z);
  if (kind == Kind::linearised)
    {
      z = couple(inverse, std::move(z));
      remove(linearised_rest, z);
    }
  return z;
}

double LinearisedOperator::shifted_size(Kind kind, const std::vector<double> &w) const
{
  std::vector<double> z = kind == Kind::linearised ? couple(forward, w) : w;
  remove(frozen_rest, z);
  return product(z, z);
}

double LinearisedOperator::rate_estimate() const
{
  const NodalSpace &space = fitted.space();
  double            rate  = std::numeric_limits<double>::infinity();
  for (unsigned int d = 0; d < space.dimension(); ++d)
    {
      std::vector<double> z(root.size());
      for (std::size_t i = 0; i < z.size(); ++i)
        z[i] = root[i] * space.position(space.owned_node(i))[d];
      remove(frozen_rest, z);
      rate = std::min(rate, 1. / (potential.beta() * product(z, z)));
    }
  return rate;
}

double LinearisedOperator::smallest_resolved_rate()
{
  return std::numeric_limits<double>::epsilon() * fitted.largest_rate();
}

std::vector<double> LinearisedOperator::generic_vector() const
{
  const NodalSpace   &space = fitted.space();
  const Domain       &box   = space.mesh().domain();
  std::vector<double> v(root);
  for (std::size_t i = 0; i < v.size(); ++i)
    {
      const double *const theta = space.position(space.owned_node(i));
      double              phase = 1.;
      for (unsigned int d = 0; d < space.dimension(); ++d)
        phase += (9. + 4. * d) * (theta[d] - box.lower[d]) / (box.upper[d] - box.lower[d]);
      v[i] *= std::sin(phase);
    }
  return v;
}

namespace
{
using Kind = LinearisedOperator::Kind;

/// SLEPc's view of an inverse.
class InverseProblem
{
public:
  InverseProblem(LinearisedOperator &linearised_operator, Kind which, MPI_Comm comm)
    : rates(linearised_operator)
    , kind(which)
    , buffer(rates.rest(kind).size())
  {
    const auto n = static_cast<PetscInt>(buffer.size());
    petsc_check(MatCreateShell(comm, n, n, PETSC_DETERMINE, PETSC_DETERMINE, this, &matrix));
    petsc_check(MatShellSetOperation(matrix, MATOP_MULT, reinterpret_cast<void (*)()>(&InverseProblem::multiply)));
    petsc_check(EPSCreate(comm, &eps));
    petsc_check(EPSSetOptionsPrefix(eps, "gap_"));
    petsc_check(EPSSetOperators(eps, matrix, nullptr));
    petsc_check(EPSSetProblemType(eps, EPS_HEP));
    petsc_check(EPSSetWhichEigenpairs(eps, EPS_LARGEST_REAL));
    petsc_check(EPSSetTolerances(eps, eigenvector_tolerance, PETSC_DEFAULT));
    petsc_check(EPSSetFromOptions(eps));
    found.push_back(vector(rates.rest(kind)));
  }

  ~InverseProblem()
  {
    for (Vec &v : found)
      VecDestroy(&v);
    EPSDestroy(&eps);
    MatDestroy(&matrix);
  }
  InverseProblem(const InverseProblem &)            = delete;
  InverseProblem &operator=(const InverseProblem &) = delete;

  struct Pair
  {
    double              value;
    std::vector<double> w;
  };
  /// The largest eigenvalues on the complement of what was found before, `wanted` of them or some more. Empty if they do not
  /// converge.
  std::vector<Pair> next(std::size_t wanted)
  {
    petsc_check(EPSSetDimensions(eps, static_cast<PetscInt>(wanted), PETSC_DEFAULT, PETSC_DEFAULT));
    petsc_check(EPSSetDeflationSpace(eps, static_cast<PetscInt>(found.size()), found.data()));
    Vec start = vector(rates.generic_vector());
    petsc_check(EPSSetInitialSpace(eps, 1, &start));
    petsc_check(VecDestroy(&start));
    const PetscErrorCode code = EPSSolve(eps);
    if (failure)
      std::rethrow_exception(failure);
    petsc_check(code);
    PetscInt converged;
    petsc_check(EPSGetConverged(eps, &converged));
    std::vector<Pair> result;
    if (converged < static_cast<PetscInt>(wanted))
      return result;
    for (PetscInt k = 0; k < converged; ++k)
      {
        found.push_back(vector({}));
        result.emplace_back();
        petsc_check(EPSGetEigenpair(eps, k, &result.back().value, nullptr, found.back(), nullptr));
        copy(found.back(), result.back().w);
      }
    return result;
  }

private:
  Vec vector(const std::vector<double> &values) const
  {
    Vec v;
    petsc_check(MatCreateVecs(matrix, &v, nullptr));
    if (!values.empty())
      {
        PetscScalar *array;
        petsc_check(VecGetArray(v, &array));
        std::copy(values.begin(), values.end(), array);
        petsc_check(VecRestoreArray(v, &array));
      }
    return v;
  }

  static void copy(Vec v, std::vector<double> &values)
  {
    const PetscScalar *array;
    PetscInt           n;
    petsc_check(VecGetLocalSize(v, &n));
    petsc_check(VecGetArrayRead(v, &array));
    values.assign(array, array + n);
    petsc_check(VecRestoreArrayRead(v, &array));
  }

  static PetscErrorCode multiply(Mat matrix, Vec x, Vec y)
  {
    void                *context;
    const PetscErrorCode code = MatShellGetContext(matrix, &context);
    if (code != 0)
      return code;
    // No exception may pass through a library in C.
    InverseProblem &self = *static_cast<InverseProblem *>(context);
    try
      {
        copy(x, self.buffer);
        const std::vector<double> result = self.rates.solve(self.kind, self.buffer);
        PetscScalar              *array;
        petsc_check(VecGetArray(y, &array));
        std::copy(result.begin(), result.end(), array);
        petsc_check(VecRestoreArray(y, &array));
      }
    catch (...)
      {
        self.failure = std::current_exception();
        return PETSC_ERR_LIB;
      }
    return 0;
  }

  LinearisedOperator &rates;
  const Kind          kind;
  std::vector<double> buffer;
  Mat                 matrix = nullptr;
  EPS                 eps    = nullptr;
  std::vector<Vec>    found; ///< the vector at rest, then eigenvectors
  std::exception_ptr  failure;
};

/// Returns false if they do not converge.
bool smallest_rates(LinearisedOperator &rates, Kind kind, double shift, std::size_t wanted, std::size_t available,
                    MPI_Comm comm, std::vector<double> &result, double &disagreement)
{
  const std::size_t count = std::min(wanted, available);
  rates.set_shift(shift);
  InverseProblem      problem(rates, kind, comm);
  std::vector<double> values; // descending
  while (result.size() < available)
    {
      const bool complete = values.size() >= count;
      const auto pairs    = problem.next(complete ? 1 : count - values.size());
      if (pairs.empty())
        return false;
      for (const auto &[value, w] : pairs)
        {
          // The error of this quotient is that of the eigenvector squared.
          const double size = rates.product(w, w), rate = rates.product(w, rates.apply(kind, w)) / size;
          const double by_inverse = 1. / value - shift * rates.shifted_size(kind, w) / size;
          disagreement            = std::max(disagreement, std::abs(by_inverse / rate - 1.));
          result.push_back(rate);
        }
      // A Krylov space holds one vector of a multiple eigenvalue: nothing is missing once the rest has smaller ones.
      if (complete && pairs.front().value <= values[count - 1])
        break;
      for (const auto &pair : pairs)
        values.push_back(pair.value);
      std::sort(values.begin(), values.end(), std::greater<>());
    }
  std::sort(result.begin(), result.end());
  result.resize(std::min(result.size(), count));
  return true;
}
} // namespace

SpectralGap find_spectral_gap(FittedOperator &fitted, const NodalPotential &potential, const Equilibrium &equilibrium,
                              unsigned int wanted)
{
  const NodalSpace  &space = fitted.space();
  const MPI_Comm     comm  = space.mesh().communicator();
  LinearisedOperator rates(fitted, potential, equilibrium);
  SpectralGap        gap;
  const std::size_t  available = space.n_global() - 1;
  const double       floor     = rates.smallest_resolved_rate();

  bool found = smallest_rates(rates, Kind::frozen, std::max(1e-6 * rates.rate_estimate(), floor), wanted, available, comm,
                              gap.frozen, gap.disagreement);
  if (found && rates.n_modes() > 0)
    found = smallest_rates(rates, Kind::linearised, std::max(1e-8 * gap.frozen.front(), floor), wanted, available, comm,
                           gap.linearised, gap.disagreement);
  else
    gap.linearised = gap.frozen;

  if (!found)
    gap.failure = "SLEPc's iteration did not converge (options -gap_...)";
  else if (!(gap.disagreement <= largest_disagreement) || !(gap.frozen.front() > floor))
    gap.failure = "the smallest rates drown in rounding errors";
  if (!gap.failure.empty())
    {
      if (rates.n_failures() > 0)
        gap.failure += "; " + std::to_string(rates.n_failures()) + " linear systems were not solved to their tolerance";
      gap.frozen.clear();
      gap.linearised.clear();
    }
  return gap;
}
} // namespace rhoflow
