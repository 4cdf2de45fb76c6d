#!/usr/bin/env bash
# Measures the program; every figure is a ratio within one run. A timing is never a test.
#
#   scripts/bench.sh consent     what decision and facts add to a read, with 0, 1, 10 and 100 provisions on record
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run --project tests/PersonalCareApi.Bench -c Release -- "$@"
