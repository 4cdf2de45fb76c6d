#!/usr/bin/env bash
# Writes a ledger through the program's own queue, measures checkpoints over it, and then verifying the whole of it: time,
# and the most memory that was resident. A timing is never a test.
#
#   scripts/bench-ledger.sh [entries] [chains]     1 000 000 and 100 000 where left out
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

dotnet build tests/PersonalCareApi.Bench -c Release --nologo -v q
dotnet tests/PersonalCareApi.Bench/bin/Release/net10.0/PersonalCareApi.Bench.dll ledger --folder "$folder" --entries "${1:-1000000}" --chains "${2:-100000}"
du -sh "$folder" | cut -f1

dotnet src/PersonalCareApi/bin/Release/net10.0/PersonalCareApi.dll ledger verify --Data:Folder "$folder" &
verifying=$!
started=$(date +%s)
peak=0
ticks=0
while [ -r "/proc/$verifying/status" ] && kill -0 "$verifying" 2> /dev/null; do
  seen=$(awk '/^VmHWM/ { print $2 }' "/proc/$verifying/status" 2> /dev/null || true)
  peak=${seen:-$peak}
  used=$(awk '{ print $14 + $15 }' "/proc/$verifying/stat" 2> /dev/null || true)
  ticks=${used:-$ticks}
  sleep 0.2
done
wait "$verifying"
echo "verified in $(($(date +%s) - started)) s, $((ticks / $(getconf CLK_TCK))) s of CPU, at most $((peak / 1024)) MB resident"
