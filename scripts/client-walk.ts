// The first whole way through, by a client generated from the published contract: refused, permitted by the client,
// assessed, changed, withdrawn, refused again, seen. No casts: where this does not compile, the contract is at fault.
import assert from "node:assert/strict";
import createClient from "openapi-fetch";
import type { components, paths } from "./personal-care.js";

type Problem = components["schemas"]["ProblemDetails"];

const base = process.argv[2] ?? "http://localhost:5080";
const practitionerId = "0197a000-0000-7000-8000-000000000101";
const clientId = "0197a000-0000-7000-8000-000000000201";
const record = { path: { clientId } };

/** A client of the API, signed in as one of the made-up people. */
async function signIn(persona: string) {
  const form = new URLSearchParams({ grant_type: "password", username: persona, password: "any" });
  const answer = await fetch(`${base}/dev/token`, { method: "POST", body: form });
  const token: unknown = await answer.json();
  assert(typeof token === "object" && token !== null && "access_token" in token, `no token for ${persona}`);
  return createClient<paths>({ baseUrl: base, headers: { Authorization: `Bearer ${token.access_token}` } });
}

/** What was answered; anything but success ends the walk. */
function answered<T>({ data, error, response }: { data?: T; error?: Problem; response: Response }): T {
  assert(data !== undefined, `${response.url} answered ${response.status}: ${error?.detail}`);
  return data;
}

/** Why it was refused; anything but that status ends the walk. */
function refused({ error, response }: { error?: Problem; response: Response }, status: number): Problem {
  assert.equal(response.status, status, `${response.url} answered ${response.status}, not ${status}`);
  assert(error !== undefined, `${response.url} has no problem`);
  assert.equal(error.status, status);
  return error;
}

const step = (text: string) => console.log(`• ${text}`);

step("Sign in as the practitioner");
const practitioner = await signIn("practitioner");
const me = answered(await practitioner.GET("/v1/me"));
assert(me.identities.some(({ kind, id }) => kind === "practitioner" && id === practitionerId));

step("Without consent the practitioner is refused, and is told why on a page of the server");
const refusal = refused(await practitioner.GET("/v1/clients/{clientId}/assessments", { params: record }), 403);
assert.equal(refusal.reason, "no-consent");
assert.equal((await fetch(refusal.type)).status, 200);

step("The client consents: this practitioner, assessments, treatment");
const client = await signIn("client");
const consent = answered(await client.POST("/v1/clients/{clientId}/consents", {
  params: record,
  body: {
    status: "active",
    evidence: { method: "electronic-signature", givenAt: "2026-05-04T09:00:00Z", wording: { id: "intake", version: "3", language: "en" } },
    provisions: [{
      effect: "permit",
      grantees: [{ kind: "practitioner", id: practitionerId }],
      categories: ["assessments"],
      actions: ["read", "write"],
      purposes: ["TREAT"],
    }],
  },
}));
assert.equal(consent.status, "active");

step("The practitioner looks PHQ-9 up and administers it");
const { instrument } = answered(await practitioner.GET("/v1/instruments/{code}", { params: { path: { code: "phq-9" } } }));
const values = [2, 2, 1, 2, 1, 2, 2, 1, 1];
assert.equal(instrument.items.length, values.length);
const form: components["schemas"]["AdministerInstrument"] = {
  instrument: instrument.code,
  administeredAt: "2026-05-04T09:30:00Z",
  mode: "self-report",
  answers: instrument.items.map(({ number }, index) => ({ item: number, value: values[index] ?? null })),
};
const once = { ...record, header: { "Idempotency-Key": `walk-${consent.id}`, "Purpose-Of-Use": "TREAT" } } as const;
const first = await practitioner.POST("/v1/clients/{clientId}/assessments", { params: once, body: form });
const administered = answered(first);
assert.equal(first.response.status, 201);
assert(first.response.headers.get("Location")?.endsWith(administered.id));
assert.match(first.response.headers.get("RateLimit") ?? "", /^"caller";r=\d+;t=\d+$/);

step("The same request again is answered as before, and done once");
const again = await practitioner.POST("/v1/clients/{clientId}/assessments", { params: once, body: form });
assert.equal(answered(again).id, administered.id);
assert.equal(again.response.headers.get("Idempotency-Replayed"), "true");

step("The score, its severity band and the flag come back");
const place = { path: { clientId, id: administered.id } };
const assessment = answered(await practitioner.GET("/v1/clients/{clientId}/assessments/{id}", { params: place }));
assert.equal(assessment.score, 14);
assert.equal(assessment.severity?.code, "moderate");
assert.deepEqual(assessment.flags?.map(({ code, item, value }) => `${code} ${item} ${value}`), ["suicide-risk-review 9 1"]);

step("Who has the present version is told that nothing changed");
const unchanged = await practitioner.GET("/v1/clients/{clientId}/assessments/{id}", {
  params: { ...place, header: { "If-None-Match": assessment.etag } },
});
assert.equal(unchanged.response.status, 304);

step("A wrong answer is refused, naming what is wrong and where");
const invalid = refused(await practitioner.POST("/v1/clients/{clientId}/assessments", {
  params: record,
  body: { ...form, answers: [{ item: "1", value: 7 }, { item: "12", value: 0 }] },
}), 422);
assert.deepEqual(invalid.errors?.map(({ pointer, code }) => `${pointer} ${code}`), ["#/answers/0/value out-of-range", "#/answers/1/item unknown-item"]);

step("A page of a list has items, and says whether there are more");
const page = answered(await practitioner.GET("/v1/clients/{clientId}/assessments", {
  params: { ...record, query: { instrument: "phq-9", limit: 1 } },
}));
assert.deepEqual(page.items.map(({ id }) => id), [administered.id]);
assert.equal(page.nextCursor, null);

step("The client withdraws the consent");
const withdrawn = answered(await client.POST("/v1/clients/{clientId}/consents/{id}/withdrawal", {
  params: { path: { clientId, id: consent.id } },
  body: {},
}));
assert.equal(withdrawn.status, "withdrawn");

step("The very next request of the practitioner is refused");
refused(await practitioner.GET("/v1/clients/{clientId}/assessments/{id}", { params: place }), 403);

step("The client sees who looked, what for, on which consent, and who was refused");
const history = answered(await client.GET("/v1/clients/{clientId}/access-history", { params: record }));
const ofPractitioner = history.items.filter(({ by }) => by.id === practitionerId);
assert(ofPractitioner.some(({ operation, basis }) => operation === "AdministerInstrument" && basis.consentId === consent.id));
assert(ofPractitioner.some(({ decision, reason }) => decision === "deny" && reason === "no-consent"));

console.log("All as expected.");
