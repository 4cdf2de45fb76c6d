#!/usr/bin/env bash
# Makes a TypeScript client from the published contract, compiles scripts/client-walk.ts with it as strictly as
# TypeScript can, and runs it. Needs Node.js 20.
#
#   scripts/client-walk.sh                         starts the program on a fresh data folder and stops it afterwards
#   scripts/client-walk.sh http://localhost:5080   uses a Development server that runs already
#
# PERSONALCARE_PROGRAM names a published PersonalCareApi.dll to start instead of the source; PERSONALCARE_WALK_PORT its port.
set -euo pipefail
cd "$(dirname "$0")/.."
folder=$(mktemp -d)
server=""

stop() {
  if [ -n "$server" ]; then
    kill "$server" 2>/dev/null || true
    wait "$server" 2>/dev/null || true
  fi
  rm -rf "$folder"
}
trap stop EXIT

mkdir "$folder/client"
echo '{ "private": true, "type": "module" }' > "$folder/client/package.json"
npm install --prefix "$folder/client" --silent --no-audit --no-fund --ignore-scripts \
  openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@20.19.43
cp scripts/client-walk.ts "$folder/client/"
"$folder/client/node_modules/.bin/openapi-typescript" openapi/personal-care.v1.json -o "$folder/client/personal-care.ts"
(cd "$folder/client" && node_modules/.bin/tsc client-walk.ts --strict --exactOptionalPropertyTypes --noUncheckedIndexedAccess \
  --module nodenext --target es2022 --types node)

if [ $# -gt 0 ]; then
  base=$1
else
  base=http://127.0.0.1:${PERSONALCARE_WALK_PORT:-5082}
  if [ -z "${PERSONALCARE_PROGRAM:-}" ]; then
    dotnet build src/PersonalCareApi --nologo -v quiet
    PERSONALCARE_PROGRAM=src/PersonalCareApi/bin/Debug/net10.0/PersonalCareApi.dll
  fi
  ASPNETCORE_ENVIRONMENT=Development dotnet "$PERSONALCARE_PROGRAM" \
    --urls "$base" --Data:Folder "$folder/data" --contentRoot "$(cd "$(dirname "$PERSONALCARE_PROGRAM")" && pwd)" > "$folder/log" 2>&1 &
  server=$!
  for _ in $(seq 1 100); do
    curl -sf "$base/health/ready" > /dev/null && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/log"; echo "The program ended before it was ready." >&2; exit 1; }
    sleep 0.2
  done
fi

node "$folder/client/client-walk.js" "$base"
