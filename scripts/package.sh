#!/usr/bin/env bash
# Builds the archives of a release: the Joomla package, the package of the extension's libraries, and an archive for PIE of
# each library. All are reproducible: sorted names, one date, no owner.
#
#   FOLDER=target/release-files DIST=dist UPDATE_URL=… AUTHOR=… AUTHOR_URL=… AUTHOR_EMAIL=… scripts/package.sh
#
# FOLDER is the output of scripts/build-release.sh. scripts/manifests.php describes the last four variables.
set -euo pipefail
cd "$(dirname "$0")/.."

# Some hosts have an upload limit of 8 MB.
MOST_BYTES=7000000
files=${FOLDER:-target/release-files}
version=$(sed -n '/^version = /{s/^version = "\(.*\)"/\1/p;q}' Cargo.toml)
epoch=$(git log -1 --format=%ct 2>/dev/null || date -d 2026-01-01 +%s)
dist=${DIST:-dist}
rm -rf "$dist"
mkdir -p "$dist"
dist=$(cd "$dist" && pwd)
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT
shopt -s nullglob

fail() { printf 'package: %s\n' "$*" >&2; exit 1; }

zip_folder() { # folder, archive
    find "$1" -exec touch -h -d "@$epoch" {} +
    (cd "$1" && find . -type f | LC_ALL=C sort | TZ=UTC zip -qX9 -@ "$2")
}

[ -f "$files/MADE" ] || fail "$files is empty: run scripts/build-release.sh first"
scripts/check-glibc.sh "$files"/clover* >/dev/null

# The version is defined in one place. An update to a manifest with another version would have no effect.
for manifest in php-plugin/pkg_cloverpos.xml php-plugin/*/*.xml; do
    grep -q "<version>$version</version>" "$manifest" || fail "$manifest does not say version $version"
done
engine=php-plugin/lib/src/Engine/Engine.php
[ ! -f "$engine" ] || grep -q "VERSION = '$version'" "$engine" || fail "$engine does not say version $version"

others=()
for file in "$files"/NOTICE-*; do
    others+=("${file##*/NOTICE-}=$file")
done
php -n scripts/notices.php "${others[@]}" >"$stage/THIRD-PARTY-NOTICES.txt"

package=$stage/package
mkdir -p "$package/packages"
cp php-plugin/pkg_cloverpos.xml php-plugin/script.php "$package/"
plugins=(php-plugin/plg_*_cloversync)
cp -r php-plugin/lib "$stage/lib_cloversync"
# The app's install SQL is a link to the library's file.
cp -rL php-plugin/app_cloverpos "$stage/plg_j2commerce_app_cloverpos"
cp -r "${plugins[@]}" "$stage/"
php -n scripts/manifests.php manifests "$package/pkg_cloverpos.xml" "$stage"/lib_cloversync/cloversync.xml \
    "$stage"/plg_j2commerce_app_cloverpos/app_cloverpos.xml "$stage"/plg_*_cloversync/cloversync.xml

helpers=$stage/lib_cloversync/helpers
for file in "$files"/clover-helper-*; do
    install -m 0755 "$file" "$helpers/clover-helper-$version-${file##*-}"
done
(cd "$helpers" && programs=(clover-helper-*) && { [ ${#programs[@]} -eq 0 ] || sha256sum "${programs[@]}" >SHA256SUMS; })

for part in lib_cloversync plg_j2commerce_app_cloverpos "${plugins[@]##*/}"; do
    cp LICENSES/GPL-2.0-or-later.txt "$stage/$part/LICENSE"
    zip_folder "$stage/$part" "$package/packages/$part.zip"
    # Compresses the same format by a few hundredths more: two helpers need it.
    TZ=UTC advzip -qz4 "$package/packages/$part.zip"
done
cp -r php-plugin/language "$package/language"
cp LICENSES/GPL-2.0-or-later.txt "$package/LICENSE"
cp "$stage/THIRD-PARTY-NOTICES.txt" "$package/"
zip_folder "$package" "$dist/app_cloverpos.zip"
bytes=$(stat -c %s "$dist/app_cloverpos.zip")
[ "$bytes" -le "$MOST_BYTES" ] || fail "app_cloverpos.zip has $bytes bytes, more than $MOST_BYTES"

if [ -n "${UPDATE_URL:-}" ]; then
    php -n scripts/manifests.php update "$dist/app_cloverpos.zip" >"$dist/${UPDATE_URL##*/}"
    php -n scripts/manifests.php changelog >"$dist/changelog.xml"
fi

licenses() { cp -r LICENSE LICENSES "$stage/THIRD-PARTY-NOTICES.txt" "$1/"; }

libraries=$stage/libraries
mkdir -p "$libraries"
table=
for file in "$files"/cloversync-php*.so; do
    IFS=- read -r _ php api nts machine <<<"$(basename "$file" .so)"
    cp "$file" "$libraries/cloversync-$version-$api-$nts-$machine.so"
    table+=$(printf '    PHP %-5s %-8s cloversync-%s-%s-%s-%s.so' "${php#php}" "$machine" "$version" "$api" "$nts" "$machine")$'\n'
    pie=$stage/pie-$php-$machine
    mkdir -p "$pie"
    cp "$file" "$pie/cloversync.so"
    licenses "$pie"
    # PIE searches for this name.
    zip_folder "$pie" "$dist/php_cloversync-${version}_$php-${machine/aarch64/arm64}-linux-glibc.zip"
done
if [ -n "$table" ]; then
    (cd "$libraries" && sha256sum ./*.so | sed 's# \./# #' >SHA256SUMS)
    licenses "$libraries"
    cp -r stubs "$libraries/stubs"
    cat >"$libraries/README.txt" <<TEXT
CloverSync's PHP extension, version $version

The Clover POS Integration does not need these files: it includes a helper program. If you can change php.ini on your server,
PHP can load the extension instead, which is faster with large catalogs.

1. Choose the file for your PHP and your machine ("php -i" shows both; thread-safe PHP is not supported):

$table
2. Copy it to a folder that PHP can read, for example PHP's extension folder ("php -i" shows it as extension_dir). Never copy
   over a file that PHP has loaded: keep the old file, add the new one, and change the line.
3. Add one line to the php.ini of the web server and to that of the command line, with the full path, for example:

    extension=/usr/local/lib/cloversync/$(cd "$libraries" && set -- *.so && printf '%s' "$1")

   Do not use a PHP-FPM pool (php_admin_value[extension]): the extension refuses to load from there.
4. Restart PHP.

The files run with the GNU C library 2.17 and later: Debian 8, Ubuntu 14.04, RHEL, AlmaLinux and CloudLinux 7, and later
versions of these. SHA256SUMS has their checksums. The folder stubs/ is for editors and static analysis. LICENSE names the
license.
TEXT
    zip_folder "$libraries" "$dist/cloversync-libraries-$version.zip"
fi

for file in "$dist"/*; do
    printf '%-60s %9s bytes\n' "${file##*/}" "$(stat -c %s "$file")"
done
printf '\nMade:\n'
sed 's/^/  /' "$files/MADE"
if [ -s "$files/LEFT-OUT" ]; then
    printf 'Left out:\n'
    sed 's/^/  /' "$files/LEFT-OUT"
fi
