#!/usr/bin/env bash
# The initramfs of both guests: busybox, the program of the flows, the stock kernel's modules and the one of our
# own. Prints its path.
set -euo pipefail
source "$(dirname "$0")/cache.sh"
source "$here/setup/sid-chroot.sh"

root=$("$here/setup/sid-root.sh")
release=$(sed -n 's/^kernel //p' "$root/versions.txt")
modules=(irqbypass vfio vfio-pci-core vfio-pci vfio_iommu_type1)

image=$cache/initramfs-$({
  cd "$here/guest"
  find . -type f -print0 | sort -z | xargs -0 sha256sum
  cat "$root/versions.txt" "$here/setup/initramfs.sh"
} | fingerprint).gz
if [ -e "$image" ]; then
  printf '%s\n' "$image"
  exit
fi

building "$image" 200

build=$root/build/guest
files=$build/files
rm -rf "$build"
mkdir -p "$files/bin" "$files/modules"
cp -r "$here/guest/." "$build/sources"

step "compiling the guest's program" inside "$root" sh -c \
  'cd /build/guest/sources && gcc -std=gnu17 -O2 -Wall -Wextra -Werror -static -o ../files/bin/flows *.c'
step "compiling the guest's module" inside "$root" \
  make -C "/lib/modules/$release/build" M=/build/guest/sources/module modules
cp "$build/sources/module/viommu_sva.ko" "$files/modules"
for module in "${modules[@]}"; do
  found=$(find "$root/kernel/usr/lib/modules/$release/kernel" -name "$module.ko*")
  case $found in
    *.ko) cp "$found" "$files/modules" ;;
    *.ko.xz) step "unpacking $module" inside "$root" sh -c 'xz -dc "$1" >"$2"' sh \
      "${found#"$root"}" "/build/guest/files/modules/$module.ko" ;;
    *) fail "the kernel $release has no module $module" ;;
  esac
done
cp "$root/usr/bin/busybox" "$files/bin"
cp "$build/sources/init" "$files/init"

step "packing the initramfs" inside "$root" sh -c \
  'cd /build/guest/files && find . | cpio --quiet -o -H newc -R 0:0 | gzip -n >/build/guest/initramfs.gz'
mv "$build/initramfs.gz" "$image.part"
mv "$image.part" "$image"
rm -rf "$build"
printf '%s\n' "$image"
