#!/usr/bin/env bash
# The whole way through, with curl: refused, permitted by the client, assessed, goals agreed, notes signed, withdrawn, refused
# again, seen.
# It stops with an error at the first answer that is not the expected one.
#
#   scripts/demo.sh                    starts the program on a fresh data folder and stops it afterwards
#   scripts/demo.sh http://localhost:5080   uses a Development server that runs already, also after the tour by hand, any number of times
#
# PERSONALCARE_PROGRAM names a published PersonalCareApi.dll to start instead of the source.
set -euo pipefail
cd "$(dirname "$0")/.."

practitioner_id=0197a000-0000-7000-8000-000000000101
client_id=0197a000-0000-7000-8000-000000000201
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

if [ $# -gt 0 ]; then
  base=$1
else
  base=http://127.0.0.1:${PERSONALCARE_DEMO_PORT:-5081}
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

# ask EXPECTED-STATUS METHOD PATH TOKEN [BODY] [HEADER...]: the answer's body is in $answer, its headers in $headers.
ask() {
  local expected=$1 method=$2 path=$3 token=$4 body=${5:-}
  shift 4
  [ $# -gt 0 ] && shift
  local arguments=(-s -X "$method" -D "$folder/headers" -o "$folder/answer" -w '%{http_code}' -H "Authorization: Bearer $token")
  local type=application/json
  [ "$method" = PATCH ] && type=application/merge-patch+json
  [ -n "$body" ] && arguments+=(-H "Content-Type: $type" -d "$body")
  local header
  for header in "$@"; do arguments+=(-H "$header"); done
  local status
  status=$(curl "${arguments[@]}" "$base$path")
  answer=$(cat "$folder/answer")
  headers=$(tr -d '\r' < "$folder/headers")
  if [ "$status" != "$expected" ]; then
    echo "✗ $method $path answered $status, not $expected:" >&2
    echo "$answer" >&2
    exit 1
  fi
}

# field NAME: the first member of that name in $answer, without quotes.
field() { grep -o "\"$1\":\"\{0,1\}[^\",}]*" <<< "$answer" | head -n 1 | sed "s/\"$1\":\"\{0,1\}//"; }

expect() {
  if [ "$2" != "$3" ]; then
    echo "✗ $1: expected $3, got $2" >&2
    echo "$answer" >&2
    exit 1
  fi
}

contains() { grep -q -- "$2" <<< "$answer" || { echo "✗ $1: the answer does not hold $2" >&2; echo "$answer" >&2; exit 1; }; }

token() { curl -sf "$base/dev/token" -d grant_type=password -d "username=$1" -d password=any | grep -o '"access_token":"[^"]*' | cut -d'"' -f4; }

step() { echo "• $1"; }

# Where the tour went before, or a run that stopped, the client takes back what they gave: it begins with no consent.
client=$(token client)
ask 200 GET "/v1/clients/$client_id/consents?status=active&limit=200" "$client"
for given in $(grep -o "\"id\":\"[^\"]*\",\"clientId\"" <<< "$answer" | cut -d'"' -f4); do
  ask 200 POST "/v1/clients/$client_id/consents/$given/withdrawal" "$client" '{}'
done

step "Sign in as the practitioner"
practitioner=$(token practitioner)
ask 200 GET /v1/me "$practitioner"
contains "me" "$practitioner_id"

step "Without consent the practitioner is refused"
ask 403 GET "/v1/clients/$client_id/assessments" "$practitioner"
expect "reason" "$(field reason)" no-consent

step "A colleague without a care relationship finds nothing there"
colleague=$(token colleague)
ask 404 GET "/v1/clients/$client_id/assessments" "$colleague"

step "The client consents: this practitioner, assessments, treatment"
ask 201 POST "/v1/clients/$client_id/consents" "$client" '{
  "status": "active",
  "evidence": { "method": "electronic-signature", "givenAt": "2026-05-04T09:00:00Z", "wording": { "id": "intake", "version": "3", "language": "en" } },
  "provisions": [ { "effect": "permit", "grantees": [ { "kind": "practitioner", "id": "'$practitioner_id'" } ],
    "categories": [ "assessments" ], "actions": [ "read", "write" ], "purposes": [ "TREAT" ] } ] }'
consent_id=$(field id)

step "The practitioner administers PHQ-9; the server scores it"
phq9='{ "instrument": "phq-9", "administeredAt": "2026-05-04T09:30:00Z", "mode": "self-report", "answers": [
  {"item":"1","value":2},{"item":"2","value":2},{"item":"3","value":1},{"item":"4","value":2},{"item":"5","value":1},
  {"item":"6","value":2},{"item":"7","value":2},{"item":"8","value":1},{"item":"9","value":1} ] }'
