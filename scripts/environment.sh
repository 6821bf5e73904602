# shellcheck shell=sh
# Environment for Open MPI as root, in containers, and with more ranks than cores. To be sourced; the values that the user has
# set stay. tests/CMakeLists.txt sets the same for ctest.
export OMPI_ALLOW_RUN_AS_ROOT="${OMPI_ALLOW_RUN_AS_ROOT:-1}"
export OMPI_ALLOW_RUN_AS_ROOT_CONFIRM="${OMPI_ALLOW_RUN_AS_ROOT_CONFIRM:-1}"
export OMPI_MCA_rmaps_base_oversubscribe="${OMPI_MCA_rmaps_base_oversubscribe:-1}"
export OMPI_MCA_hwloc_base_binding_policy="${OMPI_MCA_hwloc_base_binding_policy:-none}"
export OMPI_MCA_mpi_yield_when_idle="${OMPI_MCA_mpi_yield_when_idle:-1}"
# OMPI_MCA_odls_base_sigkill_timeout, the seconds that mpirun leaves between SIGTERM and SIGKILL, stays at its default of 1: with
# 30, Open MPI 4 takes a minute for every run that fails, and still ends with status 1 where the state was saved; Open MPI 5 has no such
# setting. Where a state must be saved, SIGTERM goes to the ranks and not to mpirun: env --block-signal=TERM mpirun ...
# (scripts/slurm/rhoflow.sbatch).
# Open MPI 5 has a launcher of its own, which reads other names.
export PRTE_MCA_rmaps_default_mapping_policy="${PRTE_MCA_rmaps_default_mapping_policy:-:oversubscribe}"
export PRTE_MCA_hwloc_default_binding_policy="${PRTE_MCA_hwloc_default_binding_policy:-none}"
export OMPI_MCA_btl_vader_single_copy_mechanism="${OMPI_MCA_btl_vader_single_copy_mechanism:-none}"
export OMP_NUM_THREADS="${OMP_NUM_THREADS:-1}"
