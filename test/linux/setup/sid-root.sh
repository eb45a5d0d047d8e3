#!/usr/bin/env bash
# A folder with Debian sid: QEMU with vfio-user, a compiler, the stock kernel and its headers. Prints its path.
# Nothing is installed on this system, and sid moves on: `versions.txt` says what was got.
set -euo pipefail
source "$(dirname "$0")/cache.sh"
source "$here/setup/sid-chroot.sh"

# To look at things (busybox), to build them (gcc and what a kernel needs), and to run them (QEMU).
packages=(
  qemu-system-x86 qemu-system-data seabios ipxe-qemu busybox-static cpio kmod gzip xz-utils
  gcc make libc6-dev flex bison bc libelf-dev libssl-dev python3-minimal linux-headers-amd64
)

root=$cache/sid-$(printf '%s\n' "${packages[@]}" | cat - "$here/setup/sid-root.sh" | fingerprint)
if [ -e "$root/versions.txt" ]; then
  printf '%s\n' "$root"
  exit
fi

building "$root/versions.txt" 4000
for program in apt-get dpkg-deb unshare chroot; do
  command -v "$program" >/dev/null ||
    fail "there is no $program: this step needs a Debian, or something like it"
done

# What apt uses, this uses: mirror and proxy.
mirror=${VIOMMU_DEBIAN_MIRROR:-$(
  apt-get indextargets --format '$(REPO_URI)' 'Created-By: Packages' 'Origin: Debian' | head -n 1
)}
[ -n "$mirror" ] ||
  fail "apt knows no mirror of Debian (apt-get update): set VIOMMU_DEBIAN_MIRROR to one's address"
proxy=$(apt-config dump --format '%v%n' Acquire::http::Proxy)
if [ -n "$proxy" ]; then export http_proxy=$proxy https_proxy=$proxy; fi

part=$root.part
downloads=$cache/downloads
mkdir -p "$downloads/packages"

reach_mirror() { /usr/lib/apt/apt-helper download-file "${mirror%/}/dists/sid/InRelease" "$downloads/InRelease"; }
progress "asking the mirror for sid ..."
reach_mirror >>"$log" 2>&1 || fail "no answer from apt's mirror of Debian: is there a network? (more in $log)"

# A package of this system's apt, unpacked beside everything else.
unpacked() {
  local folder=$downloads/$1
  if [ ! -d "$folder" ]; then
    (cd "$downloads" && step "fetching $1" apt-get download "$1")
    dpkg-deb -x "$downloads/$1"_*.deb "$folder.part"
    mv "$folder.part" "$folder"
  fi
  printf '%s\n' "$folder"
}

if ! command -v debootstrap >/dev/null; then
  tools=$(unpacked debootstrap)
  export DEBOOTSTRAP_DIR=$tools/usr/share/debootstrap PATH=$tools/usr/sbin:$PATH
fi
keys=/usr/share/keyrings/debian-archive-keyring.gpg
[ -e "$keys" ] || keys=$(unpacked debian-archive-keyring)$keys

if [ ! -e "$part/made" ]; then
  rm -rf --one-file-system "$part"
  # In namespaces of its own: it mounts /proc, and may be killed.
  step "making a root of Debian sid" unshare --mount --pid --fork --kill-child --mount-proc \
    debootstrap --variant=minbase --include=ca-certificates \
    --cache-dir="$downloads/packages" --keyring="$keys" sid "$part" "$mirror"
  touch "$part/made"
fi

# Proxies, and how old a mirror may be: sid of a mirror that stands still has expired.
apt-config dump | grep -E '^Acquire::(https?::Proxy|Check-Valid-Until|Check-Date) ' \
  >"$part/etc/apt/apt.conf.d/90host" || true
step "asking what sid has" inside "$part" apt-get update
step "getting QEMU, the compiler and the kernel's headers" inside "$part" apt-get install -y --no-install-recommends \
  -o APT::Keep-Downloaded-Packages=true -o DPkg::Options::=--force-unsafe-io "${packages[@]}"

# The kernel that the headers are for, as files: its package would want to be booted.
release=$(basename "$(ls -d "$part"/lib/modules/*/build | head -n 1 | xargs dirname)")
kernel_packages=$(inside "$part" apt-cache --names-only search "^linux-(binary|modules)-${release//+/\\+}\$" | cut -d' ' -f1)
[ -n "$kernel_packages" ] || fail "sid has no linux-binary and linux-modules of $release, whose headers it has"
source_package=$(inside "$part" apt-cache --names-only search "^linux-source-${release%%.*}\.[0-9]+\$" | cut -d' ' -f1 | sort -V | tail -n 1)
mkdir -p "$part/packages"
for package in $kernel_packages $source_package; do
  if ! ls "$part/packages/${package}"_*.deb >/dev/null 2>&1; then
    step "fetching $package" inside "$part" sh -c 'cd /packages && apt-get download "$1"' sh "$package"
  fi
done
for package in $kernel_packages; do
  step "unpacking $package" dpkg-deb -x "$part/packages/$package"_*.deb "$part/kernel"
done

# QEMU with the libraries of its own root, so that running it needs no chroot.
cat >"$part/qemu-system-x86_64" <<'END'
#!/bin/sh
root=$(dirname "$(readlink -f "$0")")
export QEMU_MODULE_DIR="$root/usr/lib/x86_64-linux-gnu/qemu"
exec "$root/lib64/ld-linux-x86-64.so.2" --library-path "$root/usr/lib/x86_64-linux-gnu" \
  "$root/usr/bin/qemu-system-x86_64" -L "$root/usr/share/qemu" -L "$root/usr/share/seabios" "$@"
END
chmod +x "$part/qemu-system-x86_64"

{
  printf 'kernel %s\n' "$release"
  printf 'source %s\n' "$(basename "$part/packages/$source_package"_*.deb .deb)"
  inside "$part" dpkg-query -W -f '${Package} ${Version}\n' qemu-system-x86 seabios busybox-static gcc
} >"$part/versions.part"
rm -rf "$part"/var/cache/apt/archives/*.deb
mv "$part/versions.part" "$part/versions.txt"
mv "$part" "$root"
printf '%s\n' "$root"
