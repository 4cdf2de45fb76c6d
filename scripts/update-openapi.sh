#!/usr/bin/env bash
# Writes the published contract anew from the code. A test fails while it is stale.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
dotnet run --no-launch-profile --project src/PersonalCareApi -- openapi --Data:Folder "$folder" > "$folder/document.json"
mv "$folder/document.json" openapi/personal-care.v1.json
