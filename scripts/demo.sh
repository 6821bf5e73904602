#!/bin/sh
# From a clean machine to a wide network that learns, as a density and as finite networks: installs what is missing, builds the
# programs, runs parameter_files/quickstart.prm on 2 ranks into runs/quickstart, and makes pictures and a report of it.
#   scripts/demo.sh [Section/Name=value ...]
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)
cd "$root"
. scripts/environment.sh
# On one machine: Open MPI 5 complains about networks that lead nowhere.
export OMPI_MCA_btl="${OMPI_MCA_btl:-^tcp}"

scripts/install_dependencies.sh
scripts/build.sh --target "rhoflow rhoflow-plot" -DRHOFLOW_TESTS=OFF -DRHOFLOW_BENCHMARKS=OFF
mpirun -np 2 build/release/rhoflow parameter_files/quickstart.prm "Output directory=runs/quickstart" Overwrite=true "$@"
echo
echo "Pictures"
build/release/rhoflow-plot runs/quickstart

cat <<EOF

Program         $root/build/release/rhoflow
Results         $root/runs/quickstart
  report.html          what was solved, whether it agrees with SGD, and all pictures: open it in a browser
  statistics.csv       risk, moments, mass, energy balance at every output time
  comparison.csv       the density beside the finite networks trained by SGD
  density.pvd          the density, for ParaView
Parameter file  $root/parameter_files/quickstart.prm
Manual          $root/build/release/rhoflow --print-parameters
EOF
