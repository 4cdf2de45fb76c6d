using System.Net;
using System.Text.Json.Nodes;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Reference.Instruments;

/// <summary>A partner's own instruments: brought, checked, administered by that partner alone, and kept by version.</summary>
[OnEachDatabase]
internal sealed class OwnInstrumentTests(TestDatabase database) : OnOneHost(database)
{
    private const string Instruments = "/v1/instruments";

    private int added;

    [Test]
    public async Task It_is_administered_as_one_of_the_library_and_old_assessments_keep_their_version()
    {
        var code = await Added();
        var record = await NewClientUnderConsent();
        var path = Requests.Record(record);
        var first = await Assess(record, Form(code, "2026-05-04T09:30:00Z"));
        Assert.That((first.Word("instrumentVersion"), first.Json.GetProperty("score").GetDecimal(), first.Json.GetProperty("severity").GetProperty("code").GetString()),
            Is.EqualTo(("1", 4m, "high")));
        var begun = (await Client.Post($"{path}/assessments-in-progress", new { instrument = code, answers = Array.Empty<object>() })).Expect(HttpStatusCode.Created);

        var next = Definition(code, "2");
        (next["total"]!["multiply"], next["total"]!["range"]!["max"]) = (10, 40);
        next["total"]!["bands"]!["ranges"]![1]!["max"] = 40;
        next["sensitivities"] = new JsonArray("PSY", "SEX");
        (await Platform.Put($"{Instruments}/{code}", next, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);

        Assert.That((await Practitioner.Get(first.Header("Location")!)).Expect(HttpStatusCode.OK).Text, Is.EqualTo(first.Text), "scored once");
        Assert.That((await Practitioner.Get($"{path}/outcomes/{code}")).Expect(HttpStatusCode.OK).Json.GetProperty("outcome").GetProperty("instrumentVersion").GetString(),
            Is.EqualTo("1"));
        (await Practitioner.Get($"{path}/outcomes/{code}/chart")).Expect(HttpStatusCode.OK);
        (await Practitioner.Get($"{path}/outcomes")).Expect(HttpStatusCode.OK);
        var completed = await Client.Patch(begun.Header("Location")!, new { answers = Answers() }, ("If-Match", "\"1\""));
        completed = (await Client.Post($"{begun.Header("Location")}/completion", new { }, ("If-Match", completed.Expect(HttpStatusCode.OK).ETag))).Expect(HttpStatusCode.Created);
        Assert.That((completed.Word("instrumentVersion"), completed.Json.GetProperty("score").GetDecimal()), Is.EqualTo(("1", 4m)), "as it was begun");

        var second = (await Client.Post($"{path}/assessments", Form(code, "2026-05-04T09:40:00Z"))).Expect(HttpStatusCode.Created);
        Assert.That((second.Word("instrumentVersion"), second.Json.GetProperty("score").GetDecimal()), Is.EqualTo(("2", 40m)));
        (await Practitioner.Get(second.Header("Location")!)).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Get(first.Header("Location")!)).Expect(HttpStatusCode.OK);
        (await Practitioner.Get($"/v1/caseload?include=latest:{code}")).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task It_stands_beside_the_library_and_each_version_stays_readable()
    {
        var code = await Added();
        (await Platform.Put($"{Instruments}/{code}", Definition(code, "7"), ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);

        Assert.That(await Origin(Practitioner, code), Is.EqualTo("own"));
        Assert.That(await Origin(Practitioner, "phq-9"), Is.EqualTo("library"));
        Assert.That((await Practitioner.Get($"{Instruments}/{code}")).Expect(HttpStatusCode.OK).ETag, Is.EqualTo("\"7\""));
        Assert.That((await Practitioner.Get($"{Instruments}/{code}/versions/1")).Expect(HttpStatusCode.OK).ETag, Is.EqualTo("\"1\""));
        Assert.That((await Practitioner.Get($"{Instruments}/{code}/versions")).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Select(version => version.GetProperty("version").GetString()), Is.EqualTo(["1", "7"]));
        foreach (var version in new[] { "2", "01", "x", "99999999999" })
        {
            (await Practitioner.Get($"{Instruments}/{code}/versions/{version}")).Expect(HttpStatusCode.NotFound);
        }

        (await Practitioner.Get($"{Instruments}/phq-9/versions")).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Another_partner_knows_nothing_of_it()
    {
        var code = await Added();

        Assert.That(await Origin(Elsewhere, code), Is.Null);
        foreach (var path in new[] { code, $"{code}/versions", $"{code}/versions/1", "own-nobodys" })
        {
            (await Elsewhere.Get($"{Instruments}/{path}")).Expect(HttpStatusCode.NotFound);
        }

        Assert.That((await Elsewhere.Get($"/v1/caseload?include=latest:{code}")).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["include unknown-reference"]));
        var record = await NewClientUnderConsent();
        Assert.That((await Practitioner.Post(Requests.Record(record, "/assessments"), Form("own-nobodys", "2026-05-04T09:30:00Z")))
            .Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/instrument unknown-reference"]));
    }

    [Test]
    public async Task Only_an_administrator_brings_one_and_nobody_overwrites_what_they_have_not_seen()
    {
        var code = await Added();
        var path = $"{Instruments}/{code}";

        (await Practitioner.Post(Instruments, Definition("own-x", "1"))).Expect(HttpStatusCode.Forbidden);
        (await Practitioner.Put(path, Definition(code, "2"), ("If-Match", "\"1\""))).Expect(HttpStatusCode.Forbidden);
        Assert.That((await Platform.Post(Instruments, Definition(code, "1"))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("already-exists"));
        (await Platform.Put(path, Definition(code, "2"))).Expect((HttpStatusCode)428);
        (await Platform.Put(path, Definition(code, "2"), ("If-Match", "\"2\""))).Expect(HttpStatusCode.PreconditionFailed);
        Assert.That((await Platform.Put(path, Definition("own-other", "1"), ("If-Match", "\"1\""))).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["#/code not-allowed", "#/version out-of-range"]));
        (await Platform.Put($"{Instruments}/own-nobodys", Definition("own-nobodys", "2"), ("If-Match", "\"1\""))).Expect(HttpStatusCode.NotFound);
        Assert.That((await Platform.Put($"{Instruments}/phq-9", Definition(code, "2"), ("If-Match", "\"1\""))).Expect(HttpStatusCode.Conflict).Problem,
            Is.EqualTo("state-conflict"));

        var both = await Task.WhenAll(
            Platform.Put(path, Definition(code, "2"), ("If-Match", "\"1\"")), Platform.Put(path, Definition(code, "3"), ("If-Match", "\"1\"")));
        Assert.That(both.Select(answer => answer.Status), Is.EquivalentTo(new[] { HttpStatusCode.OK, HttpStatusCode.PreconditionFailed }));
    }

    [Test]
    public async Task Everything_wrong_is_named_at_once_with_its_place()
    {
        var wrong = Definition("phq-9", "1");
        wrong["items"]!.AsArray().Add(new JsonObject { ["number"] = "3", ["topic"] = "…", ["answers"] = "agreement" });
        wrong["total"]!["bands"]!["ranges"]![1]!["min"] = 3;
        wrong["critical"] = new JsonArray(new JsonObject { ["code"] = "look", ["item"] = "1", ["op"] = ">", ["value"] = 2, ["status"] = "unconfirmed" });

        Assert.That((await Platform.Post(Instruments, wrong)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EquivalentTo(
            ["#/code own-code", "#/items/2 unscored-item", "#/total/bands/ranges/1 band-gap", "#/critical/0 trigger-never-fires"]));
        wrong.Remove("sensitivities");
        Assert.That((await Platform.Post(Instruments, wrong)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/sensitivities required"]));
    }

    [Test]
    public async Task Whatever_else_is_sent_is_refused_and_breaks_nothing()
    {
        foreach (var (body, status) in new[]
        {
            ("{", 400), (new string('[', 40) + new string(']', 40), 400), ("[]", 422), ("null", 422), ("7", 422), ("{}", 422),
            ("\"" + new string('x', 1100 * 1024) + "\"", 413),
        })
        {
            Assert.That((int)(await Platform.PostText(Instruments, body)).Status, Is.EqualTo(status), body[..Math.Min(20, body.Length)]);
            Assert.That((int)(await Platform.PostText($"{Instruments}/conversions", body, "application/fhir+json")).Status, Is.EqualTo(status), body[..Math.Min(20, body.Length)]);
        }

        (await Platform.PostText($"{Instruments}/conversions", "{}")).Expect(HttpStatusCode.UnsupportedMediaType);
        var huge = Definition("own-huge", "1");
        huge["total"]!["multiply"] = 1e20;
        Assert.That((await Platform.Post(Instruments, huge)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/total/multiply out-of-range"]));
    }

    [Test]
    public async Task As_a_questionnaire_it_goes_out_and_comes_in_as_it_was()
    {
        var code = await Added();
        var questionnaire = (await Practitioner.Get($"{Instruments}/{code}", ("Accept", "application/fhir+json"))).Expect(HttpStatusCode.OK);
        Assert.That(questionnaire.Word("resourceType"), Is.EqualTo("Questionnaire"));

        var converted = (await Platform.PostText($"{Instruments}/conversions", questionnaire.Text, "application/fhir+json")).Expect(HttpStatusCode.OK);
        Assert.That(converted.Text, Is.EqualTo((await Practitioner.Get($"{Instruments}/{code}")).Expect(HttpStatusCode.OK).Text));
        (await Practitioner.PostText($"{Instruments}/conversions", questionnaire.Text, "application/fhir+json")).Expect(HttpStatusCode.Forbidden);
        (await Practitioner.Get($"{Instruments}/{code}", ("Accept", "image/png"))).Expect(HttpStatusCode.NotAcceptable);
    }

    private async Task<string> Added()
    {
        var code = $"own-{Interlocked.Increment(ref added)}";
        (await Platform.Post(Instruments, Definition(code, "1"))).Expect(HttpStatusCode.Created);
        return code;
    }

    private static async Task<string?> Origin(Api caller, string code) =>
        (await caller.Get(Instruments)).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Where(instrument => instrument.GetProperty("code").GetString() == code)
            .Select(instrument => instrument.GetProperty("origin").GetString()).SingleOrDefault();

    private static JsonObject Definition(string code, string version)
    {
        var definition = JsonNode.Parse(Instrument.Example)!.AsObject();
        (definition["code"], definition["version"]) = (code, version);
        return definition;
    }

    private static object Form(string instrument, string at) => new { instrument, administeredAt = at, answers = Answers() };

    private static object[] Answers() => [new { item = "1", value = 2 }, new { item = "2", value = 0 }];
}
