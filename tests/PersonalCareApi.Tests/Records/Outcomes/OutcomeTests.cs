using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml.Linq;
using PersonalCareApi.Domain;
using PersonalCareApi.Records.Outcomes;
using PersonalCareApi.Tests.TestHost;

namespace PersonalCareApi.Tests.Records.Outcomes;

/// <summary>What assessments come to: change, phases, table and chart, of what is in reach and of nothing else.</summary>
[OnEachDatabase]
internal sealed class OutcomeTests(TestDatabase database) : OnOneHost(database)
{
    private static readonly (string, string) AsTable = ("Accept", "text/csv");

    private static readonly DateTimeOffset Begin = new(2026, 1, 5, 9, 30, 0, TimeSpan.Zero);

    [Test]
    public async Task Each_instrument_has_its_first_and_latest_score_and_the_change()
    {
        var record = await NewClientUnderConsent();
        await Weekly(record, "phq-9", 18, 20, 9);
        await Weekly(record, "gad-7", 15, 7);

        var outcomes = (await Practitioner.Get(Requests.Record(record, "/outcomes"))).Expect(HttpStatusCode.OK).Json;

        var (gad, phq) = (outcomes.GetProperty("items")[0], outcomes.GetProperty("items")[1]);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((gad.Word("instrument"), gad.Word("count")), Is.EqualTo(("gad-7", "2")));
            Assert.That((phq.Word("instrument"), phq.Word("count"), phq.Word("higherIs")), Is.EqualTo(("phq-9", "3", "worse")));
            Assert.That((phq.Word("first.score"), phq.Word("latest.score"), phq.Word("latest.severity.code")), Is.EqualTo(("18", "9", "mild")));
            Assert.That(phq.Word("change.value.difference"), Is.EqualTo("-9"));
            Assert.That(phq.Word("change.value.reliable.value.direction"), Is.EqualTo("improvement"));
            Assert.That(phq.Word("change.value.reliable.value.index.value.standardErrorOfDifference"), Is.EqualTo("2.5797"));
            Assert.That(phq.Word("change.value.reliable.value.source"), Does.Contain("NHS Talking Therapies"));
            Assert.That(phq.Word("change.value.significant.value.category"), Is.EqualTo("recovered"));
            Assert.That(phq.Word("change.value.response.value.reached"), Is.EqualTo("True"));
            Assert.That(phq.Word("change.value.talkingTherapies.value.caseAtLatest"), Is.EqualTo("False"));
            Assert.That(phq.GetProperty("sensitivities").EnumerateArray().Select(label => label.GetString()), Does.Contain("PSY"));
            Assert.That(outcomes.Word("talkingTherapies.value.reliableRecovery"), Is.EqualTo("True"));
        }
    }

    [Test]
    public async Task Incomplete_and_retracted_assessments_count_nowhere_and_are_told()
    {
        var record = await NewClientUnderConsent();
        await Weekly(record, "phq-9", 18, 9);
        await Assess(record, Form("phq-9", Begin.AddDays(70), 27, answered: 2));
        var wrong = await Assess(record, Form("phq-9", Begin.AddDays(77), 27));
        (await Practitioner.Post($"{wrong.Header("Location")}/retraction", new { reason = "Wrong client." }, ("If-Match", wrong.ETag))).Expect(HttpStatusCode.OK);

        var one = (await Practitioner.Get(Path(record))).Expect(HttpStatusCode.OK).Json;
        var all = (await Practitioner.Get(Requests.Record(record, "/outcomes"))).Json.GetProperty("items")[0];

        foreach (var outcome in new[] { one.GetProperty("outcome"), all })
        {
            Assert.That((outcome.Word("count"), outcome.Word("latest.score")), Is.EqualTo(("2", "9")));
            Assert.That((outcome.Word("leftOut.incomplete"), outcome.Word("leftOut.retracted")), Is.EqualTo(("1", "1")));
        }

        Assert.That(Scores(one), Is.EqualTo([18, 9]));
        Assert.That((await Practitioner.Get(Path(record, "/chart"))).Text, Does.Contain("1 incomplete assessment left out. 1 retracted assessment left out."));
    }

    [Test]
    public async Task Without_norms_the_answer_says_so_and_guesses_nothing()
    {
        var record = await NewClientUnderConsent();
        await Assess(record, Form("brs", Begin, 6, items: 6, from: 1));
        await Assess(record, Form("brs", Begin.AddDays(7), 18, items: 6, from: 1));

        var change = (await Practitioner.Get(Path(record, instrument: "brs"))).Expect(HttpStatusCode.OK).Json.GetProperty("outcome").GetProperty("change").GetProperty("value");

        Assert.That(change.Word("reliable.notDefined.code"), Is.EqualTo("no-published-value"));
        Assert.That(change.Word("significant.notDefined.code"), Is.EqualTo("no-published-value"));
        Assert.That(change.Word("talkingTherapies.notDefined.code"), Is.EqualTo("no-definition"));
        Assert.That(change.GetProperty("reliable").GetProperty("value").ValueKind, Is.EqualTo(JsonValueKind.Null));
    }

    [Test]
    public async Task Phases_are_compared_where_they_have_enough_scores()
    {
        var record = await NewClientUnderConsent();
        await Weekly(record, "phq-9", 20, 19, 20, 21, 20, 12, 11, 10, 9, 8);

        var phased = (await Practitioner.Get(Path(record, $"?phaseAt={InstantText.Short(Begin.AddDays(33))}"))).Expect(HttpStatusCode.OK).Json;
        var early = (await Practitioner.Get(Path(record, $"?phaseAt={InstantText.Short(Begin.AddDays(12))}"))).Expect(HttpStatusCode.OK).Json;
        var whole = (await Practitioner.Get(Path(record))).Expect(HttpStatusCode.OK).Json;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(phased.GetProperty("phases").EnumerateArray().Select(phase => phase.GetProperty("count").GetInt32()), Is.EqualTo([5, 5]));
            Assert.That(phased.GetProperty("phaseComparisons").GetProperty("value")[0].Word("value.nap"), Is.EqualTo("1"));
            Assert.That(early.GetProperty("phaseComparisons").GetProperty("value")[0].Word("notDefined.code"), Is.EqualTo("too-few-points"));
            Assert.That(whole.Word("phaseComparisons.notDefined.code"), Is.EqualTo("no-phases"));
            Assert.That(whole.GetProperty("suddenGains").GetProperty("value")[0].Word("scoreAfter"), Is.EqualTo("12"));
            Assert.That(whole.GetProperty("onTrack").GetProperty("value").GetProperty("weeks")[0].Word("offTrack"), Is.EqualTo("True"));
            Assert.That(whole.Word("onTrack.value.source"), Does.Contain("Schueller"));
        }
    }

    [Test]
    public async Task What_is_out_of_reach_changes_nothing()
    {
        var record = await NewClientUnderConsent();
        await Weekly(record, "phq-9", 18, 9);
        var before = await Everything(record);
        await Assess(Client, record, Form("phq-9", Begin.AddDays(-700), 27));
        await Assess(Client, record, Form("phq-9", Begin.AddDays(-707), 27, answered: 1));
        await Assess(Client, record, Form("gad-7", Begin.AddDays(-700), 21, items: 7));
        Assert.That(await Everything(record), Is.Not.EqualTo(before));

        await Give(record, Provision.Deny("assessments") with { DataPeriod = new { until = "2026-01-01T00:00:00Z" } });

        Assert.That(await Everything(record), Is.EqualTo(before));
    }

    [Test]
    public async Task Without_consent_outcomes_are_refused_and_to_strangers_they_are_not_there()
    {
        var record = await Host.NewClient();
        foreach (var path in new[] { Requests.Record(record, "/outcomes"), Path(record), Path(record, "/chart") })
        {
            Assert.That((await Practitioner.Get(path)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
            (await Colleague.Get(path)).Expect(HttpStatusCode.NotFound);
            (await Elsewhere.Get(path)).Expect(HttpStatusCode.NotFound);
            (await Client.Get(path)).Expect(HttpStatusCode.OK);
        }
    }

    [Test]
    public async Task Payment_gets_scores_and_no_answers()
    {
        var record = await NewClientUnderConsent();
        await Give(record, Provision.Permit("assessments") with { Purposes = ["HPAYMT"], Actions = ["read"] });
        await Weekly(record, "phq-9", 18, 9);

        foreach (var path in new[] { "", "/phq-9", "/phq-9/chart" })
        {
            var answer = (await Practitioner.Get(Requests.Record(record, $"/outcomes{path}"), ("Purpose-Of-Use", "HPAYMT"))).Expect(HttpStatusCode.OK);
            Assert.That(answer.Text, Does.Not.Contain("answers").And.Not.Contain("suicide").And.Not.Contain("flags"));
        }
    }

    [Test]
    public async Task The_client_sees_who_looked()
    {
        var record = await NewClientUnderConsent();
        (await Practitioner.Get(Path(record, "/chart"))).Expect(HttpStatusCode.OK);

        var history = (await Client.Get(Requests.Record(record, "/access-history"))).Expect(HttpStatusCode.OK);

        Assert.That(history.Json.GetProperty("items").EnumerateArray().Select(item => item.GetProperty("operation").GetString()), Does.Contain("GetOutcomeChart"));
    }

    [TestCase("?scale=B", "scale unknown-reference")]
    [TestCase("?phaseAt=yesterday", "phaseAt invalid-format")]
    [TestCase("?instrument=phq-9", "instrument unknown-parameter")]
    public async Task A_query_that_cannot_be_is_refused(string query, string fault)
    {
        var record = await NewClientUnderConsent();

        Assert.That((await Practitioner.Get(Path(record, query))).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));
        Assert.That((await Practitioner.Get(Path(record, "/chart" + query))).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));
    }

    [Test]
    public async Task An_instrument_that_is_not_known_is_not_there_and_one_never_administered_has_no_scores()
    {
        var record = await NewClientUnderConsent();

        (await Practitioner.Get(Path(record, instrument: "no-such"))).Expect(HttpStatusCode.NotFound);
        var none = (await Practitioner.Get(Path(record))).Expect(HttpStatusCode.OK).Json;
        Assert.That(none.Word("outcome.change.notDefined.code"), Is.EqualTo("no-score"));
        Assert.That((await Practitioner.Get(Path(record, "/chart"))).Expect(HttpStatusCode.OK).Text, Does.Contain("No complete assessment"));
    }

    [Test]
    public async Task A_scale_of_an_instrument_without_a_total_has_scores_and_no_direction()
    {
        var record = await NewClientUnderConsent();
        await Assess(record, Form("mini-ipip", Begin, 20, items: 20, from: 1));
        await Assess(record, Form("mini-ipip", Begin.AddDays(7), 60, items: 20, from: 1));

        var all = (await Practitioner.Get(Requests.Record(record, "/outcomes"))).Expect(HttpStatusCode.OK).Json.GetProperty("items");
        var one = (await Practitioner.Get(Path(record, "?scale=intellect", "mini-ipip"))).Expect(HttpStatusCode.OK).Json;

        Assert.That(all.EnumerateArray().Select(item => item.Word("scale")), Is.EqualTo(one.GetProperty("scales").EnumerateArray().Select(scale => scale.GetString())));
        Assert.That(one.Word("outcome.scale"), Is.EqualTo("intellect"));
        Assert.That(one.Word("outcome.change.value.reliable.notDefined.code"), Is.EqualTo("neutral-scale"));
    }

    [Test]
    public async Task From_and_until_choose_what_everything_is_computed_from()
    {
        var record = await NewClientUnderConsent();
        await Weekly(record, "phq-9", 18, 20, 9, 5);

        var some = (await Practitioner.Get(Path(record, $"?from={InstantText.Short(Begin.AddDays(7))}&until={InstantText.Short(Begin.AddDays(21))}"))).Expect(HttpStatusCode.OK).Json;

        Assert.That(Scores(some), Is.EqualTo([20, 9]));
        Assert.That(some.Word("outcome.change.value.difference"), Is.EqualTo("-11"));
    }

    [Test]
    public async Task The_scores_come_as_a_table_too()
    {
        var record = await NewClientUnderConsent();
        await Weekly(record, "phq-9", 18, 9);

        var table = (await Practitioner.Get(Path(record, $"?phaseAt={InstantText.Short(Begin.AddDays(5))}"), AsTable)).Expect(HttpStatusCode.OK);

        Assert.That(table.Header("Content-Type"), Is.EqualTo("text/csv; charset=utf-8; header=present"));
        var lines = table.Text.Split("\r\n");
        Assert.That(lines, Has.Length.EqualTo(4));
        Assert.That(lines[0], Is.EqualTo("assessment_id,instrument,instrument_version,scale,administered_at,score,severity_code,severity_label,prorated,partial,phase"));
        Assert.That(lines[1], Does.EndWith(",phq-9,1,total,2026-01-05T09:30:00Z,18,moderately-severe,moderately severe,false,false,0"));
        Assert.That(lines[2], Does.EndWith(",9,mild,mild,false,false,1"));
        Assert.That(lines[3], Is.Empty);
        (await Practitioner.Get(Path(record), ("Accept", "application/pdf"))).Expect(HttpStatusCode.NotAcceptable);
    }

    [Test]
    public async Task The_chart_is_well_formed_and_tells_in_words_what_it_shows()
    {
        var record = await NewClientUnderConsent();
        await Weekly(record, "phq-9", 18, 9);

        var answer = (await Practitioner.Get(Path(record, "/chart"), ("Accept", "image/svg+xml"))).Expect(HttpStatusCode.OK);

        var svg = XDocument.Parse(answer.Text).Root!;
        Assert.That(answer.Header("Content-Type"), Is.EqualTo("image/svg+xml; charset=utf-8"));
        Assert.That(answer.Header("Content-Security-Policy"), Does.Contain("default-src 'none'"));
        Assert.That((string?)svg.Attribute("role"), Is.EqualTo("img"));
        Assert.That(svg.Elements().First().Value, Is.EqualTo("Patient Health Questionnaire-9: scores over time"));
        Assert.That(svg.Elements().ElementAt(1).Value, Does.Contain("From 18 (moderately severe) on 5 January 2026 to 9 (mild) on 12 January 2026")
            .And.Contain("a reliable improvement, which takes 6."));
        (await Practitioner.Get(Path(record, "/chart"), ("Accept", "image/png"))).Expect(HttpStatusCode.NotAcceptable);
    }

    [Test]
    public async Task Twenty_years_of_weekly_scores_are_answered_within_bounds()
    {
        var record = await NewClientUnderConsent();
        var first = Begin.AddDays(-7 * OutcomeSeries.MostPoints);
        foreach (var weeks in Enumerable.Range(0, OutcomeSeries.MostPoints + 2).Chunk(50))
        {
            await Task.WhenAll(weeks.Select(week => Assess(record, Form("phq-9", first.AddDays(7 * week), week == 0 ? 25 : week % 20))));
        }

        // Once to warm up; what the figures are is told, and not asserted.
        await Everything(record, "/phq-9");
        var began = Stopwatch.GetTimestamp();
        var all = (await Practitioner.Get(Requests.Record(record, "/outcomes"))).Expect(HttpStatusCode.OK).Json.GetProperty("items")[0];
        var listed = Stopwatch.GetElapsedTime(began);
        var one = (await Practitioner.Get(Path(record, $"?phaseAt={InstantText.Short(Begin.AddDays(-3500))}"))).Expect(HttpStatusCode.OK);
        var read = Stopwatch.GetElapsedTime(began) - listed;
        var chart = (await Practitioner.Get(Path(record, "/chart"))).Expect(HttpStatusCode.OK);
        TestContext.Out.WriteLine($"list {listed.TotalMilliseconds:F0} ms, series {read.TotalMilliseconds:F0} ms, {one.Text.Length} characters; chart {chart.Text.Length}");

        using (Assert.EnterMultipleScope())
        {
            Assert.That((all.Word("count"), all.Word("first.score")), Is.EqualTo(("1002", "25")));
            Assert.That(one.Json.GetProperty("points").GetArrayLength(), Is.EqualTo(OutcomeSeries.MostPoints));
            Assert.That(one.Json.Word("notShown"), Is.EqualTo("2"));
            Assert.That(one.Json.Word("outcome.first.score"), Is.EqualTo("25"));
            Assert.That(one.Json.GetProperty("phaseComparisons").GetProperty("value")[0].Word("value.nap"), Is.Not.Null);
            Assert.That(chart.Text, Does.Contain("1002 complete assessments; higher is worse; the newest 1000 are drawn"));
            Assert.That((await Practitioner.Get(Path(record), AsTable)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["from out-of-range"]));
            (await Practitioner.Get(Path(record, $"?from={InstantText.Short(first.AddDays(14))}"), AsTable)).Expect(HttpStatusCode.OK);
        }
    }

    [Test]
    public async Task The_published_example_is_what_is_answered()
    {
        var record = await NewClientUnderConsent();
        await Assess(record, Form("gad-7", Begin, 12, items: 7));
        await Assess(record, Form("gad-7", Begin, 1, items: 7, answered: 1));

        var real = (await Practitioner.Get(Requests.Record(record, "/outcomes"))).Expect(HttpStatusCode.OK);

        var example = JsonNode.Parse(OutcomesResponse.Example)!;
        foreach (var end in new[] { "first", "latest" })
        {
            example["items"]![0]![end]!["assessmentId"] = real.Json.GetProperty("items")[0].Word($"{end}.assessmentId");
            example["items"]![0]![end]!["administeredAt"] = InstantText.Short(Begin);
        }

        Assert.That(JsonNode.DeepEquals(example, JsonNode.Parse(real.Text)), Is.True, real.Text);
    }

    private static string Path(Guid record, string rest = "", string instrument = "phq-9") => Requests.Record(record, $"/outcomes/{instrument}{rest}");

    private async Task Weekly(Guid record, string instrument, params int[] totals)
    {
        foreach (var (week, total) in totals.Index())
        {
            await Assess(record, Form(instrument, Begin.AddDays(7 * week), total, instrument == "phq-9" ? 9 : 7));
        }
    }

    /// <summary>A form whose answers add up to a total, at most three more than the least to each.</summary>
    private static object Form(string instrument, DateTimeOffset at, int total, int items = 9, int? answered = null, int from = 0) => new
    {
        instrument,
        administeredAt = InstantText.Short(at),
        answers = Enumerable.Range(0, answered ?? items).Select(item => new
        {
            item = (item + 1).ToString(CultureInfo.InvariantCulture),
            value = from + Math.Clamp(total - (from * items) - (3 * item), 0, 3),
        }),
    };

    private static IEnumerable<int> Scores(JsonElement outcome) =>
        outcome.GetProperty("points").EnumerateArray().Select(point => point.GetProperty("score").GetInt32());

    private async Task<string> Everything(Guid record)
    {
        var table = (await Practitioner.Get(Path(record), AsTable)).Expect(HttpStatusCode.OK).Text;
        return $"{await Everything(record, "", "/phq-9", "/phq-9/chart", "/gad-7", "/gad-7/chart")}\n{table}";
    }

    private async Task<string> Everything(Guid record, params string[] paths)
    {
        var answers = new List<string>();
        foreach (var path in paths)
        {
            answers.Add((await Practitioner.Get(Requests.Record(record, $"/outcomes{path}"))).Expect(HttpStatusCode.OK).Text);
        }

        return string.Join('\n', answers);
    }
}
