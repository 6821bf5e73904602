#include <solvers/base/numerics/machine_kernel.h>
#include <solvers/base/run/version.h>

#include <deal.II/base/config.h>

#include <mpi.h>
#include <p4est_config.h>
#include <petscversion.h>

#include <rhoflow_revision.h>

namespace rhoflow
{
std::vector<std::pair<std::string, std::string>> version_information()
{
  const auto joined = [](const int major, const int minor, const int patch) {
    return std::to_string(major) + "." + std::to_string(minor) + "." + std::to_string(patch);
  };
  char mpi_version[MPI_MAX_LIBRARY_VERSION_STRING];
  int  length = 0;
  MPI_Get_library_version(mpi_version, &length);
  std::string mpi(mpi_version, static_cast<std::size_t>(length));
  mpi = mpi.substr(0, mpi.find_first_of(",\n"));

  return {{"rhoflow", RHOFLOW_VERSION " (revision " RHOFLOW_REVISION ")"},
          {"deal.II", DEAL_II_PACKAGE_VERSION},
          {"PETSc", joined(PETSC_VERSION_MAJOR, PETSC_VERSION_MINOR, PETSC_VERSION_SUBMINOR)},
          {"p4est", P4EST_VERSION},
          {"MPI", mpi},
          {"kernels", machine_kernel::instruction_set()},
#ifdef __clang__
          {"compiler", "clang " __clang_version__}};
#else
          {"compiler", "g++ " __VERSION__}};
#endif
}
} // namespace rhoflow
