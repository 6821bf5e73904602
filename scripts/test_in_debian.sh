#!/bin/sh
# Runs both commands of the README in a fresh root of a release of Debian, as a new user would: a machine of that release is
# not needed. Needs root, debootstrap, about 8 GB on the disk and an hour.
#   scripts/test_in_debian.sh [--keep DIRECTORY] RELEASE [COMMAND ...]
# RELEASE: 12, 13, unstable, or a code name. COMMAND instead of the two, run in a clone of this repository. --keep: the root
# stays in DIRECTORY, and a later call goes on with it instead of installing anew.
set -eu
root=$(cd "$(dirname "$0")/.." && pwd)

usage() {
  sed -n '2,6s/^# \{0,1\}//p' "$0" >&2
  exit 2
}

keep=""
if [ "${1:-}" = "--keep" ]; then
  [ $# -ge 2 ] || usage
  keep=$2
  shift 2
fi
case "${1:-}" in
  12) release=bookworm ;;
  13) release=trixie ;;
  "" | -*) usage ;;
  *) release=$1 ;;
esac
shift
if [ "$(id -u)" -ne 0 ]; then
  echo "A root of its own for Debian can be made by root only: sudo $0 $release" >&2
  exit 2
fi
command -v debootstrap >/dev/null 2>&1 || { echo "This needs debootstrap: apt-get install debootstrap" >&2; exit 2; }

# Mounts end with this process.
if [ -z "${RHOFLOW_OWN_MOUNTS:-}" ]; then
  RHOFLOW_OWN_MOUNTS=1 exec unshare --mount sh "$0" ${keep:+--keep "$keep"} "$release" "$@"
fi

# The mirror that this machine's apt uses.
mirror=$(apt-get indextargets --format '$(SITE)' 'Identifier: Packages' 2>/dev/null | grep -v security | head -n 1)
mirror=${mirror:-http://deb.debian.org/debian}
if [ -n "$keep" ]; then
  mkdir -p "$keep"
  fresh=$(cd "$keep" && pwd)
else
  fresh=$(mktemp -d "${TMPDIR:-/var/tmp}/rhoflow-debian-XXXXXX")
  trap 'umount -R "$fresh/proc" "$fresh/dev" "$fresh/sys" 2>/dev/null || true; rm -rf --one-file-system "$fresh"' EXIT
fi
if [ ! -e "$fresh/etc/debian_version" ]; then
  echo "Debian $release from $mirror into $fresh"
  debootstrap --variant=minbase "$release" "$fresh" "$mirror" >"$fresh.log" 2>&1 ||
    { tail -n 20 "$fresh.log" >&2; exit 1; }
  rm -f "$fresh.log"
  # What leads to the mirror from here leads there from within.
  cp /etc/resolv.conf /etc/hosts "$fresh/etc/" 2>/dev/null || true
  for file in $(grep -lis 'acquire' /etc/apt/apt.conf /etc/apt/apt.conf.d/* || true); do
    cp "$file" "$fresh/etc/apt/apt.conf.d/"
  done
fi
mount -t proc proc "$fresh/proc"
for system in dev sys; do
  mount --rbind "/$system" "$fresh/$system"
  mount --make-rslave "$fresh/$system"
done

rm -rf "$fresh/root/rhoflow"
git clone --quiet "$root" "$fresh/root/rhoflow"
[ $# -gt 0 ] || set -- bash -c 'time ./scripts/demo.sh && time ./scripts/test.sh'
# git and a shell that knows `time` belong to any machine that has a clone.
exec_in() {
  chroot "$fresh" env -i HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin DEBIAN_FRONTEND=noninteractive TERM="${TERM:-dumb}" "$@"
}
exec_in sh -c 'command -v git >/dev/null || { apt-get update && apt-get install -y --no-install-recommends git ca-certificates; }' \
  >"$fresh/root/git.log" 2>&1 || { tail -n 20 "$fresh/root/git.log" >&2; exit 1; }
status=0
exec_in sh -c 'cd /root/rhoflow && exec "$@"' sh "$@" || status=$?
echo "Debian $release: exit status $status"
exit $status
