# Where everything lies that `npm run test:linux` fetches and builds, and how it is shown. Sourced.

here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${VIOMMU_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/viommu}/linux
log=$cache/setup.log

fail() {
  if [ -t 2 ]; then printf '\r\e[K' >&2; fi
  printf 'test/linux: %s\n' "$1" >&2
  exit 1
}

# Nothing is wrong but that this machine cannot do it.
unable() { (fail "$1") || exit 77; }

# What is being done; overwritten in place, and on a terminal only.
progress() {
  if [ -t 2 ]; then printf '\r\e[K%s' "$*" >&2; fi
  printf '== %s\n' "$*" >>"$log"
}

# step TEXT COMMAND...: runs a command with its output in the log; says why if it fails.
step() {
  local text=$1
  shift
  progress "$text ..."
  if "$@" >>"$log" 2>&1 </dev/null; then return; fi
  if tail -n 40 "$log" | grep -q 'No space left on device'; then
    fail "the disk of $cache is full: free some space, or set VIOMMU_CACHE to a folder elsewhere"
  fi
  [ -t 2 ] && printf '\r\e[K' >&2
  tail -n 15 "$log" | sed 's/^/  /' >&2
  fail "this failed: $text (more in $log); run it again to go on from here"
}

# The name of a thing from everything that it is made of: files or text on standard input.
fingerprint() { sha256sum | cut -c1-16; }

# building RESULT MIB: takes the cache for itself, for something that needs so much space. If another process has made
# RESULT meanwhile, that is all.
building() {
  exec 9>"$cache/lock"
  flock 9
  if [ -e "$1" ]; then
    printf '%s\n' "${1%/versions.txt}"
    exit
  fi
  : >"$log"
  [ "$(id -u)" = 0 ] ||
    unable "this needs root once, for debootstrap and chroot: run $here/setup/${0##*/} as root, with the same cache"
  need_space "$2"
  prune "${1%/versions.txt}"
}

# prune NEW: before NEW is made, removes all but the newest of its kind. Their names end with a fingerprint.
prune() {
  local kind=${1%-[0-9a-f]*} found old
  found=$(find "$cache" -maxdepth 1 -regextype posix-extended \
    -regex ".*/${kind##*/}-[0-9a-f]{16}(\.gz)?" -printf '%T@ %p\n' | sort -rn | tail -n +2 | cut -d' ' -f2-)
  while read -r old; do
    if [ -n "$old" ]; then rm -rf --one-file-system "$old"; fi
  done <<<"$found"
}

need_space() {
  local free
  free=$(df --output=avail -m "$cache" | tail -n 1)
  if [ "$free" -lt "$1" ]; then
    unable "$cache has $((free)) MiB of free space, $1 MiB are needed: set VIOMMU_CACHE to a folder elsewhere"
  fi
}

mkdir -p "$cache" || fail "cannot make the folder $cache: set VIOMMU_CACHE to one that can be written"
