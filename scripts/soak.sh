#!/usr/bin/env bash
# Long runs against real servers in processes of their own, on a data folder that is gone afterwards. It fails where a
# promise was broken.
#
#   scripts/soak.sh withdrawal [--seconds 60]   two servers over one database: no data after a withdrawal was acknowledged
#   scripts/soak.sh kill [--seconds 60]         a server killed under write load again and again: nothing acknowledged is lost
#   scripts/soak.sh replicas [--seconds 90]     two servers over one database under mixed load, now one and now the other killed:
#                                               nothing acknowledged is lost or there twice, withdrawals hold on both, no job is
#                                               completed twice. What is left then is waited for: up to two minutes more
set -euo pipefail
cd "$(dirname "$0")/.."
publish=$(mktemp -d)
trap 'rm -rf "$publish"' EXIT
dotnet publish src/PersonalCareApi -c Release -o "$publish" --nologo -v quiet
PERSONALCARE_PROGRAM="$publish/PersonalCareApi.dll" dotnet run --project tests/PersonalCareApi.Bench -c Release -- "$@"
