# inside ROOT COMMAND...: runs a command in a Debian root, in mount and process namespaces of its own, so
# that nothing stays mounted or running. Sourced.
inside() {
  local root=$1
  shift
  unshare --mount --pid --fork --kill-child --mount-proc="$root/proc" \
    chroot "$root" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C \
    DEBIAN_FRONTEND=noninteractive "$@"
}
