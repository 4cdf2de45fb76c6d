using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Clients;

/// <summary>The list of one's clients: each decided on its own, none of anybody else's.</summary>
[OnEachDatabase]
internal sealed class CaseloadTests(TestDatabase database) : OnOneHost(database)
{
    private const string Path = "/v1/clients";

    [Test]
    public async Task The_list_holds_those_whose_demographics_the_caller_may_read_and_nobody_else()
    {
        var cared = await Host.NewClient();
        var permitted = await NewClientOf(Personas.SupervisorId);
        await Give(permitted, Provision.Permit("demographics") with { Actions = ["read"] });
        var otherCategory = await NewClientOf(Personas.SupervisorId);
        await Give(otherCategory, Provision.Permit("assessments"));
        var unrelated = await NewClientOf(Personas.SupervisorId);
        var denied = await Host.NewClient();
        await Give(denied, Provision.Deny("demographics"));

        var listed = (await Practitioner.AllPages(Path, 200)).Select(item => item.GetProperty("id").GetGuid()).ToList();
        using (Assert.EnterMultipleScope())
        {
            Assert.That(listed, Does.Contain(cared).And.Contain(permitted));
            Assert.That(listed, Does.Not.Contain(otherCategory).And.Not.Contain(unrelated).And.Not.Contain(denied));
            Assert.That(listed, Does.Not.Contain(Personas.ElsewhereClientId));
        }
    }

    [Test]
    public async Task Grantees_by_role_and_partner_bring_a_client_into_the_list()
    {
        var byRole = await Host.NewClient();
        await Give(byRole, Provision.Permit("demographics") with { Grantees = [Grantee.Role("supervisor")] });
        var byPartner = await Host.NewClient();
        var consent = await Give(byPartner, Provision.Permit("demographics") with { Grantees = [Grantee.Partner] });

        Assert.That((await Supervisor.Get($"{Path}?limit=200")).Ids(), Is.SupersetOf(new[] { byRole, byPartner }));
        Assert.That((await Colleague.Get($"{Path}?limit=200")).Ids(), Does.Contain(byPartner).And.Not.Contain(byRole));
        await Withdraw(byPartner, consent);
        Assert.That((await Colleague.Get($"{Path}?limit=200")).Ids(), Does.Not.Contain(byPartner));
    }

    [Test]
    public async Task What_another_server_changed_is_so_in_the_next_list()
    {
        var client = await Host.NewClient();
        var consent = await Give(client, Provision.Permit("demographics") with { Grantees = [Grantee.Partner] });
        Assert.That((await Colleague.Get($"{Path}?limit=200")).Ids(), Does.Contain(client), "from here on it is remembered");
        Assert.That((await Colleague.Get($"{Path}?limit=200")).Ids(), Does.Contain(client));

        await using var other = new ApiHost(Host.Data);
        var owner = await other.As("client");
        (await owner.Post($"{Path}/{client}/consents/{consent.Id}/withdrawal")).Expect(HttpStatusCode.OK);
        Assert.That((await Colleague.Get($"{Path}?limit=200")).Ids(), Does.Not.Contain(client));

        (await owner.Post($"{Path}/{client}/consents", Consent(Provision.Permit("demographics") with { Grantees = [Grantee.Partner] }))).Expect(HttpStatusCode.Created);
        Assert.That((await Colleague.Get($"{Path}?limit=200")).Ids(), Does.Contain(client), "a refusal is not remembered");
    }

