#!/usr/bin/env bash
# Runs PHPUnit once a database, side by side, and prints the output of each run when it ends.
# Needs CLOVERSYNC_EXTENSION and CLOVERSYNC_SIMULATOR; DATABASES and SUITES are a choice; options go to PHPUnit.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A configurations=([sqlite]=phpunit.xml [mariadb]=phpunit-mariadb.xml)
declare -A running=()
logs=target/test-php
mkdir -p "$logs"
# PHPUnit, its simulator and its database are in the process group of this script.
trap 'trap - TERM; kill -TERM 0' INT TERM

for database in ${DATABASES:-sqlite mariadb}; do
    suites=${SUITES:-extension,shop,resilience}
    # The extension's own tests use no database: they run once, with SQLite.
    [[ $database == mariadb ]] && suites=$(tr , '\n' <<<"$suites" | sed '/^extension$/d' | paste -sd,)
    [[ $suites == '' ]] && continue

    rm -f "$logs/$database.log"
    # Appended, because a forked PHP rewinds the files that it shares with its parent.
    php -d extension="$CLOVERSYNC_EXTENSION" -d zend.assertions=1 "$(command -v phpunit)" \
        --configuration "${configurations[$database]}" --testsuite "$suites" --fail-on-skipped "$@" \
        >>"$logs/$database.log" 2>&1 &
    running[$!]=$database
    echo "$database: started, the output goes to $logs/$database.log"
done

failed=0

while ((${#running[@]} > 0)); do
    code=0
    wait -n -p ended "${!running[@]}" || code=$?
    database=${running[$ended]}
    unset "running[$ended]"
    printf '\n== %s, exit code %d\n' "$database" "$code"
    cat "$logs/$database.log"
    ((code == 0)) || failed=1
done

exit "$failed"
