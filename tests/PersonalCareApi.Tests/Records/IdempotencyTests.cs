using System.Net;
using System.Security.Cryptography;
using System.Text;
using Dapper;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Development;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records;

/// <summary>A request that is repeated with its key is done once, and answered as the first was, if that may still be told.</summary>
[OnEachDatabase]
internal sealed class IdempotencyTests(TestDatabase database) : OnOneHost(database)
{
    [TearDown]
    public void ResetTheClock() => Host.Clock.Reset();

    [Test]
    public async Task A_retry_is_answered_as_the_first_time_and_does_nothing_again()
    {
        var record = await NewClientUnderConsent();
        var first = (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("one"))).Expect(HttpStatusCode.Created);
        var again = (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("one"))).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Text, Is.EqualTo(first.Text));
            Assert.That(again.ETag, Is.EqualTo(first.ETag));
            Assert.That(again.Header("Location"), Is.EqualTo(first.Header("Location")));
            Assert.That(again.Header("Content-Type"), Is.EqualTo(first.Header("Content-Type")));
            Assert.That(again.Header("Idempotency-Replayed"), Is.EqualTo("true"));
            Assert.That(first.Header("Idempotency-Replayed"), Is.Null);
            Assert.That((await Practitioner.Get(Assessments(record))).Total(), Is.EqualTo(1));
        }
    }

    [Test]
    public async Task A_retry_is_a_use_of_its_own_on_the_ledger()
    {
        var record = await NewClientUnderConsent();
        var first = await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("ledger"));
        var again = await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("ledger"));
        var entries = (await Client.Get(Record(record, "/access-history"))).Ids();
        Assert.That(entries.Take(2).Select(id => $"{id}"), Is.EqualTo([again.Header("Access-Decision"), first.Header("Access-Decision")]));
    }

    [Test]
    public async Task What_was_sent_cannot_be_tried_out_against_the_database()
    {
        var record = await NewClientUnderConsent();
        const string body = """{"instrument":"gad-7","administeredAt":"2026-05-04T09:30:00Z","answers":[{"item":"1","value":3}]}""";
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        (await Practitioner.Send(HttpMethod.Post, Assessments(record), content, Key("digest"))).Expect(HttpStatusCode.Created);

        using var database = Host.OpenDatabase();
        var digests = database.Query<byte[]>("SELECT request_hash FROM idempotency").ToList();
        Assert.That(digests, Is.Not.Empty);
        foreach (var guess in new[] { body, $"\n{body}" })
        {
            var unkeyed = SHA256.HashData(Encoding.UTF8.GetBytes(guess));
            Assert.That(digests.Where(digest => digest.AsSpan().SequenceEqual(unkeyed)), Is.Empty);
        }
    }

    [Test]
    public async Task Answers_whose_time_is_over_are_removed_and_no_others()
    {
        var record = await NewClientUnderConsent();
        await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("early"));
        Host.Clock.Advance(TimeSpan.FromHours(23));
        await (await Host.As("practitioner")).Post(Assessments(record), Forms.Gad7(), Key("late"));
        Host.Clock.Advance(TimeSpan.FromHours(2));

        await Host.Services.GetRequiredService<ForgottenAnswers>().Remove(CancellationToken.None);

        using var database = Host.OpenDatabase();
        Assert.That(database.ExecuteScalar<int>("SELECT COUNT(*) FROM idempotency WHERE client_id = @record", new { record }), Is.EqualTo(1));
        var again = await (await Host.As("practitioner")).Post(Assessments(record), Forms.Gad7(), Key("late"));
        Assert.That(again.Expect(HttpStatusCode.Created).Header("Idempotency-Replayed"), Is.EqualTo("true"));
    }

    [Test]
    public async Task A_key_with_another_body_or_purpose_is_refused()
    {
        var record = await NewClientUnderConsent();
        await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("body"));
        foreach (var answer in new[]
        {
            await Practitioner.Post(Assessments(record), Forms.Gad7("2026-05-05T09:30:00Z"), Key("body")),
            await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("body"), ("Purpose-Of-Use", "ETREAT")),
        })
        {
            Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Problem, Is.EqualTo("idempotency-key-reused"));
        }

        Assert.That((await Practitioner.Get(Assessments(record))).Total(), Is.EqualTo(1));
    }

    [Test]
    public async Task A_key_is_the_callers_own_and_the_routes_own()
    {
        var (record, other) = (await NewClientUnderConsent(), await NewClientUnderConsent());
        await Give(record, Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });
        var answers = new[]
        {
            await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("shared")),
            await Colleague.Post(Assessments(record), Forms.Gad7(), Key("shared")),
            await Client.Post(Assessments(record), Forms.Gad7(), Key("shared")),
            await Practitioner.Post(Assessments(other), Forms.Gad7(), Key("shared")),
            await Practitioner.Post("/v1/practitioners", new { name = "Somebody" }, Key("shared")),
        };
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Created));
            Assert.That(answers.Select(answer => answer.Id), Is.Unique);
            Assert.That(answers.Select(answer => answer.Header("Idempotency-Replayed")), Is.All.Null);
        }
    }

    [Test]
    public async Task A_retry_is_decided_afresh()
    {
        var record = await Host.NewClient();
        var consent = await Give(record, Provision.Permit("assessments"));
        await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("afresh"));
        await Withdraw(record, consent);
        var refused = await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("afresh"));
        Assert.That(refused.Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
        Assert.That(refused.Text, Does.Not.Contain("gad-7"));

        await Give(record, Provision.Permit("assessments"));
        (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("afresh"))).Expect(HttpStatusCode.Created);
        await Give(record, Provision.Deny("assessments") with { Parts = ["gad-7"] });
        Assert.That(
            (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("afresh"))).Expect(HttpStatusCode.Forbidden).Reason,
            Is.EqualTo("label-not-named"), "the item of the answer is out of reach, though others of the category are not");
    }

    [Test]
    public async Task A_replay_comes_before_the_version_is_looked_at()
    {
        var record = await Host.NewClient();
        var read = await Practitioner.Get(Record(record));
        var first = (await Practitioner.Patch(Record(record), new { language = "de" }, Key("patch"), ("If-Match", read.ETag))).Expect(HttpStatusCode.OK);
        var again = (await Practitioner.Patch(Record(record), new { language = "de" }, Key("patch"), ("If-Match", read.ETag))).Expect(HttpStatusCode.OK);
        Assert.That((again.Text, again.ETag, again.Header("Idempotency-Replayed")), Is.EqualTo((first.Text, "\"2\"", "true")));
        (await Practitioner.Patch(Record(record), new { language = "de" }, Key("patch-2"), ("If-Match", read.ETag))).Expect(HttpStatusCode.PreconditionFailed);
    }

    [Test]
    public async Task At_once_from_many_sides_one_thing_is_made()
    {
        var record = await NewClientUnderConsent();
        var answers = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => Practitioner.Post(Assessments(record), Forms.Gad7(), Key("parallel"))));
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(Assessments(record))).Total(), Is.EqualTo(1));
            Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Created && answer.Header("Idempotency-Replayed") is null), Is.EqualTo(1));
            foreach (var answer in answers.Where(answer => answer.Status != HttpStatusCode.Created))
            {
                Assert.That((answer.Problem, answer.Header("Retry-After")), Is.EqualTo(("idempotency-key-in-use", "1")));
            }
        }

        (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("parallel"))).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task A_key_in_quotes_is_the_same_key()
    {
        var record = await NewClientUnderConsent();
        var bare = await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("quoted-1"));
        var quoted = await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("\"quoted-1\""));
        Assert.That((quoted.Text, quoted.Header("Idempotency-Replayed")), Is.EqualTo((bare.Text, "true")));
    }

    private static IEnumerable<string> BadKeys => ["\"\"", "two words", "ünicode", new string('k', 256), "tab\there"];

    [TestCaseSource(nameof(BadKeys))]
    public async Task What_is_no_key_is_refused(string key)
    {
        var record = await NewClientUnderConsent();
        var answer = await Practitioner.Post(Assessments(record), Forms.Gad7(), Key(key));
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["Idempotency-Key invalid-format"]));
        Assert.That((await Practitioner.Get(Assessments(record))).Total(), Is.Zero);
    }

    [Test]
    public async Task Two_keys_are_none()
    {
        var record = await NewClientUnderConsent();
        (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("a"), Key("b"))).Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task A_refusal_is_not_kept_so_that_the_key_can_be_used_for_the_mended_request()
    {
        var record = await Host.NewClient();
        (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("mend"))).Expect(HttpStatusCode.Forbidden);
        await Give(record, Provision.Permit("assessments"));
        (await Practitioner.Post(Assessments(record), new { instrument = "gad-7" }, Key("mend"))).Expect(HttpStatusCode.UnprocessableEntity);
        (await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("mend"))).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task The_retry_of_a_creation_gets_the_client_that_was_created()
    {
        var before = Count("client");
        var first = (await Practitioner.Post("/v1/clients", new { externalId = "retry-1" }, Key("create"))).Expect(HttpStatusCode.Created);
        var again = (await Practitioner.Post("/v1/clients", new { externalId = "retry-1" }, Key("create"))).Expect(HttpStatusCode.Created);
        using (Assert.EnterMultipleScope())
        {
            Assert.That((again.Text, again.Header("Location"), again.Header("Idempotency-Replayed")), Is.EqualTo((first.Text, first.Header("Location"), "true")));
            Assert.That(Count("client"), Is.EqualTo(before + 1));
            Assert.That(again.Header("Access-Decision"), Is.Not.Null);
        }

        var team = (await Practitioner.Get(Record(first.Id, "/care-relationships"))).Items().Single();
        (await Practitioner.Post(Record(first.Id, $"/care-relationships/{team.Word("id")}/termination"), null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        (await Practitioner.Post("/v1/clients", new { externalId = "retry-1" }, Key("create"))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task The_retry_of_a_registration_that_is_no_clients_data_is_replayed_too()
    {
        var first = (await Practitioner.Post("/v1/practitioners", new { name = "Once" }, Key("register"))).Expect(HttpStatusCode.Created);
        var again = (await Practitioner.Post("/v1/practitioners", new { name = "Once" }, Key("register"))).Expect(HttpStatusCode.Created);
        Assert.That((again.Text, again.Header("Idempotency-Replayed")), Is.EqualTo((first.Text, "true")));
    }

    [Test]
    public async Task An_answer_without_a_body_is_replayed_without_one()
    {
        var record = await Host.NewClient(subject: "nobody-yet");
        (string, string)[] headers = [Key("link"), ("Purpose-Of-Use", "TREAT")];
        var first = (await Platform.Post(Record(record, "/subjects"), new { subject = "somebody-new" }, headers)).Expect(HttpStatusCode.NoContent);
        var again = (await Platform.Post(Record(record, "/subjects"), new { subject = "somebody-new" }, headers)).Expect(HttpStatusCode.NoContent);
        Assert.That((first.Text, again.Text, again.Header("Idempotency-Replayed")), Is.EqualTo(("", "", "true")));
    }

    [Test]
    public async Task A_withdrawal_can_be_repeated_with_its_key()
    {
        var record = await Host.NewClient();
        var consent = await Give(record, Provision.Permit("assessments"));
        var path = Record(record, $"/consents/{consent.Id}/withdrawal");
        var first = (await Client.Post(path, null, Key("withdraw"))).Expect(HttpStatusCode.OK);
        Assert.That((await Client.Post(path, null, Key("withdraw"))).Expect(HttpStatusCode.OK).Text, Is.EqualTo(first.Text));
    }

    [Test]
    public async Task A_key_is_forgotten_after_a_day()
    {
        var record = await NewClientUnderConsent();
        var first = await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("day"));
        Host.Clock.Advance(TimeSpan.FromHours(23));
        var practitioner = await Host.As("practitioner");
        Assert.That((await practitioner.Post(Assessments(record), Forms.Gad7(), Key("day"))).Text, Is.EqualTo(first.Text));
        Host.Clock.Advance(TimeSpan.FromHours(2));
        practitioner = await Host.As("practitioner");
        Assert.That((await practitioner.Post(Assessments(record), Forms.Gad7(), Key("day"))).Expect(HttpStatusCode.Created).Id, Is.Not.EqualTo(first.Id));
    }

    [Test]
    public async Task The_kept_answer_is_sealed_like_the_record()
    {
        var record = await NewClientUnderConsent();
        await Practitioner.Post(Assessments(record), Forms.Gad7(), Key("sealed"));
        using var beside = Host.OpenDatabase();
        var answers = beside.Query<byte[]>("SELECT answer FROM idempotency").ToList();
        Assert.That(answers, Is.Not.Empty);
        foreach (var answer in answers)
        {
            Assert.That(Encoding.UTF8.GetString(answer), Does.Not.Contain("gad-7").And.Not.Contain("clientId"));
        }
    }

    private static string Assessments(Guid record) => Record(record, "/assessments");

    private static (string, string) Key(string key) => ("Idempotency-Key", key);
}
