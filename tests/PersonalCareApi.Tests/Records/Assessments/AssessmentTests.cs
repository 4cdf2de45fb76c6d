using System.Net;
using System.Text.Json.Nodes;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Assessments;

/// <summary>Administering instruments: scored by the server, kept though incomplete, listed and retracted.</summary>
[OnEachDatabase]
internal sealed class AssessmentTests(TestDatabase database) : OnOneHost(database)
{
    private Guid record;

    [SetUp]
    public async Task NewRecord() => record = await NewClientUnderConsent();

    private string Path => Record(record, "/assessments");

    [TestCase("phq-9", "000000000", "0", "minimal")]
    [TestCase("phq-9", "111100000", "4", "minimal")]
    [TestCase("phq-9", "111110000", "5", "mild")]
    [TestCase("phq-9", "333100000", "10", "moderate")]
    [TestCase("phq-9", "333330000", "15", "moderately-severe")]
    [TestCase("phq-9", "333333200", "20", "severe")]
    [TestCase("phq-9", "333333333", "27", "severe")]
    [TestCase("gad-7", "0000000", "0", "minimal")]
    [TestCase("gad-7", "1111100", "5", "mild")]
    [TestCase("gad-7", "3331000", "10", "moderate")]
    [TestCase("gad-7", "3333333", "21", "severe")]
    [TestCase("audit-c", "444", "12", null)]
    [TestCase("audit-c", "000", "0", null)]
    public async Task A_complete_form_has_its_total_and_band(string instrument, string values, string score, string? severity)
    {
        var made = await Assess(record, Form(instrument, values));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.Word("score"), Is.EqualTo(score));
            Assert.That(made.Word("severity.code"), Is.EqualTo(severity));
            Assert.That(made.Word("status"), Is.EqualTo("final"));
            Assert.That(made.Word("prorated"), Is.EqualTo("False"));
            Assert.That(made.Json.GetProperty("missingItems").GetArrayLength(), Is.Zero);
            Assert.That(made.Word("instrumentVersion"), Is.EqualTo("1"));
            Assert.That(made.Word("language"), Is.EqualTo("en"));
            Assert.That(made.Word("mode"), Is.EqualTo("self-report"));
        }
    }

    [Test]
    public async Task What_was_administered_is_read_as_it_was_answered()
    {
        var made = await Assess(record, Form("phq-9", "333330001"));
        var read = (await Practitioner.Get(made.Header("Location")!)).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.Header("Location"), Is.EqualTo($"{Path}/{made.Id}"));
            Assert.That(read.Text, Is.EqualTo(made.Text));
            Assert.That(read.ETag, Is.EqualTo(made.ETag).And.EqualTo("\"1\""));
            Assert.That(read.Word("clientId"), Is.EqualTo($"{record}"));
            Assert.That(read.Word("recordedBy.kind"), Is.EqualTo("practitioner"));
            Assert.That(read.Word("recordedBy.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(read.Word("administeredAt"), Is.EqualTo("2026-05-04T09:30:00Z"));
            Assert.That((await Practitioner.Get(made.Header("Location")!, ("If-None-Match", made.ETag))).Status, Is.EqualTo(HttpStatusCode.NotModified));
        }
    }

    [Test]
    public async Task Missing_answers_within_the_rule_are_made_up_for_and_named()
    {
        var made = await Assess(record, Form("phq-9", "1111112--"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.Word("status"), Is.EqualTo("final"));
            Assert.That(made.Word("score"), Is.EqualTo("10.2857"), "8 × 9 / 7, to 4 decimals");
            Assert.That(made.Word("severity.code"), Is.EqualTo("moderate"));
            Assert.That(made.Word("prorated"), Is.EqualTo("True"));
            Assert.That(Missing(made), Is.EqualTo(["8", "9"]));
        }
    }

    [Test]
    public async Task A_declined_answer_counts_as_missing_and_is_kept_as_declined()
    {
        var made = await Assess(record, Form("gad-7", "111111d"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.Word("score"), Is.EqualTo("7"));
            Assert.That(Missing(made), Is.EqualTo(["7"]));
            Assert.That(made.Json.GetProperty("answers")[6].Word("declined"), Is.EqualTo("True"));
        }
    }

    [TestCase("phq-9", "111111---")]
    [TestCase("gad-7", "1111---")]
    [TestCase("audit-c", "11-")]
    [TestCase("gad-7", "-------")]
    public async Task More_missing_than_the_rule_allows_is_kept_without_a_score(string instrument, string values)
    {
        var made = await Assess(record, Form(instrument, values));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(made.Word("status"), Is.EqualTo("incomplete"));
            Assert.That(made.Word("score"), Is.Null);
            Assert.That(made.Word("severity"), Is.Null);
            Assert.That(Missing(made), Has.Length.EqualTo(values.Count(value => value == '-')));
            Assert.That((await Practitioner.Get($"{Path}/{made.Id}")).Text, Is.EqualTo(made.Text));
        }
    }

    [TestCase("000000000", 0)]
    [TestCase("000000001", 1)]
    [TestCase("--------2", 1)]
    [TestCase("33333333-", 0)]
    [TestCase("33333333d", 0)]
    public async Task A_critical_answer_raises_its_flag_on_an_incomplete_form_as_well(string values, int flags)
    {
        var made = await Assess(record, Form("phq-9", values));
        Assert.That(
            made.Json.GetProperty("flags").EnumerateArray().Select(flag => $"{flag.Word("code")} {flag.Word("item")} {flag.Word("value")}"),
            Is.EqualTo(flags == 0 ? [] : new[] { $"suicide-risk-review 9 {values[8]}" }));
    }

    [TestCase("female", "positive-women")]
    [TestCase("male", "positive-men")]
    public async Task The_cut_off_by_sex_is_the_one_named(string sex, string cutoff)
    {
        var form = Form("audit-c", "111");
        form["sex"] = sex;
        var made = await Assess(record, form);
        Assert.That(
            made.Json.GetProperty("cutoffs").EnumerateArray().Select(one => one.Word("code")!).Where(code => code.StartsWith("positive", StringComparison.Ordinal)),
            Is.EqualTo([cutoff]));
        Assert.That((await Assess(record, Form("audit-c", "111"))).Text, Does.Contain("positive-women").And.Contain("positive-men"));
    }

    [Test]
    public async Task Every_fault_of_the_answers_is_named_at_once()
    {
        var answer = await Practitioner.PostText(Path, """
            {"instrument":"phq-9","administeredAt":"2026-05-04T09:30:00Z","answers":[
              {"item":"1","value":4},{"item":"2","value":1.5},{"item":"99","value":1},{"item":"3","value":1},{"item":"3","value":1},
              {"item":"4"},{"item":"5","value":1,"declined":true},{"item":"6","value":-1}]}
            """);
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([
            "#/answers/0/value out-of-range", "#/answers/1/value out-of-range", "#/answers/2/item unknown-item", "#/answers/4/item duplicate-item",
            "#/answers/5/value value-required", "#/answers/6/declined declined-with-value", "#/answers/7/value out-of-range",
        ]));
        Assert.That((await Practitioner.Get(Path)).Total(), Is.Zero);
    }

    [TestCase("\"instrument\":\"phq-10\"", "#/instrument unknown-reference")]
    [TestCase("\"instrument\":\"PHQ-9\"", "#/instrument unknown-reference")]
    [TestCase("\"instrument\":\"gad-7\",\"instrumentVersion\":\"99\"", "#/instrumentVersion unknown-reference")]
    [TestCase("\"instrument\":\"\"", "#/instrument wrong-length")]
    [TestCase("\"instrument\":\"gad-7\",\"language\":\"\"", "#/language")]
    [TestCase("\"instrument\":\"gad-7\",\"mode\":\"telepathy\"", "#/mode unknown-value")]
    [TestCase("\"instrument\":\"gad-7\",\"sex\":\"x\"", "#/sex unknown-value")]
    [TestCase("\"instrument\":\"gad-7\",\"administeredAt\":\"2099-05-04T09:30:00Z\"", "#/administeredAt")]
    [TestCase("\"instrument\":\"gad-7\",\"answers\":[null]", "#/answers")]
    public async Task A_faulty_form_names_its_fault(string members, string fault)
    {
        var whole = members
            + (members.Contains("administeredAt", StringComparison.Ordinal) ? "" : ",\"administeredAt\":\"2026-05-04T09:30:00Z\"")
            + (members.Contains("answers", StringComparison.Ordinal) ? "" : ",\"answers\":[]");
        var answer = await Practitioner.PostText(Path, $"{{{whole}}}");
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Has.Some.StartsWith(fault));
        Assert.That((await Practitioner.Get(Path)).Total(), Is.Zero);
    }

    [Test]
    public async Task An_administration_in_the_future_is_refused_beyond_what_clocks_differ()
    {
        var now = Host.Clock.GetUtcNow();
        await Assess(record, Forms.Gad7($"{now.AddMinutes(4):O}"));
        var answer = await Practitioner.Post(Path, Forms.Gad7($"{now.AddMinutes(10):O}"));
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/administeredAt out-of-range"]));
    }

    [Test]
    public async Task What_the_server_sets_is_ignored_when_a_read_form_is_edited_and_posted()
    {
        var made = await Assess(record, Form("phq-9", "000000001"));
        var edited = JsonNode.Parse(made.Text)!;
        edited["answers"]![0]!["value"] = 3;
        edited["score"] = 27;
        edited["id"] = $"{Nobody}";
        edited["flags"] = new JsonArray();
        edited["recordedBy"]!["kind"] = "client";
        var again = (await Practitioner.PostText(Path, edited.ToJsonString())).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Id, Is.Not.EqualTo(made.Id).And.Not.EqualTo(Nobody));
            Assert.That(again.Word("score"), Is.EqualTo("4"));
            Assert.That(again.Json.GetProperty("flags").GetArrayLength(), Is.EqualTo(1));
            Assert.That(again.Word("recordedBy.kind"), Is.EqualTo("practitioner"));
        }
    }

    [Test]
    public async Task The_client_is_author_of_their_own_answers()
    {
        var own = await Assess(Client, record, Form("gad-7", "1111111"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(own.Word("recordedBy.kind"), Is.EqualTo("client"));
            Assert.That(own.Word("recordedBy.id"), Is.EqualTo($"{record}"));
            Assert.That((await Practitioner.Get($"{Path}/{own.Id}")).Text, Is.EqualTo(own.Text));
        }
    }

    [Test]
    public async Task A_retraction_keeps_the_assessment_with_who_when_and_why()
    {
        var made = await Assess(record, Form("gad-7", "1111111"));
        var path = $"{Path}/{made.Id}";
        (await Practitioner.Post($"{path}/retraction", new { reason = "wrong client" })).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Post($"{path}/retraction", new { reason = "wrong client" }, ("If-Match", "\"2\""))).Expect(HttpStatusCode.PreconditionFailed);
        var retracted = (await Practitioner.Post($"{path}/retraction", new { reason = "wrong client" }, ("If-Match", made.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(retracted.Word("status"), Is.EqualTo("retracted"));
            Assert.That(retracted.Word("retraction.reason"), Is.EqualTo("wrong client"));
            Assert.That(retracted.Word("retraction.by.id"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(retracted.Word("score"), Is.EqualTo("7"));
            Assert.That(retracted.ETag, Is.EqualTo("\"2\""));
            Assert.That((await Practitioner.Get(path)).Text, Is.EqualTo(retracted.Text));
            Assert.That((await Practitioner.Post($"{path}/retraction", new { reason = "again" }, ("If-Match", retracted.ETag))).Problem, Is.EqualTo("state-conflict"));
            Assert.That((await Practitioner.Post($"{path}/retraction", new { reason = "again" }, ("If-Match", made.ETag))).Status, Is.EqualTo(HttpStatusCode.PreconditionFailed));
        }
    }

    [Test]
    public async Task Versions_stay_readable_as_they_were()
    {
        var made = await Assess(record, Form("gad-7", "1111111"));
        var path = $"{Path}/{made.Id}";
        var retracted = await Practitioner.Post($"{path}/retraction", new { reason = "wrong client" }, ("If-Match", made.ETag));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get($"{path}/versions")).Items().Select(version => $"{version.Word("version")} {version.Word("status")}"), Is.EqualTo(["1 final", "2 retracted"]));
            Assert.That((await Practitioner.Get($"{path}/versions/1")).Text, Is.EqualTo(made.Text));
            Assert.That((await Practitioner.Get($"{path}/versions/2")).Text, Is.EqualTo(retracted.Text));
            Assert.That((await Practitioner.Get($"{path}/versions/3")).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get($"{path}/versions/first")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [Test]
    public async Task A_client_retracts_only_what_they_entered_themselves()
    {
        var theirs = await Assess(record, Form("gad-7", "1111111"));
        var own = await Assess(Client, record, Form("gad-7", "1111111"));
        (await Client.Post($"{Path}/{theirs.Id}/retraction", new { reason = "no" }, ("If-Match", theirs.ETag))).Expect(HttpStatusCode.Forbidden);
        (await Client.Post($"{Path}/{own.Id}/retraction", new { reason = "mistyped" }, ("If-Match", own.ETag))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Lists_are_newest_first_by_when_it_was_answered()
    {
        var middle = await Assess(record, Forms.Gad7("2026-03-02T00:00:00Z"));
        var oldest = await Assess(record, Forms.Phq9("2026-03-01T00:00:00Z"));
        var newest = await Assess(record, Forms.Gad7("2026-03-03T02:00:00+02:00"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(Path)).Ids(), Is.EqualTo([newest.Id, middle.Id, oldest.Id]));
            Assert.That((await Practitioner.Get($"{Path}?instrument=gad-7")).Ids(), Is.EqualTo([newest.Id, middle.Id]));
            Assert.That((await Practitioner.Get($"{Path}?from=2026-03-02T00:00:00Z&until=2026-03-03T00:00:00Z")).Ids(), Is.EqualTo([middle.Id]));
            Assert.That((await Practitioner.Get($"{Path}?from=2026-03-03T02:00:00%2B02:00")).Ids(), Is.EqualTo([newest.Id]));
            Assert.That((await Practitioner.Get($"{Path}?instrument=gad-7&limit=1")).Total(), Is.EqualTo(2));
            Assert.That((await Practitioner.Get($"{Path}?instrument=whatever")).Total(), Is.Zero);
            Assert.That((await Practitioner.Get(Path)).Items()[0].Word("etag"), Is.EqualTo(newest.ETag));
        }
    }

    [Test]
    public async Task Pages_are_stable_though_newer_ones_come_meanwhile_and_instants_are_alike()
    {
        for (var count = 0; count < 5; count++)
        {
            await Assess(record, Forms.Gad7());
        }

        var before = (await Practitioner.Get(Path)).Ids();
        var first = await Practitioner.Get($"{Path}?limit=2");
        await Assess(record, Forms.Gad7("2026-06-01T00:00:00Z"));
        var rest = await Practitioner.AllPages(Path, 2, first.NextCursor());
        Assert.That(first.Ids().Concat(rest.Select(item => item.GetProperty("id").GetGuid())), Is.EqualTo(before));
    }

    [Test]
    public async Task A_cursor_is_good_for_its_own_list_and_filters_only()
    {
        await Assess(record, Forms.Gad7());
        await Assess(record, Forms.Gad7());
        var cursor = (await Practitioner.Get($"{Path}?instrument=gad-7&limit=1")).NextCursor()!;
        var other = await NewClientUnderConsent();
        foreach (var foreign in new[]
        {
            $"{Path}?cursor={Uri.EscapeDataString(cursor)}",
            $"{Path}?instrument=phq-9&cursor={Uri.EscapeDataString(cursor)}",
            $"{Path}?instrument=gad-7&from=2026-01-01T00:00:00Z&cursor={Uri.EscapeDataString(cursor)}",
            $"{Record(other, "/assessments")}?instrument=gad-7&cursor={Uri.EscapeDataString(cursor)}",
            $"{Path}?instrument=gad-7&cursor={Uri.EscapeDataString(Changed.Character(cursor, ^8))}",
            $"{Path}?instrument=gad-7&cursor=a",
            $"{Path}?instrument=gad-7&cursor=%20%27%20OR%201=1--",
        })
        {
            Assert.That((await Practitioner.Get(foreign)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["cursor invalid-value"]), foreign);
        }

        Assert.That((await Practitioner.Get($"{Path}?limit=7&cursor={Uri.EscapeDataString(cursor)}&instrument=gad-7")).Items(), Has.Count.EqualTo(1));
    }

    [TestCase("limit=0", "limit out-of-range")]
    [TestCase("limit=201", "limit out-of-range")]
    [TestCase("limit=-1", "limit out-of-range")]
    [TestCase("limit=ten", "limit invalid-format")]
    [TestCase("limit=99999999999999999999", "limit out-of-range")]
    [TestCase("limit=", "limit invalid-format")]
    [TestCase("limit=1&limit=2", "limit repeated-parameter")]
    [TestCase("from=yesterday", "from invalid-format")]
    [TestCase("from=2026-05-04T09:30:00", "from invalid-format")]
    [TestCase("until=0000-00-00T00:00:00Z", "until invalid-format")]
    [TestCase("instruments=phq-9", "instruments unknown-parameter")]
    [TestCase("Instrument=phq-9", "Instrument unknown-parameter")]
    [TestCase("instrument=%00", "instrument invalid-text")]
    public async Task A_faulty_query_names_its_parameter(string query, string fault) =>
        Assert.That((await Practitioner.Get($"{Path}?{query}")).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));

    [Test]
    public async Task Limits_at_the_bounds_are_taken()
    {
        (await Practitioner.Get($"{Path}?limit=1")).Expect(HttpStatusCode.OK);
        (await Practitioner.Get($"{Path}?limit=200")).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task An_assessment_of_another_record_is_not_found_under_this_one()
    {
        var other = await NewClientUnderConsent();
        var foreign = await Assess(other, Forms.Gad7());
        (await Practitioner.Get($"{Path}/{foreign.Id}")).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Get($"{Path}/{foreign.Id}/versions")).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Post($"{Path}/{foreign.Id}/retraction", new { reason = "x" }, ("If-Match", foreign.ETag))).Expect(HttpStatusCode.NotFound);
    }

    [OnEachDatabase]
    internal sealed class FlagReaderTests(TestDatabase database) : OnOneHost(database)
    {
        [Test]
        public async Task An_instrument_with_critical_items_is_not_administered_where_nobody_could_read_its_flag()
        {
            var record = await Host.NewClient();
            var path = Record(record, "/assessments");
            var refused = await Client.Post(path, Forms.Phq9(item9: 3));
            Assert.That(refused.Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("no-reader"));
            Assert.That((await Client.Get(path)).Total(), Is.Zero, "nothing is kept");
            await Assess(Client, record, Forms.Gad7());
            await Assess(Client, record, Forms.AuditC());
        }

        [Test]
        public async Task A_reader_is_whoever_a_permit_reaches_for_treatment()
        {
            var record = await Host.NewClient();
            var path = Record(record, "/assessments");
            var readers = new[]
            {
                Provision.Permit("assessments") with { Actions = ["read"] },
                Provision.Permit("assessments") with { Grantees = [Grantee.CareTeam] },
                Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] },
                Provision.Permit("all"),
            };
            foreach (var reader in readers)
            {
                var consent = await Give(record, reader);
                await Assess(Client, record, Forms.Phq9());
                await Withdraw(record, consent);
                (await Client.Post(path, Forms.Phq9())).Expect(HttpStatusCode.Conflict);
            }

            var others = new[]
            {
                Provision.Permit("assessments") with { Actions = ["write"] },
                Provision.Permit("assessments") with { Purposes = ["HPAYMT"] },
                Provision.Permit("assessments") with { Parts = ["gad-7"] },
                Provision.Permit("assessments") with { AuthoredBy = [Personas.PractitionerId] },
                Provision.Permit("assessments") with { Grantees = [Grantee.Application(Personas.Platform.Id)] },
                Provision.Permit("goals"),
            };
            foreach (var other in others)
            {
                var consent = await Give(record, other);
                Assert.That((await Client.Post(path, Forms.Phq9())).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("no-reader"));
                await Withdraw(record, consent);
            }
        }

        [Test]
        public async Task A_denial_takes_the_last_reader_away()
        {
            var record = await NewClientUnderConsent();
            await Give(record, Provision.Deny("assessments") with { Actions = ["read"], Parts = ["phq-9"] });
            (await Client.Post(Record(record, "/assessments"), Forms.Phq9())).Expect(HttpStatusCode.Conflict);
            (await Practitioner.Post(Record(record, "/assessments"), Forms.Phq9())).Expect(HttpStatusCode.Conflict);
        }

        [Test]
        public async Task Where_the_partner_does_not_ask_for_a_reader_none_is_needed()
        {
            var record = await Host.NewClient();
            Settle("requires_flag_reader = 0");
            try
            {
                Assert.That((await Assess(Client, record, Forms.Phq9(item9: 1))).Json.GetProperty("flags").GetArrayLength(), Is.EqualTo(1));
            }
            finally
            {
                Settle("requires_flag_reader = 1");
            }
        }
    }

    /// <summary>One character an answer: a value, <c>-</c> for none, <c>d</c> for declined.</summary>
    private static JsonObject Form(string instrument, string values) => new()
    {
        ["instrument"] = instrument,
        ["administeredAt"] = "2026-05-04T09:30:00Z",
        ["answers"] = new JsonArray(
        [
            .. values.Index().Where(answer => answer.Item != '-').Select(answer => answer.Item == 'd'
                ? new JsonObject { ["item"] = $"{answer.Index + 1}", ["declined"] = true }
                : new JsonObject { ["item"] = $"{answer.Index + 1}", ["value"] = answer.Item - '0' }),
        ]),
    };

    private static string[] Missing(Answer answer) => [.. answer.Json.GetProperty("missingItems").EnumerateArray().Select(item => item.GetString()!)];
}
