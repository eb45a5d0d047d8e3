#!/bin/sh
# Writes which compiler and linker made the images, and what came out, as JSON on stdout.
# usage: record-build.sh CC LD DIRECTORY PROGRAM...
set -eu

cc=$1 ld=$2 directory=$3
shift 3

printf '{\n  "compiler": "%s",\n' "$($cc --version | head -n 1)"
printf '  "target": "%s",\n' "$($cc -dumpmachine)"
printf '  "linker": "%s",\n  "images": [\n' "$($ld --version | head -n 1)"
separator=
for program; do
	file=$directory/$program.elf
	printf '%b    { "name": "%s.elf", "bytes": %s, "sha256": "%s" }' "$separator" "$program" \
		"$(wc -c <"$file" | tr -d ' ')" "$(sha256sum "$file" | cut -d ' ' -f 1)"
	separator=',\n'
done
printf '\n  ]\n}\n'
