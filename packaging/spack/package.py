# Spack's package, for a repository of yours. `spack repo create` prints its folder: ~/rhoflow_repo, and from Spack 1.0 on
# ~/rhoflow_repo/spack_repo/rhoflow.
#   spack repo create ~/rhoflow_repo rhoflow
#   mkdir -p FOLDER/packages/rhoflow && cp packaging/spack/package.py FOLDER/packages/rhoflow && spack repo add FOLDER
#   spack dev-build rhoflow@main
# The last line is for the root of a clone. It needs Spack 0.23 or newer.
try:
    from spack_repo.builtin.build_systems.cmake import CMakePackage, generator
except ImportError:
    pass  # before Spack 1.0 the next line brings them

from spack.package import *


class Rhoflow(CMakePackage):
    """Finite elements for the distributional dynamics of wide two-layer neural networks: McKean-Vlasov and
    Fokker-Planck equations on parameter space, checked against particle SGD."""

    license("LGPL-2.1-or-later")

    version("main", branch="main")

    variant("pictures", default=False, description="rhoflow-plot: pictures and reports with VTK")
    variant("portable", default=True, description="Kernels for every x86-64, chosen at start; else for this machine alone")

    depends_on("c", type="build")
    depends_on("cxx", type="build")
    depends_on("cmake@3.25:", type="build")
    depends_on("ninja", type="build")
    depends_on("mpi")
    depends_on("dealii@9.4: +hdf5 +mpi +p4est +petsc +slepc")
    depends_on("boost +iostreams +serialization")
    depends_on("muparser@2.3:")
    depends_on("random123")
    depends_on("lemon")
    depends_on("nlohmann-json@3.9:")
    depends_on("vtk@9:", when="+pictures")
    depends_on("libx11", when="+pictures")

    generator("ninja")

    def cmake_args(self):
        return [
            self.define_from_variant("RHOFLOW_PICTURES", "pictures"),
            self.define("RHOFLOW_NATIVE", self.spec.satisfies("~portable")),
            self.define("RHOFLOW_TESTS", False),
            self.define("RHOFLOW_BENCHMARKS", False),
        ]

    @run_after("install")
    @on_package_attributes(run_tests=True)
    def check_install(self):
        program = Executable(self.prefix.bin.rhoflow)
        program("--version")
