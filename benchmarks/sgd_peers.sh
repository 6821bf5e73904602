#!/bin/sh
# One step of batch-1 SGD in double precision on one core: rhoflow beside a plain fused C++ loop and PyTorch's CPU build, in
# turns, with the same initial neurons and samples.
#   benchmarks/sgd_peers.sh [M d] ...     (standard: 1000 40 4000 100; after building. DRIVER: path of the driver, standard
#                                          build/release/benchmarks/sgd_peers; PYTHON=/usr/bin/python3; ROUNDS=5; CORE=0)
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
driver=${DRIVER:-$here/build/release/benchmarks/sgd_peers}
python=${PYTHON:-/usr/bin/python3}
rounds=${ROUNDS:-5}
core=${CORE:-0}
if [ -f "$here/scripts/environment.sh" ]; then
  . "$here/scripts/environment.sh"
fi
export OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1
[ $# -gt 0 ] || set -- 1000 40 4000 100
[ -x "$driver" ] || { echo "$driver is missing: cmake --build build/release --target sgd_peers" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
torch=yes
if ! "$python" -c 'import torch' 2> /dev/null; then
  echo "There is no PyTorch for $python, its rows are left out: apt-get install python3-torch" >&2
  torch=no
fi

# median NAME: of the values that $work/log has for it
median() {
  awk -v name="$1" '$1 == name { print $2 }' "$work/log" | sort -g |
    awk '{ v[NR] = $1 } END { if (NR) print v[int((NR + 1) / 2)] }'
}

# row LABEL NAME
row() {
  time=$(median "$2")
  [ -n "$time" ] || return 0
  echo "$time $ours $drawing $(median "difference_of_$2")" | awk -v label="$1" '{
    printf "  %-28s %10.2f %8.2f %18.2f %14.1e\n", label, $1, $1 / $2, ($1 + $3) / $2, $4 }'
}

echo "$(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), core $core, load $(cut -d ' ' -f 1-3 /proc/loadavg)"
if [ $torch = yes ]; then
  "$python" -c 'import torch; print("PyTorch", torch.__version__)'
  blas=$(readlink -f /etc/alternatives/libblas.so.3-"$(uname -m)"-linux-gnu 2> /dev/null) && echo "BLAS $blas"
fi
while [ $# -ge 2 ]; do
  : > "$work/log"
  for round in $(seq "$rounds"); do
    taskset -c "$core" "$driver" "$1" "$2" --export "$work/trajectory" >> "$work/log"
    if [ $torch = yes ]; then
      taskset -c "$core" "$python" "$here/benchmarks/sgd_peers.py" "$work/trajectory" >> "$work/log"
    fi
  done
  ours=$(median rhoflow)
  drawing=$(median drawing_a_sample)
  printf 'M = %s, d = %s, %s rounds; drawing a sample takes %.2f us\n' "$1" "$2" "$rounds" "$drawing"
  printf '  %-28s %10s %8s %18s %14s\n' '' 'step [us]' ratio 'ratio with drawing' 'difference'
  printf '  %-28s %10.2f\n' 'rhoflow, drawing its samples' "$ours"
  row 'plain loop, -O3' plain_loop_in_order
  row 'plain loop, -ffast-math' plain_loop
  row 'PyTorch, tensors, w [M][d]' PyTorch_tensor_updates
  row 'PyTorch, tensors, w [d][M]' PyTorch_tensor_updates_transposed
  row 'PyTorch, autograd' PyTorch_autograd
  shift 2
done
