#!/usr/bin/env bash
# Runs the extension suite with other PHP programs, with the matching library of a release and with its helper.
#
#   PHPS="/path/php8.3 /path/php8.5" LIBRARIES=target/release-files scripts/test-matrix.sh [options for PHPUnit]
#
# PHPS lists programs, or scripts that set the environment of a program and start it. Their include_path must have PHPUnit's
# classes.
set -euo pipefail
cd "$(dirname "$0")/.."

if [ -z "${PHPS:-}" ]; then
    echo 'test-matrix: skipped, PHPS names no PHP program'
    exit 0
fi
libraries=${LIBRARIES:-target/release-files}
helper=$(compgen -G "$libraries/clover-helper-$(uname -m)" || true)
# A PHP without FPM skips the tests that need one.
export SUITES=${SUITES:-extension} ALLOW_SKIPPED=1
failed=0

for php in $PHPS; do
    version=$("$php" -n -r 'echo PHP_VERSION;')
    library=$(compgen -G "$libraries/cloversync-php${version%.*}-*-nts-$(uname -m).so" || true)
    printf '== PHP %s, %s, %s\n' "$version" "${library:-no library}" "${helper:-no helper}"
    runs="${library:+sqlite+extension} ${helper:+sqlite+helper}"
    if [ "$runs" = ' ' ]; then
        echo "test-matrix: $libraries has neither a library for PHP $version nor a helper; run make package first" >&2
        failed=1
        continue
    fi
    RUNS=$(xargs <<<"$runs") CLOVERSYNC_EXTENSION=${library:+$(realpath "$library")} \
        CLOVERSYNC_HELPER=${helper:+$(realpath "$helper")} "$php" scripts/test-php.php "$@" || failed=1
done

exit "$failed"