ask 201 POST "/v1/clients/$client_id/assessments" "$practitioner" "$phq9" "Idempotency-Key: demo-$consent_id"
assessment_id=$(field id)

step "The same request again is answered as before, and done once"
ask 201 POST "/v1/clients/$client_id/assessments" "$practitioner" "$phq9" "Idempotency-Key: demo-$consent_id"
expect "the assessment of the retry" "$(field id)" "$assessment_id"
grep -qi '^Idempotency-Replayed: true' <<< "$headers" || { echo "✗ the retry was not replayed" >&2; exit 1; }

step "The score, its severity band and the flag come back"
ask 200 GET "/v1/clients/$client_id/assessments/$assessment_id" "$practitioner"
expect "score" "$(field score)" 14
contains "severity" '"severity":{"code":"moderate"'
contains "flag" '"code":"suicide-risk-review","item":"9","value":1'

step "A wrong answer is refused, naming what is wrong and where"
ask 422 POST "/v1/clients/$client_id/assessments" "$practitioner" \
  '{ "instrument": "phq-9", "administeredAt": "2026-05-04T09:30:00Z", "answers": [ {"item":"1","value":7}, {"item":"12","value":0} ] }'
contains "the first fault" '"pointer":"#/answers/0/value","code":"out-of-range"'
contains "the second fault" '"pointer":"#/answers/1/item","code":"unknown-item"'

step "The client is told in advance what a consent would change"
ask 200 POST "/v1/clients/$client_id/access-decisions" "$client" '{ "category": "goals", "action": "write",
  "caller": { "kind": "practitioner", "id": "'$practitioner_id'" },
  "draftConsent": { "status": "active", "evidence": { "method": "electronic-signature", "givenAt": "2026-05-04T09:00:00Z" },
    "provisions": [ { "effect": "permit", "grantees": [ { "kind": "practitioner", "id": "'$practitioner_id'" } ],
      "categories": [ "goals", "session-notes" ], "actions": [ "read", "write" ], "purposes": [ "TREAT" ] } ] } }'
expect "the decision as things are" "$(field decision)" deny
contains "the gain" '"category":"goals","action":"write","purpose":"TREAT"'

step "The client consents to goals and session notes"
ask 201 POST "/v1/clients/$client_id/consents" "$client" '{ "status": "active",
  "evidence": { "method": "electronic-signature", "givenAt": "2026-05-04T09:00:00Z" },
  "provisions": [ { "effect": "permit", "grantees": [ { "kind": "practitioner", "id": "'$practitioner_id'" } ],
    "categories": [ "goals", "session-notes" ], "actions": [ "read", "write" ], "purposes": [ "TREAT" ] } ] }'
goals_consent_id=$(field id)

step "A goal is proposed, and agreed once both have signed the same terms"
ask 201 POST "/v1/clients/$client_id/goals" "$practitioner" '{ "statement": "Meet a friend once a week.", "why": "I miss laughing with people.",
  "levels": [ {"level":-2,"description":"No meeting in a month"}, {"level":-1,"description":"One or two a month"},
    {"level":0,"description":"One a week"}, {"level":1,"description":"One a week, once with several"}, {"level":2,"description":"Two a week"} ] }'
