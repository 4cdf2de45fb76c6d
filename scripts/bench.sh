#!/usr/bin/env bash
# Measures the program; every figure is a ratio within one run. A timing is never a test.
#
#   scripts/bench.sh http --folder F [--clients N --assessments M]
#                                whole requests beside bare endpoints that return the same bytes (needs wrk, taskset and two
#                                processors); F keeps the clients and the results for the next run
#   scripts/bench.sh flat --folder F [--clients N]
#                                a read and a list over N times a hundred assessments (a million, where N is left out) beside
#                                ten thousand; F keeps both databases, which take 6 GB
#   scripts/bench.sh consent     what decision and facts add to a read, with 0, 1, 10 and 100 provisions on record
#   scripts/bench.sh scoring     what scoring one form takes and allocates
set -euo pipefail
cd "$(dirname "$0")/.."
if [ "${1:-}" = http ] || [ "${1:-}" = flat ]; then
  publish=$(mktemp -d)
  trap 'rm -rf "$publish"' EXIT
  dotnet publish src/PersonalCareApi -p:PublishProfile=ReadyToRun -o "$publish" --nologo -v quiet
  export PERSONALCARE_PROGRAM="$publish/PersonalCareApi.dll"
fi

dotnet run --project tests/PersonalCareApi.Bench -c Release -- "$@"
