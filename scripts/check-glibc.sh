#!/usr/bin/env bash
# Fails if a program or library requires a C library newer than glibc 2.17.
#
#   scripts/check-glibc.sh FILE…
set -euo pipefail

highest=2.17
# Symbols of PHP.
of_php='^(_?_?zend_|php_|sapi_|zval_|object_|objects_|std_object_|gc_|instanceof_|_e(m|c|re)alloc|_efree|_estrn?dup|_call_user_function'
of_php+='|(executor|compiler|core|sapi)_globals)'
code=0

for file in "$@"; do
    symbols=$(objdump -T "$file" 2>&1) || [[ $symbols == *'not a dynamic object'* ]] || { printf '%s\n' "$symbols" >&2; exit 1; }
    versions=$(grep -oE 'GLIBC_[0-9.]+' <<<"$symbols" | sort -Vu || true)
    needs=$(tail -n 1 <<<"$versions")
    printf '%-50s %s\n' "${file##*/}" "${needs:-needs no glibc}"

    for version in $(printf 'GLIBC_%s\n%s\n' "$highest" "$versions" | sort -Vu | sed "1,/^GLIBC_$highest\$/d"); do
        printf '%s: more than glibc %s:%s\n' "$file" "$highest" "$(awk -v v="($version)" '$0 ~ "UND" && index($0, v) { printf " %s", $NF }' <<<"$symbols")" >&2
        code=1
    done

    # Zig links a function that glibc 2.17 lacks into a library without a version. Weak symbols may be undefined.
    foreign=$(awk '$3 == "*UND*" && !/\(/ && $NF != "" { print $NF }' <<<"$symbols" | grep -vE "$of_php" || true)
    if [ -n "$foreign" ]; then
        printf '%s: neither in glibc %s nor in PHP: %s\n' "$file" "$highest" "${foreign//$'\n'/ }" >&2
        code=1
    fi
done

exit "$code"
