#!/usr/bin/env bash
# Installs the missing Debian packages that the build and the tests need.
#
#   scripts/setup.sh          install
#   scripts/setup.sh --check  only list missing packages (exit code 1 if there are any)
#   scripts/setup.sh --bench  also the packages for the benchmarks' plain PHP
#   scripts/setup.sh --package  also the packages for release builds
#
# PHP 8.3 or newer is needed with its headers. Debian 12 has an older one, so PHP comes from trixie there. Trixie has a
# low pin priority, so only PHP and its dependencies change, among them the C library (libc6 and its related packages).
set -euo pipefail

given=$*
say() { printf 'setup: %s\n' "$*" >&2; }
have() { command -v "$1" >/dev/null 2>&1; }
asked() { case " $given " in *" $1 "*) ;; *) return 1 ;; esac; }
php_is_new_enough() { have php && php -n -r 'exit(PHP_VERSION_ID >= 80300 ? 0 : 1);'; }
php_has() { php_is_new_enough && php -r "exit(extension_loaded('$1') ? 0 : 1);" 2>/dev/null; }
have_fpm() { local v; v=$(php_is_new_enough && php -n -r 'echo PHP_MAJOR_VERSION, ".", PHP_MINOR_VERSION;' || echo 8.4); have "php-fpm$v" || [ -x "/usr/sbin/php-fpm$v" ] || have php-fpm; }

from_php=()   # must match PHP's own suite
from_base=()
php_is_new_enough && have php-config && have phpize || from_php+=(php8.4-cli php8.4-dev)
php_has pdo_sqlite || from_php+=(php8.4-sqlite3)
php_has pdo_mysql  || from_php+=(php8.4-mysql)
php_has dom && php_has mbstring || from_php+=(php8.4-xml php8.4-mbstring)
have_fpm || from_php+=(php8.4-fpm)
! asked --bench || php_has curl || from_php+=(php8.4-curl)
{ have phpunit && php_is_new_enough && [[ $(phpunit --version 2>/dev/null) =~ PHPUnit\ 1[1-9] ]]; } || from_php+=(phpunit)
have gcc || from_base+=(build-essential)
have clang && ls /usr/lib/llvm-*/lib/libclang*.so* >/dev/null 2>&1 || from_base+=(clang libclang-dev)
have mariadbd || [ -x /usr/sbin/mariadbd ] || from_base+=(mariadb-server-core mariadb-client-core)
have nginx || [ -x /usr/sbin/nginx ] || from_base+=(nginx-light)
have zip || from_base+=(zip)
! asked --package || python3 -m pip --version >/dev/null 2>&1 || from_base+=(python3-pip)
! asked --package || have objdump || from_base+=(binutils)
! asked --package || have advzip || from_base+=(advancecomp)

if ! have cargo; then
    say 'Rust is missing: install Rust 1.95 or newer (rustup), then run this again.'
    exit 1
fi
if [ ${#from_php[@]} -eq 0 ] && [ ${#from_base[@]} -eq 0 ]; then
    exit 0
fi
say "missing from this machine: ${from_php[*]:-} ${from_base[*]:-}"
! asked --check || exit 1
if ! have apt-get; then
    say "this machine has no apt-get: install PHP 8.3+ with headers, PHPUnit 11, clang and MariaDB with your own package manager."
    exit 1
fi
as_root=(); [ "$(id -u)" -eq 0 ] || as_root=(sudo)
say 'installing these with apt-get'
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq

suite=()
if [ ${#from_php[@]} -gt 0 ] && ! apt-cache show php8.4-dev >/dev/null 2>&1; then
    # The mirror and the key are the ones this machine already trusts for Debian.
    mirror=$(grep -hoE 'https?://[^ ]+/debian/?( |$)' /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null | grep -v '^#' | tail -n1 | tr -d ' ' || true)
    keyring=/usr/share/keyrings/debian-archive-keyring.gpg
    [ -n "$mirror" ] || { say 'no Debian mirror is configured, so PHP 8.4 cannot be had here.'; exit 1; }
    say 'adding trixie, pinned low, for PHP 8.4'
    printf 'Types: deb\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: %s\n' "$mirror" "$keyring" \
        | "${as_root[@]}" tee /etc/apt/sources.list.d/cloversync-trixie.sources >/dev/null
    printf 'Package: *\nPin: release n=trixie\nPin-Priority: 100\n' \
        | "${as_root[@]}" tee /etc/apt/preferences.d/cloversync-trixie >/dev/null
    "${as_root[@]}" apt-get update -qq
fi
# The low priority is what makes -t necessary. PHP's dependencies can include base-files, after which os-release says trixie.
if [ -e /etc/apt/preferences.d/cloversync-trixie ]; then
    suite=(-t trixie)
# The output is read first: with a pipe, grep -q can end apt-cache by SIGPIPE, which pipefail treats as “no trixie”.
elif [[ $(apt-cache policy) == *n=trixie* ]] && grep -qs bookworm /etc/os-release; then
    suite=(-t trixie)
fi
# nginx, PHP-FPM and MariaDB are started by the tests themselves; their packages would start services of the whole machine.
policy=/usr/sbin/policy-rc.d
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee "$policy" >/dev/null
    "${as_root[@]}" chmod +x "$policy"
    trap '"${as_root[@]}" rm -f "$policy"' EXIT
fi
[ ${#from_base[@]} -eq 0 ] || "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${from_base[@]}" >/dev/null
[ ${#from_php[@]} -eq 0 ] || "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${suite[@]}" "${from_php[@]}" >/dev/null
say "ready: $(php -n -r 'echo "PHP ", PHP_VERSION;'), $(phpunit --version | sed -n 1p), $(/usr/sbin/mariadbd --version 2>/dev/null | sed 's/.*Ver \([^ ]*\).*/MariaDB \1/' || true)"
