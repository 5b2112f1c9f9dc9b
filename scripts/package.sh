#!/usr/bin/env bash
# Builds the Joomla package and the extension's archive. Both are reproducible: sorted names, one date, no owner.
set -euo pipefail
cd "$(dirname "$0")/.."

version=$(sed -n '/^version = /{s/^version = "\(.*\)"/\1/p;q}' Cargo.toml)
php_api=$(php -n -r 'printf("php%d.%d-%s%s", PHP_MAJOR_VERSION, PHP_MINOR_VERSION, PHP_ZTS ? "zts" : "nts", PHP_DEBUG ? "-debug" : "");')
machine=$(uname -m)
epoch=$(git log -1 --format=%ct 2>/dev/null || date -d 2026-01-01 +%s)
rm -rf dist
mkdir -p dist
stage=$(mktemp -d)
trap 'rm -rf "$stage"' EXIT

report() { printf 'dist/%s  %s bytes\n' "$1" "$(stat -c %s "dist/$1")"; }

zip_folder() { # folder, archive
    find "$1" -exec touch -h -d "@$epoch" {} +
    (cd "$1" && find . -type f | LC_ALL=C sort | TZ=UTC zip -qX -@ "$2")
}

# The version is defined in one place. An update to a manifest with another version would have no effect.
for manifest in php-plugin/pkg_cloverpos.xml php-plugin/*/*.xml; do
    grep -q "<version>$version</version>" "$manifest" || { echo "$manifest does not say version $version" >&2; exit 1; }
done

php -n scripts/notices.php >"$stage/THIRD-PARTY-NOTICES.txt"

package=$stage/package
mkdir -p "$package/packages"
for part in lib:lib_cloversync app_cloverpos:plg_j2commerce_app_cloverpos plg_task_cloversync:plg_task_cloversync; do
    folder=$stage/${part#*:}
    # The app's install SQL is a link to the library's file.
    cp -rL "php-plugin/${part%%:*}" "$folder"
    # J2Commerce ships English twice, and a site in American English looks for its own.
    cp -r "$folder/language/en-GB" "$folder/language/en-US"
    cp LICENSES/GPL-2.0-or-later.txt "$folder/LICENSE"
    zip_folder "$folder" "$package/packages/${part#*:}.zip"
done
cp php-plugin/pkg_cloverpos.xml php-plugin/script.php "$package/"
cp -r php-plugin/language "$package/language"
cp -r "$package/language/en-GB" "$package/language/en-US"
cp LICENSES/GPL-2.0-or-later.txt "$package/LICENSE"
cp "$stage/THIRD-PARTY-NOTICES.txt" "$package/"
zip_folder "$package" "$PWD/dist/app_cloverpos.zip"
report app_cloverpos.zip

extension=$stage/extension
mkdir -p "$extension/stubs"
cp target/release/libcloversync.so "$extension/cloversync.so"
cp -r stubs/. "$extension/stubs/"
cp LICENSE "$stage/THIRD-PARTY-NOTICES.txt" "$extension/"
cp -r LICENSES "$extension/"
archive=cloversync-$version-$php_api-linux-$machine.tar.gz
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@$epoch" -C "$extension" -czf "dist/$archive" .
report "$archive"
