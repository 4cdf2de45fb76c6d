using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Consents;

/// <summary>What a consent reaches: whom, for what, until when, and which items.</summary>
[OnEachDatabase]
internal sealed class ReachTests(TestDatabase database) : OnOneHost(database)
{
    [TearDown]
    public void ResetTheClock() => Host.Clock.Reset();

    [Test]
    public async Task A_denial_wins_over_a_permit_whatever_the_order([Values] bool denialFirst, [Values] bool inOneConsent)
    {
        var record = await Host.NewClient();
        Provision[] both = [Provision.Permit("assessments"), Provision.Deny("assessments") with { Actions = ["read"] }];
        both = denialFirst ? [both[1], both[0]] : both;
        if (inOneConsent)
        {
            await Give(record, both);
        }
        else
        {
            await Give(record, both[0]);
            await Give(record, both[1]);
        }

        Assert.That((await Practitioner.Get(Assessments(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        await Assess(record, Forms.Gad7());
    }

    [Test]
    public async Task A_denial_for_one_practitioner_leaves_the_others_their_permit()
    {
        var record = await Host.NewClient();
        await Give(
            record,
            Provision.Permit("assessments") with { Grantees = [Grantee.Partner] },
            Provision.Deny("assessments") with { Grantees = [Grantee.Practitioner(Personas.PractitionerId)] });
        Assert.That((await Practitioner.Get(Assessments(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        (await Colleague.Get(Assessments(record))).Expect(HttpStatusCode.OK);
    }

    private static IEnumerable<TestCaseData> Grantees()
    {
        yield return new TestCaseData(Grantee.Practitioner(Personas.PractitionerId), "practitioner").SetArgDisplayNames("practitioner");
        yield return new TestCaseData(Grantee.Practitioner(Personas.ColleagueId), "colleague").SetArgDisplayNames("colleague, who is not in care");
        yield return new TestCaseData(Grantee.Role("therapist"), "practitioner colleague supervisor").SetArgDisplayNames("role therapist");
        yield return new TestCaseData(Grantee.Role("supervisor"), "supervisor").SetArgDisplayNames("role supervisor");
        yield return new TestCaseData(Grantee.CareTeam, "practitioner").SetArgDisplayNames("care team");
        yield return new TestCaseData(Grantee.Partner, "practitioner colleague supervisor auditor platform").SetArgDisplayNames("partner");
        yield return new TestCaseData(Grantee.Application(Personas.Platform.Id), "platform").SetArgDisplayNames("platform");
        yield return new TestCaseData(Grantee.Application(Personas.HarbourApp.Id), "").SetArgDisplayNames("an application with people behind it");
    }

    [TestCaseSource(nameof(Grantees))]
    public async Task A_permit_reaches_exactly_whom_it_names(object grantee, string reached)
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments") with { Grantees = [grantee] });
        var permitted = new List<string>();
        foreach (var persona in new[] { "practitioner", "colleague", "supervisor", "auditor", "platform", "elsewhere-practitioner", "representative", "other-client" })
        {
            (string, string)[] purpose = persona == "platform" ? [("Purpose-Of-Use", "TREAT")] : [];
            if ((await (await Host.As(persona)).Get(Assessments(record), purpose)).Status == HttpStatusCode.OK)
            {
                permitted.Add(persona);
            }
        }

        Assert.That(permitted, Is.EquivalentTo(reached.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
    }

    [Test]
    public async Task A_permit_makes_its_grantee_related_and_nothing_more()
    {
        var record = await Host.NewClient();
        (await Colleague.Get(Assessments(record))).Expect(HttpStatusCode.NotFound);
        var consent = await Give(record, Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)], Actions = ["read"] });
        (await Colleague.Get(Assessments(record))).Expect(HttpStatusCode.OK);
        Assert.That((await Colleague.Post(Assessments(record), Forms.Gad7())).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
        Assert.That((await Colleague.Get(Record(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
        await Withdraw(record, consent);
        (await Colleague.Get(Assessments(record))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task A_deny_makes_nobody_related()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Deny("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });
        (await Colleague.Get(Assessments(record))).Expect(HttpStatusCode.NotFound);
    }

    [TestCase("NOPE")]
    [TestCase("BTG")]
    [TestCase("treat")]
    [TestCase("TREAT, HPAYMT")]
    [TestCase("HMARKT")]
    public async Task A_purpose_that_is_not_registered_is_refused_before_anything_is_looked_up(string purpose)
    {
        var record = await NewClientUnderConsent();
        foreach (var id in new[] { record, Nobody })
        {
            var refused = await Practitioner.Get(Assessments(id), ("Purpose-Of-Use", purpose));
            Assert.That(refused.Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("purpose-not-permitted"));
            Assert.That(refused.Header("Access-Decision"), Is.Null);
        }
    }

    [Test]
    public async Task The_purpose_may_be_named_once_only()
    {
        var record = await NewClientUnderConsent();
        Assert.That(
            (await Practitioner.Get(Assessments(record), ("Purpose-Of-Use", "TREAT"), ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Forbidden).Reason,
            Is.EqualTo("purpose-not-permitted"));
    }

    [TestCase("TREAT", HttpStatusCode.OK)]
    [TestCase("ETREAT", HttpStatusCode.OK)]
    [TestCase("HPAYMT", HttpStatusCode.Forbidden)]
    [TestCase("HOPERAT", HttpStatusCode.Forbidden)]
    [TestCase("HRESCH", HttpStatusCode.Forbidden)]
    [TestCase("PATRQT", HttpStatusCode.Forbidden)]
    public async Task A_permit_for_treatment_covers_no_other_purpose(string purpose, HttpStatusCode status)
    {
        var record = await NewClientUnderConsent();
        var answer = (await Practitioner.Get(Assessments(record), ("Purpose-Of-Use", purpose))).Expect(status);
        if (status == HttpStatusCode.Forbidden)
        {
            Assert.That(answer.Reason, Is.EqualTo("no-consent"));
        }
    }

    [Test]
    public async Task A_denial_on_treatment_reaches_emergency_treatment_below_it()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments") with { Purposes = ["TREAT", "ETREAT", "HPAYMT"] }, Provision.Deny("assessments") with { Purposes = ["TREAT"] });
        (await Practitioner.Get(Assessments(record), ("Purpose-Of-Use", "ETREAT"))).Expect(HttpStatusCode.Forbidden);
        (await Practitioner.Get(Assessments(record), ("Purpose-Of-Use", "HPAYMT"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task Research_needs_a_consent_given_for_it_alone()
    {
        var record = await Host.NewClient();
        (await Client.Post(Record(record, "/consents"), new
        {
            status = "active",
            evidence = new { method = "electronic-signature", givenAt = "2026-05-01T08:00:00Z", @explicit = true },
            provisions = new[] { Provision.Permit("assessments") with { Purposes = ["HRESCH"], Actions = ["read"] } },
        })).Expect(HttpStatusCode.Created);
        (await Practitioner.Get(Assessments(record), ("Purpose-Of-Use", "HRESCH"))).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Assessments(record))).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task For_payment_and_operations_the_answers_stay_back_unless_the_instrument_is_named()
    {
        var record = await NewClientUnderConsent();
        var made = await Assess(record, Forms.Phq9(item9: 2));
        var path = $"{Assessments(record)}/{made.Id}";
        var least = await Give(record, Provision.Permit("assessments") with { Purposes = ["HPAYMT", "HOPERAT"], Actions = ["read"] });
        foreach (var answer in new[]
        {
            await Practitioner.Get(path, ("Purpose-Of-Use", "HPAYMT")),
            await Practitioner.Get($"{path}/versions/1", ("Purpose-Of-Use", "HOPERAT")),
        })
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(answer.Expect(HttpStatusCode.OK).Word("answers"), Is.Null);
                Assert.That(answer.Word("flags"), Is.Null);
                Assert.That(answer.Word("score"), Is.EqualTo("10"));
            }
        }

        Assert.That((await Practitioner.Get(Assessments(record), ("Purpose-Of-Use", "HPAYMT"))).Text, Does.Not.Contain("\"item\""));
        await Withdraw(record, least);
        await Give(record, Provision.Permit("assessments") with { Purposes = ["HPAYMT"], Actions = ["read"], Parts = ["phq-9"] });
        Assert.That((await Practitioner.Get(path, ("Purpose-Of-Use", "HPAYMT"))).Json.GetProperty("answers").GetArrayLength(), Is.EqualTo(9));
    }

    [Test]
    public async Task A_period_that_has_ended_is_told_as_expired()
    {
        var record = await Host.NewClient();
        var until = Host.Clock.GetUtcNow().AddHours(1);
        await Give(record, Provision.Permit("assessments") with { Period = new { until } });
        (await Practitioner.Get(Assessments(record))).Expect(HttpStatusCode.OK);
        Host.Clock.MoveTo(until);
        var fresh = await Host.As("practitioner");
        Assert.That((await fresh.Get(Assessments(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("expired"));
    }

    [Test]
    public async Task A_period_that_has_not_begun_permits_nothing_yet()
    {
        var record = await Host.NewClient();
        var from = Host.Clock.GetUtcNow().AddMinutes(30);
        await Give(record, Provision.Permit("assessments") with { Period = new { from } });
        Assert.That((await Practitioner.Get(Assessments(record))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
        Host.Clock.MoveTo(from.AddSeconds(1));
        (await (await Host.As("practitioner")).Get(Assessments(record))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_denial_that_has_ended_denies_no_more()
    {
        var record = await NewClientUnderConsent();
        var until = Host.Clock.GetUtcNow().AddMinutes(10);
        await Give(record, Provision.Deny("assessments") with { Period = new { until } });
        (await Practitioner.Get(Assessments(record))).Expect(HttpStatusCode.Forbidden);
        Host.Clock.MoveTo(until.AddSeconds(1));
        (await (await Host.As("practitioner")).Get(Assessments(record))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_data_period_filters_lists_totals_and_single_items_half_open()
    {
        var record = await NewClientUnderConsent();
        var before = await Assess(record, Forms.Gad7("2026-02-28T23:59:59.999999Z"));
        var first = await Assess(record, Forms.Gad7("2026-03-01T00:00:00Z"));
        var inside = await Assess(record, Forms.Gad7("2026-03-31T23:59:59.999999Z"));
        var after = await Assess(record, Forms.Gad7("2026-04-01T02:00:00+02:00"));
        await Only(record, Provision.Permit("assessments") with { DataPeriod = new { from = "2026-03-01T00:00:00Z", until = "2026-04-01T00:00:00Z" } });
        await Reaches(record, [inside.Id, first.Id], [before.Id, after.Id]);

        var outside = await Colleague.Post(Assessments(record), Forms.Gad7("2026-05-04T09:30:00Z"));
        Assert.That(outside.Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("label-not-named"));
        Assert.That((await Client.Get(Assessments(record))).Total(), Is.EqualTo(4), "nothing of it is kept");
        await Assess(Colleague, record, Forms.Gad7("2026-03-15T09:30:00Z"));
    }

    [Test]
    public async Task Authors_filter_lists_totals_and_single_items()
    {
        var record = await NewClientUnderConsent();
        var theirs = await Assess(record, Forms.Gad7());
        var own = await Assess(Client, record, Forms.Gad7());
        await Only(record, Provision.Permit("assessments") with { AuthoredBy = [record] });
        await Reaches(record, [own.Id], [theirs.Id]);
        Assert.That((await Colleague.Post(Assessments(record), Forms.Gad7())).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("label-not-named"));
    }

    [Test]
    public async Task Parts_filter_lists_totals_and_single_items()
    {
        var record = await NewClientUnderConsent();
        var gad = await Assess(record, Forms.Gad7());
        var phq = await Assess(record, Forms.Phq9());
        await Only(record, Provision.Permit("assessments") with { Parts = ["phq-9", "audit-c"] });
        await Reaches(record, [phq.Id], [gad.Id]);
        Assert.That((await Colleague.Get($"{Assessments(record)}?instrument=gad-7")).Total(), Is.Zero);
        Assert.That((await Colleague.Post(Assessments(record), Forms.Gad7())).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("label-not-named"));
        await Assess(Colleague, record, Forms.AuditC());
    }

    [Test]
    public async Task A_denial_of_one_instrument_hides_that_one_alone()
    {
        var record = await NewClientUnderConsent();
        var gad = await Assess(record, Forms.Gad7());
        var phq = await Assess(record, Forms.Phq9());
        await Only(record, Provision.Permit("assessments"));
        await Give(record, Provision.Deny("assessments") with { Parts = ["phq-9"] });
        await Reaches(record, [gad.Id], [phq.Id]);
        Assert.That((await Colleague.Post(Assessments(record), Forms.Phq9())).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("label-not-named"));
        (await Colleague.Post($"{Assessments(record)}/{phq.Id}/retraction", new { reason = "x" }, ("If-Match", phq.ETag))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Two_permits_reach_what_either_covers_and_not_what_only_both_together_would()
    {
        var record = await NewClientUnderConsent();
        var early = await Assess(record, Forms.Gad7("2026-02-01T00:00:00Z"));
        var late = await Assess(record, Forms.Phq9("2026-04-01T00:00:00Z"));
        var neither = await Assess(record, Forms.Phq9("2026-02-01T00:00:00Z"));
        await Only(
            record,
            Provision.Permit("assessments") with { Parts = ["gad-7"], DataPeriod = new { until = "2026-03-01T00:00:00Z" } },
            Provision.Permit("assessments") with { Parts = ["phq-9"], DataPeriod = new { from = "2026-03-01T00:00:00Z" } });
        await Reaches(record, [late.Id, early.Id], [neither.Id]);
    }

    [Test]
    public async Task All_in_a_permit_is_every_category_but_process_notes()
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("all") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });
        (await Colleague.Get(Assessments(record))).Expect(HttpStatusCode.OK);
        (await Colleague.Get(Record(record))).Expect(HttpStatusCode.OK);
        (await Colleague.Get(Record(record, "/access-history"))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_scope_that_the_token_lacks_is_named()
    {
        var record = await NewClientUnderConsent();
        var narrow = await Host.As("practitioner", "assessments:read");
        (await narrow.Get(Assessments(record))).Expect(HttpStatusCode.OK);
        var refused = await narrow.Post(Assessments(record), Forms.Gad7());
        Assert.That(refused.Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("scope-missing"));
        Assert.That(refused.Header("WWW-Authenticate"), Does.Contain("scope=\"assessments:write\""));
    }

    private static string Assessments(Guid record) => Record(record, "/assessments");

    /// <summary>The colleague, who is not in care, is reached by these provisions and nothing else.</summary>
    private Task<Answer> Only(Guid record, params Provision[] provisions) =>
        Give(record, [.. provisions.Select(provision => provision with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] })]);

    private async Task Reaches(Guid record, Guid[] reached, Guid[] hidden)
    {
        var list = await Colleague.Get(Assessments(record));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(list.Ids(), Is.EqualTo(reached));
            Assert.That(list.Total(), Is.EqualTo(reached.Length));
            Assert.That((await Colleague.AllPages(Assessments(record), 1)).Count, Is.EqualTo(reached.Length));
            foreach (var id in reached)
            {
                Assert.That((await Colleague.Get($"{Assessments(record)}/{id}")).Status, Is.EqualTo(HttpStatusCode.OK));
                Assert.That((await Colleague.Get($"{Assessments(record)}/{id}/versions")).Total(), Is.EqualTo(1));
            }

            foreach (var id in hidden)
            {
                foreach (var path in new[] { "", "/versions", "/versions/1" })
                {
                    var answer = await Colleague.Get($"{Assessments(record)}/{id}{path}", ("If-None-Match", "*"));
                    Assert.That((answer.Status, answer.Problem), Is.EqualTo((HttpStatusCode.NotFound, "not-found")));
                }
            }
        }
    }
}
