#!/usr/bin/env bash
# The small kernel with IOMMUFD, which Debian's has not, from Debian's sources. Prints the path of its bzImage.
# Takes 5 to 20 minutes of two processors, once.
set -euo pipefail
source "$(dirname "$0")/cache.sh"
source "$here/setup/sid-chroot.sh"

root=$("$here/setup/sid-root.sh")
package=$(ls "$root"/packages/linux-source-*.deb)
fragment=$here/iommufd-kernel.config
image=$cache/iommufd-kernel-$({ basename "$package"; cat "$fragment" "$here/setup/iommufd-kernel.sh"; } | fingerprint)
if [ -e "$image" ]; then
  printf '%s\n' "$image"
  exit
fi

building "$image" 3000

build=$root/build/kernel
if [ ! -e "$build/unpacked" ]; then
  rm -rf "$build"
  mkdir -p "$build"
  unpack() {
    dpkg-deb -x "$package" "$build/package" &&
      tar -xf "$build"/package/usr/src/linux-source-*.tar.xz -C "$build" --strip-components=1 &&
      rm -r "$build/package" && touch "$build/unpacked"
  }
  step "unpacking the kernel's sources" unpack
fi

cp "$fragment" "$build/iommufd-kernel.config"
step "configuring the kernel" inside "$root" \
  make -C /build/kernel allnoconfig KCONFIG_ALLCONFIG=iommufd-kernel.config
# A name that Kconfig does not know any more is dropped in silence.
while read -r line; do
  case $line in
    '' | '#'*) ;;
    *=n) if grep -q "^${line%=n}=" "$build/.config"; then fail "the kernel's configuration has no $line"; fi ;;
    *) grep -qx "$line" "$build/.config" || fail "the kernel's configuration has no $line: see $build/.config" ;;
  esac
done <"$fragment"
step "building the kernel with IOMMUFD (5 to 20 minutes)" inside "$root" \
  nice make -C /build/kernel -j"$(nproc)" bzImage
step "keeping the kernel" cp "$build/arch/x86/boot/bzImage" "$image.part"
mv "$image.part" "$image"
rm -rf "$build"
printf '%s\n' "$image"
