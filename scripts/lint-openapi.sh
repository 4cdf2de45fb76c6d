#!/usr/bin/env bash
# Holds the published contract against Spectral's rules for OpenAPI and OWASP's for APIs. Needs Node.js; an error fails.
#
# The rules, and which of them do not fit, stand in .spectral.yaml.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

npm install --prefix "$folder" --silent --no-audit --no-fund --ignore-scripts \
  @stoplight/spectral-cli@6.16.3 @stoplight/spectral-owasp-ruleset@2.0.1

# Rulesets are looked for beside the file that names them.
cp .spectral.yaml openapi/personal-care.v1.json "$folder/"
cd "$folder"
node_modules/.bin/spectral lint personal-care.v1.json --ruleset .spectral.yaml --fail-severity error "$@"
