#!/usr/bin/env bash
# Starts the API with made-up people at http://localhost:5080.
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet run --project src/PersonalCareApi "$@"
