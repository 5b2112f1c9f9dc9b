#!/usr/bin/env bash
# Runs the extension suite with other PHP programs, each with the matching library of a release.
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
export DATABASES=sqlite SUITES=${SUITES:-extension}
failed=0

for php in $PHPS; do
    version=$("$php" -n -r 'echo PHP_VERSION;')
    library=$(compgen -G "$libraries/cloversync-php${version%.*}-*-nts-$(uname -m).so" || true)
    if [ -z "$library" ]; then
        echo "test-matrix: $libraries has no library for PHP $version (PHP_HEADERS of make package)" >&2
        failed=1
        continue
    fi
    echo "== PHP $version, ${library##*/}"
    CLOVERSYNC_EXTENSION=$(realpath "$library") "$php" scripts/test-php.php "$@" || failed=1
done

exit "$failed"
