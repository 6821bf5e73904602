#!/bin/sh
# Installs what rhoflow is built with, from Debian (12 or newer) or a relative of it. Does nothing, and needs neither the
# network nor rights, when everything is there.
#   scripts/install_dependencies.sh [--fuzz]
# --fuzz: only what scripts/fuzz.sh needs besides, clang with libFuzzer (about 40 MB to load, 250 MB on the disk).
set -eu

packages="g++ make cmake ninja-build git libdeal.ii-dev libmuparser-dev catch2 librandom123-dev liblemon-dev nlohmann-json3-dev"
# Pictures, the virtual display that they need where there is none, and the video of a density over time.
packages="$packages libvtk9-dev xvfb xauth libgl1-mesa-dri fonts-dejavu-core ffmpeg"
# Debian 12 has the linker gold; later releases have mold in its place.
if dpkg --compare-versions "$(dpkg-query -W -f='${Version}' libc6 2>/dev/null || echo 0)" ge 2.38 2>/dev/null; then
  packages="$packages mold"
fi
if [ "${1:-}" = "--fuzz" ]; then
  packages="clang libclang-rt-dev"
fi

missing() {
  for package in $packages; do
    # git and compilers may come from elsewhere, but then the package's name says what is wanted.
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null || true)" != installed ]; then
      printf '%s ' "$package"
    fi
  done
}

if ! command -v dpkg-query >/dev/null 2>&1 || ! command -v apt-get >/dev/null 2>&1; then
  cat >&2 <<EOF
This system has no apt: rhoflow's dependencies cannot be installed automatically. Please install
  a C++17 compiler, CMake 3.25 or newer, Ninja, git, MPI, Catch2 (2.13 or 3), Random123, LEMON, muParser 2.3, JSON for Modern C++ 3.9,
  deal.II 9.4 or newer with MPI, p4est, PETSc and SLEPc (set DEAL_II_DIR if CMake does not find it),
  for pictures VTK 9, X11, Xvfb, and the DejaVu fonts (or -DRHOFLOW_PICTURES=OFF), for videos ffmpeg
and run  cmake --preset release && cmake --build build/release.
EOF
  exit 1
fi

needed=$(missing)
if [ -z "$needed" ]; then
  echo "Dependencies: all installed."
  exit 0
fi

echo "Installing: $needed"
as_root=""
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Installing packages needs root, and there is no sudo. As root: apt-get install --no-install-recommends $needed" >&2
    exit 1
  fi
  as_root="sudo"
fi
# sudo drops the environment, so the setting goes through env.
$as_root env DEBIAN_FRONTEND=noninteractive apt-get update
# shellcheck disable=SC2086  # a list of words
$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends $needed
