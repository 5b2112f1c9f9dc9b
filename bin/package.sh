#!/usr/bin/env bash
# Packs what can be installed today: the extension with its stubs and licence, and the shop-side library.
# The archives are the same byte for byte each time: names sorted, one date, no owner.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml | head -n1)
php_api=$(php -n -r 'printf("php%d.%d-%s%s", PHP_MAJOR_VERSION, PHP_MINOR_VERSION, PHP_ZTS ? "zts" : "nts", PHP_DEBUG ? "-debug" : "");')
machine=$(uname -m)
epoch=$(git log -1 --format=%ct 2>/dev/null || echo 0)
rm -rf dist
mkdir -p dist

pack() { # archive, folder
    tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$2" -czf "dist/$1" .
    printf 'dist/%s  %s bytes\n' "$1" "$(stat -c %s "dist/$1")"
}

stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
mkdir -p "$stage/extension/stubs"
cp target/release/libcloversync.so "$stage/extension/cloversync.so"
cp -r stubs/. "$stage/extension/stubs/"
cp LICENSE "$stage/extension/"
pack "cloversync-$version-$php_api-linux-$machine.tar.gz" "$stage/extension"

mkdir -p "$stage/lib"
cp -r php-plugin/lib/. "$stage/lib/"
cp LICENSE "$stage/lib/"
pack "cloversync-shop-library-$version.tar.gz" "$stage/lib"