goal_id=$(field id)
ask 200 POST "/v1/clients/$client_id/goals/$goal_id/agreements" "$practitioner" '' 'If-Match: "1"'
expect "the goal with one signature" "$(field status)" proposed
ask 200 POST "/v1/clients/$client_id/goals/$goal_id/agreements" "$client" '' 'If-Match: "2"'
expect "the goal with both" "$(field status)" agreed
ask 412 POST "/v1/clients/$client_id/goals/$goal_id/achievement" "$client" '{}' 'If-Match: "2"'

step "Progress gives the goal attainment T-score"
ask 201 POST "/v1/clients/$client_id/goals/$goal_id/progress" "$practitioner" '{ "kind": "attainment", "level": 1 }'
ask 200 GET "/v1/clients/$client_id/goal-attainment" "$practitioner"
expect "the T-score" "$(field latest)" 60

step "A session note is its author's until it is signed, and what it was signed as after that"
ask 201 POST "/v1/clients/$client_id/session-notes" "$practitioner" '{ "format": "dap", "modalities": [ "cbt" ],
  "session": { "startAt": "2026-05-04T09:00:00Z", "minutes": 50, "medium": "video" },
  "content": { "data": "Slept better.", "assessment": "Sleep diary helps.", "plan": "Go on with it." } }'
note_id=$(field id)
hash=$(field contentHash)
ask 404 GET "/v1/clients/$client_id/session-notes/$note_id" "$client"
ask 200 POST "/v1/clients/$client_id/session-notes/$note_id/signature" "$practitioner" "{ \"version\": 1, \"contentHash\": \"$hash\" }" 'If-Match: "1"'
ask 409 PATCH "/v1/clients/$client_id/session-notes/$note_id" "$practitioner" '{ "content": { "plan": "Something else." } }' 'If-Match: "2"'
ask 200 GET "/v1/clients/$client_id/session-notes/$note_id" "$client"
contains "the signature" '"verified":true'

step "A process note is nobody's but its author's"
ask 201 POST "/v1/clients/$client_id/process-notes" "$practitioner" '{ "text": "My own hypothesis." }'
process_note_id=$(field id)
ask 200 GET "/v1/clients/$client_id/process-notes" "$client"
expect "the client's total" "$(field total)" 0
ask 404 GET "/v1/clients/$client_id/process-notes/$process_note_id" "$client"

step "The client withdraws the consent"
ask 200 POST "/v1/clients/$client_id/consents/$consent_id/withdrawal" "$client" '{}'

step "The very next request of the practitioner is refused"
ask 403 GET "/v1/clients/$client_id/assessments/$assessment_id" "$practitioner"

step "The client sees who looked, what for, on which consent, and who was refused"
ask 200 GET "/v1/clients/$client_id/access-history" "$client"
contains "the administration" '"operation":"AdministerInstrument"'
contains "the reading" 'A practitioner read assessments for treatment, as a consent allows.'
contains "the refusal" 'A practitioner was refused: read assessments for treatment (no-consent).'
contains "the consent" "\"consentId\":\"$consent_id\""

# So that it can be run on the same server again: a second goal would count into the T-score, and a consent would permit.
step "What was entered for the demo is taken back: retracted, not deleted"
ask 200 POST "/v1/clients/$client_id/goals/$goal_id/retraction" "$practitioner" '{ "reason": "Entered for a demonstration." }' 'If-Match: "3"'
expect "the goal" "$(field status)" retracted
ask 200 POST "/v1/clients/$client_id/consents/$goals_consent_id/withdrawal" "$client" '{}'
ask 403 GET "/v1/clients/$client_id/goals/$goal_id" "$practitioner"

echo "All as expected."
