using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Promises;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.Records.Representatives.RepresentativeRequests;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Representatives;

/// <summary>Who may act for a client: who says so, what it covers, and when it ends.</summary>
[OnEachDatabase]
internal sealed class RepresentativeTests(TestDatabase database) : OnOneHost(database)
{
    private const string ChildsBirthDate = "2014-09-02";

    [TearDown]
    public void ResetTheClock() => Host.Clock.Reset();

    [Test]
    public async Task Recorded_by_the_platform_with_a_sign_in_a_representative_acts_at_once_within_what_is_listed()
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        var mother = await Host.Representing(record, "rep-mother");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await mother.Get(Record(record))).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await mother.Get(Record(record, "/goals"))).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await mother.Get(Record(record, "/assessments"))).Reason, Is.EqualTo("no-consent"));
            Assert.That((await mother.Get(Record(record, "/access-history"))).Reason, Is.EqualTo("no-consent"));
        }
    }

    [Test]
    public async Task Who_records_whom()
    {
        var child = await Host.NewClient(birthDate: ChildsBirthDate);
        var adult = await Host.NewClient();
        var mother = await Host.Representing(child, "rep-who-mother");
        (string Who, Api Api, Guid Record, object Body, HttpStatusCode Status)[] cases =
        [
            ("the platform, with a sign-in", Platform, child, Parent(subject: "rep-who-1"), HttpStatusCode.Created),
            ("the platform, without", Platform, child, Parent(), HttpStatusCode.Created),
            ("a practitioner, without", Practitioner, child, Parent(), HttpStatusCode.Created),
            ("a practitioner, with a sign-in", Practitioner, child, Parent(subject: "rep-who-2"), HttpStatusCode.UnprocessableEntity),
            ("a child", Client, child, Parent(), HttpStatusCode.Forbidden),
            ("an adult, a proxy", Client, adult, Proxy(), HttpStatusCode.Created),
            ("an adult, with a sign-in", Client, adult, Proxy(subject: "rep-who-3"), HttpStatusCode.UnprocessableEntity),
            ("an adult, a parent as of a minor", Client, adult, Parent(), HttpStatusCode.UnprocessableEntity),
            ("a representative", mother, child, Parent(), HttpStatusCode.Forbidden),
            ("a stranger", Supervisor, child, Parent(), HttpStatusCode.NotFound),
        ];
        using (Assert.EnterMultipleScope())
        {
            foreach (var (who, api, record, body, status) in cases)
            {
                var answer = api == Platform
                    ? await api.Post(Record(record, "/representatives"), body, ForTreatment)
                    : await api.Post(Record(record, "/representatives"), body);
                Assert.That(answer.Status, Is.EqualTo(status), $"{who}: {answer.Text}");
            }
        }
    }

    [TestCase("journal")]
    [TestCase("access-history")]
    [TestCase("process-notes")]
    [TestCase("everything")]
    public async Task What_no_authority_covers_cannot_be_listed(string category)
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        var answer = await Practitioner.Post(Record(record, "/representatives"), Parent(["goals", category]));
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/categories/1 unknown-value"]));
    }

    [Test]
    public async Task An_authority_names_something_and_ends_after_it_begins()
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        var nothing = Parent([]);
        nothing["actions"] = Array.Empty<string>();
        nothing["period"] = new { from = "2026-05-04T00:00:00Z", until = "2026-05-04T00:00:00Z" };
        Assert.That(
            (await Practitioner.Post(Record(record, "/representatives"), nothing)).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EquivalentTo(["#/categories wrong-length", "#/actions wrong-length", "#/period out-of-range"]));
    }

    [Test]
    public async Task An_application_alone_links_the_sign_in_afterwards_and_the_client_is_told()
    {
        var record = await Host.NewClient();
        var proxy = (await Client.Post(Record(record, "/representatives"), Proxy())).Expect(HttpStatusCode.Created);
        var path = Record(record, $"/representatives/{proxy.Id}/subjects");
        (await Practitioner.Post(path, new { subject = "rep-linked" })).Expect(HttpStatusCode.Forbidden);
        (await Client.Post(path, new { subject = "rep-linked" })).Expect(HttpStatusCode.Forbidden);
        var linked = Host.As("rep-linked", Personas.HarbourApp.Scopes);
        (await linked.Get(Record(record, "/goals"))).Expect(HttpStatusCode.NotFound);

        (await Platform.Post(path, new { subject = "rep-linked" }, ForTreatment)).Expect(HttpStatusCode.NoContent);

        (await linked.Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);
        (await Platform.Post(path, new { subject = "rep-linked" }, ForTreatment)).Expect(HttpStatusCode.Conflict);
        Assert.That((await Client.Get(Record(record, "/notices"))).Items().Select(one => one.Word("kind")), Is.EqualTo(["representative-linked"]));
    }

    [Test]
    public async Task Nobody_represents_themself_or_records_their_own_authority()
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        var recorded = (await Practitioner.Post(Record(record, "/representatives"), Parent())).Expect(HttpStatusCode.Created);
        foreach (var subject in new[] { "practitioner", "client" })
        {
            var answer = await Platform.Post(Record(record, $"/representatives/{recorded.Id}/subjects"), new { subject }, ForTreatment);
            Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/subject not-allowed"]), subject);
        }

        (await Platform.Post(Record(record, "/representatives"), Parent(subject: "client"), ForTreatment)).Expect(HttpStatusCode.UnprocessableEntity);
        (await Platform.Post(Record(record, $"/representatives/{recorded.Id}/subjects"), new { subject = "colleague" }, ForTreatment)).Expect(HttpStatusCode.NoContent);
    }

    [Test]
    public async Task A_representative_sees_their_own_authority_and_of_no_other_that_there_is_one()
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        var mother = await Host.Representing(record, "rep-own-mother");
        var father = await Host.Representing(record, "rep-own-father");
        var all = (await Client.Get(Record(record, "/representatives"))).Ids();
        var mothers = (await mother.Get(Record(record, "/representatives"))).Ids();

        Assert.That(all, Has.Count.EqualTo(2));
        Assert.That(mothers, Has.Count.EqualTo(1));
        Assert.That((await mother.Get(Record(record, "/representatives"))).Total(), Is.EqualTo(1));
        Assert.That((await father.Get(Record(record, "/representatives"))).Ids(), Is.EqualTo(all.Except(mothers)));
        foreach (var path in new[] { "", "/versions", "/versions/1" })
        {
            (await father.Get(Record(record, $"/representatives/{mothers[0]}{path}"))).Expect(HttpStatusCode.NotFound);
            (await mother.Get(Record(record, $"/representatives/{mothers[0]}{path}"))).Expect(HttpStatusCode.OK);
            (await Practitioner.Get(Record(record, $"/representatives/{mothers[0]}{path}"))).Expect(HttpStatusCode.OK);
        }

        (await father.Post(Record(record, $"/representatives/{mothers[0]}/termination"), null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task An_end_holds_from_its_answer_on_and_is_a_version()
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        var mother = await Host.Representing(record, "rep-end-mother");
        var id = (await Client.Get(Record(record, "/representatives"))).Ids()[0];
        var path = Record(record, $"/representatives/{id}");
        (await Client.Post($"{path}/termination", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.Forbidden);
        (await Practitioner.Post($"{path}/termination")).Expect(HttpStatusCode.PreconditionRequired);

        var ended = (await Practitioner.Post($"{path}/termination", null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);

        Assert.That(ended.Word("termination.by.id"), Is.EqualTo($"{Personas.PractitionerId}"));
        (await mother.Get(Record(record, "/goals"))).Expect(HttpStatusCode.NotFound);
        (await Practitioner.Post($"{path}/termination", null, ("If-Match", ended.ETag))).Expect(HttpStatusCode.Conflict);
        var versions = (await Client.Get($"{path}/versions")).Items();
        Assert.That(versions.Select(version => version.Word("period.until")), Is.EqualTo([null, ended.Word("period.until")]));
    }

    [Test]
    public async Task A_representative_lays_down_their_own_and_a_client_of_age_ends_any()
    {
        var record = await Host.NewClient();
        foreach (var subject in new[] { "rep-lays-down", "rep-is-ended" })
        {
            (await Platform.Post(Record(record, "/representatives"), Proxy(["demographics", "goals"], subject), ForTreatment)).Expect(HttpStatusCode.Created);
        }

        var proxy = Host.As("rep-lays-down", Personas.HarbourApp.Scopes);
        var own = (await proxy.Get(Record(record, "/representatives"))).Ids()[0];
        (await proxy.Post(Record(record, $"/representatives/{own}/termination"), null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        (await proxy.Get(Record(record))).Expect(HttpStatusCode.NotFound);

        var other = (await Client.Get(Record(record, "/representatives"))).Ids().Single(id => id != own);
        (await Client.Post(Record(record, $"/representatives/{other}/termination"), null, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        (await Host.As("rep-is-ended", Personas.HarbourApp.Scopes).Get(Record(record))).Expect(HttpStatusCode.NotFound);
    }

    [TestCase("Pacific/Auckland", "2030-09-01T12:00:00Z")]
    [TestCase("America/Los_Angeles", "2030-09-02T07:00:00Z")]
    [TestCase(null, "2030-09-02T00:00:00Z")]
    public async Task A_parents_authority_ends_as_the_birthday_begins_where_the_client_lives(string? timeZone, string ends)
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        if (timeZone is not null)
        {
            (await Practitioner.Patch(Record(record), new { timeZone }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        }

        var subject = $"rep-of-age-{timeZone?.Replace('/', '-')}";
        await Host.Representing(record, subject);
        var shown = (await Client.Get(Record(record, "/representatives"))).Items()[0];
        var at = DateTimeOffset.Parse(ends, null);
        Assert.That(shown.GetProperty("endsAt").GetDateTimeOffset(), Is.EqualTo(at));

        Host.Clock.MoveTo(at.AddMinutes(-1));
        (await Host.As(subject, Personas.HarbourApp.Scopes).Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);
        Host.Clock.MoveTo(at);
        (await Host.As(subject, Personas.HarbourApp.Scopes).Get(Record(record, "/goals"))).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_change_of_time_zone_holds_for_decisions_at_once()
    {
        var record = await Host.NewClient(birthDate: ChildsBirthDate);
        await Host.Representing(record, "rep-moves");
        Host.Clock.MoveTo(new DateTimeOffset(2030, 9, 1, 13, 0, 0, TimeSpan.Zero));
        var mother = Host.As("rep-moves", Personas.HarbourApp.Scopes);
        (await mother.Get(Record(record, "/goals"))).Expect(HttpStatusCode.OK);
        (await (await Host.As("practitioner")).Patch(Record(record), new { timeZone = "Pacific/Auckland" }, ("If-Match", "\"1\""))).Expect(HttpStatusCode.OK);
        (await mother.Get(Record(record, "/goals"))).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_parent_of_two_acts_for_each_on_each_ones_own_authority()
    {
        var (first, second) = (await Host.NewClient(birthDate: ChildsBirthDate), await Host.NewClient(birthDate: ChildsBirthDate));
        var mother = await Host.Representing(first, "rep-of-two", ["demographics", "goals"]);
        await Host.Representing(second, "rep-of-two", ["demographics"]);
        (await mother.Get(Record(first, "/goals"))).Expect(HttpStatusCode.OK);
        (await mother.Get(Record(second, "/goals"))).Expect(HttpStatusCode.Forbidden);
        Assert.That((await mother.Get("/v1/clients")).Ids(), Is.EquivalentTo([first, second]));
    }
}
