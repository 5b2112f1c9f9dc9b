#!/usr/bin/env bash
# The main job end to end, against a simulator with Clover's documented limits.
set -euo pipefail
cd "$(dirname "$0")/.."
exec php scripts/demo.php
