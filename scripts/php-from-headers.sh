#!/usr/bin/env bash
# Generates two programs that replace `php -i` and `php-config --includes` of a PHP version, from its header files alone.
# ext-php-rs calls only these two.
#
#   scripts/php-from-headers.sh HEADERS FOLDER
#
# HEADERS is a folder with PHP's header files, or one above it. The programs are written to FOLDER/php-VERSION. Prints PHP's
# version, its API number and that folder. The exit code is 1, with a message, if the headers cannot be used.
set -euo pipefail

fail() { printf '%s\n' "$*" >&2; exit 1; }
number() { sed -nE "s/^#[[:space:]]*define[[:space:]]+$1[[:space:]]+\"?([0-9.]+).*/\1/p" "$2" | head -n 1; }

found=$(find -L "$1" -maxdepth 6 -path '*/main/php_version.h' 2>/dev/null | LC_ALL=C sort)
[ -n "$found" ] || fail "$1 has no main/php_version.h"
[ "$(wc -l <<<"$found")" -eq 1 ] || fail "$1 has the headers of more than one PHP"
headers=$(cd "$(dirname "$found")/.." && pwd)
version=$(number PHP_VERSION "$headers/main/php_version.h")
api=$(number PHP_API_VERSION "$headers/main/php.h")
config=$headers/main/php_config.h
[ -n "$version" ] && [ -n "$api" ] && [ -f "$config" ] || fail "$headers has no complete headers of PHP"
[ -z "$(number ZTS "$config")" ] || fail "$headers is of a thread-safe PHP"
[ "$(number ZEND_DEBUG "$config")" != 1 ] || fail "$headers is of a PHP built for debugging"

programs=$2/php-$version
mkdir -p "$programs"
printf '#!/bin/sh\nprintf "PHP Version => %s\\nPHP API => %s\\nThread Safety => disabled\\nDebug Build => no\\n"\n' \
    "$version" "$api" >"$programs/php"
includes=$(printf -- '-I%s ' "$headers" "$headers"/{main,TSRM,Zend,ext,ext/date/lib})
printf '#!/bin/sh\nprintf "%%s" "%s"\n' "${includes% }" >"$programs/php-config"
chmod +x "$programs/php" "$programs/php-config"
printf '%s %s %s\n' "$version" "$api" "$programs"
