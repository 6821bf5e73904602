#!/bin/sh
# From a clean machine to a wide network that learns, as a density and as finite networks: installs what is missing, builds the
# program, and runs parameter_files/quickstart.prm on 2 ranks into runs/quickstart.
#   scripts/demo.sh [Section/Name=value ...]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/environment.sh

scripts/install_dependencies.sh
scripts/build.sh --target rhoflow -DRHOFLOW_TESTS=OFF -DRHOFLOW_BENCHMARKS=OFF
mpirun -np 2 build/release/rhoflow parameter_files/quickstart.prm "Output directory=runs/quickstart" Overwrite=true "$@"

cat <<EOF

Program         $root/build/release/rhoflow
Results         $root/runs/quickstart
  statistics.csv       risk, moments, mass, energy balance at every output time
  comparison.csv       the density beside the finite networks trained by SGD
  density.pvd          the density, for ParaView
Parameter file  $root/parameter_files/quickstart.prm
Manual          $root/build/release/rhoflow --print-parameters
EOF
