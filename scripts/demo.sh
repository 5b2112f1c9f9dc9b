#!/usr/bin/env bash
# An end-to-end run against a simulator with Clover's documented limits.
set -euo pipefail
cd "$(dirname "$0")/.."
exec php scripts/demo.php
