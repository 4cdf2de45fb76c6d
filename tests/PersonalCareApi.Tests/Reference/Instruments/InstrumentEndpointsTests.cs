using System.Net;
using System.Text.Json;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Reference.Instruments;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Reference.Instruments;

/// <summary>The library over HTTP: what may be administered, on what terms, and how far each fact was checked.</summary>
[OnEachDatabase]
internal sealed class InstrumentEndpointsTests(TestDatabase database)
{
    private static readonly string[] Codes = [.. InstrumentLibrary.Load().All.Select(instrument => instrument.Code)];

    private ApiHost host = null!;
    private Api practitioner = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database);
        practitioner = await host.As("practitioner");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [Test]
    public async Task The_list_gives_each_instrument_once_with_its_licence()
    {
        var list = (await practitioner.Get("/v1/instruments")).Expect(HttpStatusCode.OK).Json;

        Assert.That(list.GetProperty("notice").GetString(), Is.EqualTo(InstrumentLibrary.LoincNotice));
        Assert.That(list.GetProperty("items").EnumerateArray().Select(Summary), Is.EqualTo(new[]
        {
            "audit: 10 items, free-noncommercial, wording no",
            "audit-c: 3 items, free-noncommercial, wording no",
            "brief-cope: 28 items, free, wording no",
            "brs: 6 items, free-with-citation, wording no",
            "c-nip: 18 items, free, wording no",
            "c-ssrs-screen: 6 items, free in public health and clinical use, wording no",
            "cfi: 16 items, free for clinicians with their patients and researchers, wording no",
            "core-10: 10 items, CC BY-ND 4.0, wording verbatim",
            "dass-21: 21 items, public-domain, wording no",
            "dast-10: 10 items, free-noncommercial, wording no",
            "gad-7: 7 items, free, wording yes",
            "gbo: 3 items, cc by-nc-sa 4.0, wording no",
            "isi: 7 items, licence required, wording no",
            "ismi-9: 9 items, free-with-citation, wording no",
            "k10: 10 items, free-with-citation, wording no",
            "k6: 6 items, free-with-citation, wording no",
            "mini-ipip: 20 items, public-domain, wording yes",
            "mspss: 12 items, free-with-citation, wording no",
            "osss-3: 3 items, free (CC BY 4.0 article), wording yes",
            "pc-ptsd-5: 5 items, public-domain, wording yes",
            "pcl-5: 20 items, public-domain, wording yes",
            "phq-2: 2 items, free, wording yes",
            "phq-4: 4 items, free, wording yes",
            "phq-9: 9 items, free, wording yes",
            "rses: 10 items, public-domain, wording no",
            "ssosh-10: 10 items, unclear, wording no",
            "star-p: 12 items, unclear, wording no",
            "vq: 10 items, free (author), journal Elsevier/ACBS, wording no",
            "wai-sr: 12 items, permission needed, wording no",
            "who-5: 5 items, free-noncommercial, wording no",
            "wsas: 5 items, permission-needed, wording no",
        }));
    }

    [TestCaseSource(nameof(Codes))]
    public async Task Each_instrument_shows_its_items_key_licence_and_the_status_of_its_facts(string code)
    {
        var answer = (await practitioner.Get($"/v1/instruments/{code}")).Expect(HttpStatusCode.OK).Json;
        var instrument = answer.GetProperty("instrument");
        var licence = instrument.GetProperty("licence");

        Assert.Multiple(() =>
        {
            Assert.That(answer.GetProperty("notice").GetString(), Does.StartWith("This material contains content from LOINC (http://loinc.org)."));
            Assert.That(instrument.GetProperty("code").GetString(), Is.EqualTo(code));
            Assert.That(instrument.GetProperty("items").GetArrayLength(), Is.Positive);
            Assert.That(licence.GetProperty("holder").GetString(), Is.Not.Empty);
            Assert.That(licence.GetProperty("terms").GetString(), Is.Not.Empty);
            Assert.That(licence.GetProperty("confidence").GetString(), Is.AnyOf("confirmed", "partly", "unconfirmed"));
            Assert.That(instrument.GetProperty("missing").GetProperty("status").GetString(), Is.AnyOf("confirmed", "partly", "unconfirmed"));
            Assert.That(ConfirmedWithoutSource(instrument), Is.Empty);
        });
    }

    [TestCase("phq-9", "2.77")]
    [TestCase("gad-7", "2.77")]
    [TestCase("pcl-5", "2.75")]
    [TestCase("audit-c", null)]
    public async Task The_LOINC_release_is_told_where_the_source_of_the_codes_names_it(string code, string? release) =>
        Assert.That((await practitioner.Get($"/v1/instruments/{code}")).Expect(HttpStatusCode.OK).Word("instrument.loinc.version"), Is.EqualTo(release));

    [TestCaseSource(nameof(Codes))]
    public async Task Wording_comes_with_attribution_and_source_or_not_at_all(string code)
    {
        var instrument = (await practitioner.Get($"/v1/instruments/{code}")).Json.GetProperty("instrument");
        var worded = instrument.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("text").EnumerateObject().Any()).Distinct().Single();
        var languages = instrument.GetProperty("languages").EnumerateArray().ToList();

        Assert.That(worded, Is.EqualTo(code is "gad-7" or "mini-ipip" or "osss-3" or "pcl-5" or "phq-2" or "phq-4" or "phq-9"));
        Assert.That(languages, Has.Count.EqualTo(worded ? 1 : 0));
        foreach (var language in languages)
        {
            Assert.That(language.GetProperty("attribution").GetString(), Is.Not.Empty);
            Assert.That(language.GetProperty("textSource").GetString(), Is.Not.Empty);
        }
    }

    [Test]
    public async Task Every_LOINC_code_shown_has_its_check_digit()
    {
        var shown = new List<string>();
        foreach (var code in Codes)
        {
            var instrument = (await practitioner.Get($"/v1/instruments/{code}")).Json.GetProperty("instrument");
            shown.AddRange(LoincCodes(instrument));
        }

        Assert.That(shown, Has.Count.GreaterThan(40).And.Contain("44261-6").And.Contain("101698-9").And.Contain("LA6568-5").And.Contain("LL358-3"));
        Assert.That(shown.Where(code => !LoincCode.IsValid(code)), Is.Empty);
    }

    [TestCase("k10", "time", 5)]
    [TestCase("who-5", "time", 6)]
    public async Task The_key_of_a_scale_is_shown_as_it_scores(string code, string answerSet, int options)
    {
        var instrument = (await practitioner.Get($"/v1/instruments/{code}")).Json.GetProperty("instrument");

        Assert.That(instrument.GetProperty("answerSets").GetProperty(answerSet).GetProperty("options").GetArrayLength(), Is.EqualTo(options));
        Assert.That(instrument.GetProperty("total").GetProperty("method").GetString(), Is.EqualTo("sum"));
        Assert.That(instrument.GetProperty("higherIs").GetString(), Is.EqualTo(code == "k10" ? "worse" : "better"));
    }

    [Test]
    public async Task A_comparison_is_shown_as_it_is_written_in_the_definition()
    {
        var instrument = (await practitioner.Get("/v1/instruments/pcl-5")).Json.GetProperty("instrument");

        Assert.That(instrument.GetProperty("cutoffs")[0].GetProperty("when").GetProperty("op").GetString(), Is.EqualTo(">="));
        Assert.That(instrument.GetProperty("algorithms")[0].GetProperty("when").GetProperty("op").GetString(), Is.EqualTo("all"));
    }

    [Test]
    public async Task A_version_is_what_the_instrument_is_as_long_as_there_is_no_newer()
    {
        var newest = (await practitioner.Get("/v1/instruments/core-10")).Expect(HttpStatusCode.OK);
        var first = (await practitioner.Get("/v1/instruments/core-10/versions/1")).Expect(HttpStatusCode.OK);

        Assert.That(first.Text, Is.EqualTo(newest.Text));
    }

    [TestCase("/v1/instruments/bdi-ii")]
    [TestCase("/v1/instruments/PHQ-9")]
    [TestCase("/v1/instruments/phq-9/versions/2")]
    [TestCase("/v1/instruments/phq-9/versions/01")]
    [TestCase("/v1/instruments/bdi-ii/versions/1")]
    public async Task What_is_not_in_the_library_is_not_found(string path)
    {
        Assert.That((await practitioner.Get(path)).Expect(HttpStatusCode.NotFound).Problem, Is.EqualTo("not-found"));
    }

    [TestCase("/v1/instruments")]
    [TestCase("/v1/instruments/phq-9")]
    public async Task Only_who_has_signed_in_may_read_the_library(string path)
    {
        (await host.Anonymous().Get(path)).Expect(HttpStatusCode.Unauthorized);
    }

    [Test]
    public async Task A_client_reads_the_library_as_everybody_does()
    {
        (await (await host.As("client")).Get("/v1/instruments/who-5")).Expect(HttpStatusCode.OK);
    }

    private static string Summary(JsonElement instrument)
    {
        var licence = instrument.GetProperty("licence");
        return $"{instrument.GetProperty("code").GetString()}: {instrument.GetProperty("itemCount").GetInt32()} items, "
            + $"{licence.GetProperty("status").GetString()}, wording {licence.GetProperty("shipItemText").GetString()}";
    }

    /// <summary>Every fact, however deep, that says it is confirmed and names no source.</summary>
    private static IEnumerable<string> ConfirmedWithoutSource(JsonElement instrument) =>
        from fact in Everything(instrument)
        where Member(fact, "status") == "confirmed" || Member(fact, "confidence") == "confirmed"
        where string.IsNullOrEmpty(Member(fact, "source"))
        select fact.GetRawText();

    private static IEnumerable<string> LoincCodes(JsonElement instrument)
    {
        var loinc = instrument.GetProperty("loinc");
        return Everything(instrument).Select(element => Member(element, "loinc"))
            .Append(Member(loinc, "panel"))
            .Append(Member(loinc, "total"))
            .Concat(loinc.GetProperty("other").EnumerateArray().Select(other => Member(other, "code")))
            .OfType<string>();
    }

    private static string? Member(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var member) && member.ValueKind == JsonValueKind.String
            ? member.GetString()
            : null;

    private static IEnumerable<JsonElement> Everything(JsonElement element)
    {
        IEnumerable<JsonElement> parts = element.ValueKind switch
        {
            JsonValueKind.Object => element.EnumerateObject().Select(member => member.Value),
            JsonValueKind.Array => element.EnumerateArray(),
            _ => [],
        };
        return parts.SelectMany(Everything).Prepend(element);
    }
}