    [Test]
    public async Task Pages_hold_every_client_once_though_some_are_added_meanwhile()
    {
        for (var count = 0; count < 5; count++)
        {
            await NewClientOf(Personas.ColleagueId);
        }

        var first = await Colleague.Get($"{Path}?limit=2");
        var late = await NewClientOf(Personas.ColleagueId);
        var rest = await Colleague.AllPages(Path, 2, first.NextCursor());
        Guid[] seen = [.. first.Ids(), .. rest.Select(item => item.GetProperty("id").GetGuid())];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(seen, Is.Unique);
            Assert.That(seen, Is.EqualTo((await Colleague.Get($"{Path}?limit=200")).Ids()));
            Assert.That(seen, Does.Contain(late), "what is new comes last");
        }
    }

    [Test]
    public async Task The_total_is_told_when_asked_for_and_exact()
    {
        var page = await Practitioner.Get($"{Path}?limit=1&total=exact");
        Assert.That(page.Total(), Is.EqualTo((await Practitioner.AllPages(Path, 200)).Count));
        Assert.That((await Practitioner.Get($"{Path}?limit=1")).Total(), Is.Null);
        Assert.That((await Practitioner.Get($"{Path}?total=roughly")).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["total unknown-value"]));
    }

    [Test]
    public async Task The_list_is_filtered_by_external_id_as_far_as_the_caller_may_see()
    {
        var record = await Host.NewClient(externalId: "pms-list");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get($"{Path}?externalId=pms-list&total=exact")).Ids(), Is.EqualTo([record]));
            Assert.That((await Colleague.Get($"{Path}?externalId=pms-list&total=exact")).Total(), Is.Zero);
            Assert.That((await Elsewhere.Get($"{Path}?externalId=pms-list&total=exact")).Total(), Is.Zero);
            Assert.That((await Practitioner.Get($"{Path}?externalId=pms-lis")).Ids(), Is.Empty);
        }
    }

    [Test]
    public async Task The_newest_assessments_stand_beside_each_client_who_permits_them_and_are_withheld_of_the_others()
    {
        var permitting = await NewClientOf(Personas.ColleagueId);
        var silent = await NewClientOf(Personas.ColleagueId);
        await Give(permitting, Provision.Permit("assessments") with { Grantees = [Grantee.Practitioner(Personas.ColleagueId)] });
        await Assess(Colleague, permitting, Forms.Phq9("2026-05-01T09:30:00Z"));
        var newest = await Assess(Colleague, permitting, Forms.Phq9("2026-05-03T09:30:00Z"));
        var retracted = await Assess(Colleague, permitting, Forms.Phq9("2026-05-04T09:30:00Z"));
        (await Colleague.Post(Requests.Record(permitting, $"/assessments/{retracted.Id}/retraction"), new { reason = "Wrong form." }, ("If-Match", retracted.ETag)))
            .Expect(HttpStatusCode.OK);

        var items = await Colleague.AllPages("/v1/caseload?include=latest:phq-9,latest:gad-7", 200);

        var seen = Of(permitting);
        Assert.That(seen.GetProperty("latest").EnumerateArray().Select(one => one.GetProperty("id").GetGuid()), Is.EqualTo([newest.Id]));
        Assert.That(seen.GetProperty("withheld").GetArrayLength(), Is.Zero);
        Assert.That(Of(silent).GetProperty("latest").GetArrayLength(), Is.Zero);
        Assert.That(Of(silent).GetProperty("withheld").EnumerateArray().Select(one => one.GetString()), Is.EqualTo(["assessments"]));
        var history = (await Client.Get(Requests.Record(permitting, "/access-history"))).Json.GetProperty("items").EnumerateArray()
            .Select(entry => entry.GetProperty("id").GetString()).ToList();
        Assert.That(history, Does.Contain(seen.GetProperty("decisionId").GetString()).And.Contain(seen.GetProperty("assessmentsDecisionId").GetString()));

        System.Text.Json.JsonElement Of(Guid record) => items.Single(item => item.GetProperty("client").GetProperty("id").GetGuid() == record);
    }

    [TestCase("latest:no-such", "include unknown-reference")]
    [TestCase("latest:phq-9,everything", "include unknown-value")]
    public async Task What_cannot_be_shown_beside_a_client_is_refused(string include, string fault) =>
        Assert.That((await Practitioner.Get($"/v1/caseload?include={include}")).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));

    [Test]
    public async Task A_client_sees_themself_and_a_representative_those_they_act_for()
    {
        var own = await Host.NewClient();
        Assert.That((await Client.Get($"{Path}?limit=200")).Ids(), Does.Contain(own).And.Not.Contain(Personas.OtherClientId));
        Assert.That((await (await Host.As("representative")).Get(Path)).Ids(), Is.EqualTo([Personas.OtherClientId]));
    }

    [Test]
    public async Task An_application_alone_lists_the_partners_clients_and_must_say_what_for()
    {
        Assert.That((await Platform.Get(Path)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("purpose-not-permitted"));
        var record = await NewClientOf(Personas.SupervisorId);
        var listed = new List<Guid>();
        string? cursor = "";
        while (cursor is not null)
        {
            var page = await Platform.Get($"{Path}?limit=200{cursor}", ("Purpose-Of-Use", "TREAT"));
            listed.AddRange(page.Ids());
            cursor = page.NextCursor() is { } next ? $"&cursor={Uri.EscapeDataString(next)}" : null;
        }

        Assert.That(listed, Does.Contain(record).And.Not.Contain(Personas.ElsewhereClientId));
    }

    [Test]
    public async Task Being_listed_stands_in_the_clients_own_history()
    {
        var record = await NewClientOf(Personas.SupervisorId);
        Assert.That((await Supervisor.Get($"{Path}?limit=200")).Ids(), Does.Contain(record));
        var newest = (await Client.Get(Record(record, "/access-history"))).Items()[0];
        using (Assert.EnterMultipleScope())
        {
            Assert.That(newest.Word("operation"), Is.EqualTo("ListClients"));
            Assert.That(newest.Word("by.id"), Is.EqualTo($"{Personas.SupervisorId}"));
            Assert.That(newest.Word("decision"), Is.EqualTo("permit"));
        }
    }

    [Test]
    public async Task A_client_who_is_not_on_the_page_has_nothing_in_their_history()
    {
        await NewClientOf(Personas.SupervisorId);
        var later = await NewClientOf(Personas.SupervisorId);
        var first = await Supervisor.Get($"{Path}?limit=1&total=exact");
        Assert.That(first.Ids(), Does.Not.Contain(later));
        Assert.That((await Client.Get(Record(later, "/access-history"))).Items().Select(entry => entry.Word("operation")), Does.Not.Contain("ListClients"));
    }

    private async Task<Guid> NewClientOf(Guid practitionerId)
    {
        var created = await Platform.Post(
            Path, new { subject = "client", birthDate = "1990-01-01", careRelationships = new[] { new { practitionerId } } }, ("Purpose-Of-Use", "TREAT"));
        return created.Expect(HttpStatusCode.Created).Id;
    }
}
