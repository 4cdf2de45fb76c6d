using System.Net;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Reference.Instruments;

/// <summary>Instruments whose licence has to be held: switched off, and on for the partner that records that it holds it.</summary>
[OnEachDatabase]
internal sealed class InstrumentLicenceTests(TestDatabase database) : OnOneHost(database)
{
    private const string Isi = "/v1/instruments/isi/licences";

    [Test]
    public async Task A_switched_off_instrument_is_administered_only_while_its_licence_is_recorded()
    {
        var path = Requests.Record(await NewClientUnderConsent(), "/assessments");
        Assert.That((await Practitioner.Post(path, Form("isi", 7))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("licence-required"));
        Assert.That(await Available(Practitioner), Is.EqualTo(("False", true)));
        (await Practitioner.Get("/v1/instruments/isi")).Expect(HttpStatusCode.OK);

        var client = path[..^"/assessments".Length];
        Assert.That((await Client.Post($"{client}/assessments-in-progress", new { instrument = "isi", answers = Array.Empty<object>() }))
            .Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("licence-required"));
        Assert.That((await Practitioner.Post($"{client}/assessment-requests", new { instrument = "isi", dueAt = "2026-06-04T09:30:00Z" }))
            .Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("licence-required"));

        var recorded = (await Platform.Post(Isi, new { reference = "Contract 17" })).Expect(HttpStatusCode.Created);
        Assert.That(recorded.Json.GetProperty("recordedBy").GetProperty("kind").GetString(), Is.EqualTo("application"));
        Assert.That((await Platform.Get(Isi)).Expect(HttpStatusCode.OK).Json.GetProperty("items")[0].GetProperty("reference").GetString(), Is.EqualTo("Contract 17"));
        Assert.That(await Available(Practitioner), Is.EqualTo(("True", false)));
        Assert.That(await Available(Elsewhere), Is.EqualTo(("False", true)), "another partner holds it for itself");
        Assert.That((await Practitioner.Post(path, Form("isi", 7))).Expect(HttpStatusCode.Created).Json.GetProperty("score").GetDecimal(), Is.EqualTo(7));
        Assert.That((await Practitioner.Post(path, Form("wsas", 5))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("licence-required"));

        var ending = $"{Isi}/{recorded.Id}/ending";
        (await Platform.Post(ending, null, ("If-Match", "\"2\""))).Expect(HttpStatusCode.PreconditionFailed);
        (await Platform.Post($"/v1/instruments/wsas/licences/{recorded.Id}/ending", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.NotFound);
        (await Elsewhere.Post(ending, null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.Forbidden);
        (await Platform.Post(ending, null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        (await Platform.Post(ending, null, ("If-Match", "\"2\""))).Expect(HttpStatusCode.Conflict);
        Assert.That((await Practitioner.Post(path, Form("isi", 7))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("licence-required"));
        Assert.That((await Practitioner.Get(path)).Total(), Is.EqualTo(1), "what was made with it stays");
    }

    [Test]
    public async Task Only_an_administrator_records_one_and_only_where_one_is_needed()
    {
        (await Practitioner.Post(Isi, new { reference = "x" })).Expect(HttpStatusCode.Forbidden);
        (await Client.Get(Isi)).Expect(HttpStatusCode.Forbidden);
        (await Platform.Post("/v1/instruments/bdi-ii/licences", new { reference = "x" })).Expect(HttpStatusCode.NotFound);
        (await Platform.Get("/v1/instruments/bdi-ii/licences")).Expect(HttpStatusCode.NotFound);
        (await Platform.Post(Isi, new { reference = "" })).Expect(HttpStatusCode.UnprocessableEntity);
        Assert.That((await Platform.Post("/v1/instruments/phq-9/licences", new { reference = "x" })).Expect(HttpStatusCode.Conflict).Problem,
            Is.EqualTo("state-conflict"));
    }

    private static object Form(string instrument, int items) => new
    {
        instrument,
        administeredAt = "2026-05-04T09:30:00Z",
        answers = Enumerable.Range(1, items).Select(item => new { item = $"{item}", value = 1 }),
    };

    private static async Task<(string Available, bool Told)> Available(Api caller)
    {
        var isi = (await caller.Get("/v1/instruments")).Expect(HttpStatusCode.OK).Json.GetProperty("items").EnumerateArray()
            .Single(instrument => instrument.GetProperty("code").GetString() == "isi");
        return (isi.GetProperty("available").ToString(), isi.GetProperty("notAvailableBecause").GetString() is not null);
    }
}
