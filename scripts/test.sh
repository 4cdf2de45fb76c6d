#!/usr/bin/env bash
# Runs every test. A run in which no test is found fails.
set -euo pipefail
cd "$(dirname "$0")/.."
exec dotnet test PersonalCareApi.sln "$@" -- RunConfiguration.TreatNoTestsAsError=true
