using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Partners;

/// <summary>A partner's registrations of its professionals.</summary>
[OnEachDatabase]
internal sealed class PractitionerTests(TestDatabase database) : OnOneHost(database)
{
    private const string Path = "/v1/practitioners";

    [Test]
    public async Task A_registered_practitioner_can_be_read_as_it_was_answered()
    {
        var created = await Register(new { name = "Ada Novak", externalId = "hr-1", roles = new[] { "therapist", "supervisor" }, mayDeclareEmergency = true });
        var read = (await Practitioner.Get(created.Header("Location")!)).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(created.Header("Location"), Is.EqualTo($"{Path}/{created.Id}"));
            Assert.That(read.Text, Is.EqualTo(created.Text));
            Assert.That(read.ETag, Is.EqualTo(created.ETag).And.EqualTo("\"1\""));
            Assert.That(read.Word("externalId"), Is.EqualTo("hr-1"));
            Assert.That(read.Word("mayDeclareEmergency"), Is.EqualTo("True"));
            Assert.That(read.Word("suspendedAt"), Is.Null);
        }
    }

    [Test]
    public async Task An_external_id_is_unique_within_a_partner_and_free_in_another()
    {
        await Register(new { name = "First", externalId = "hr-unique" });
        var second = await Practitioner.Post(Path, new { name = "Second", externalId = "hr-unique" });
        Assert.That(second.Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("already-exists"));
        (await Elsewhere.Post(Path, new { name = "Other", externalId = "hr-unique" })).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task The_list_is_filtered_by_external_id_and_never_shows_another_partners()
    {
        var created = await Register(new { name = "Findable", externalId = "hr-find" });
        var found = await Practitioner.Get($"{Path}?externalId=hr-find");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(found.Ids(), Is.EqualTo([created.Id]));
            Assert.That(found.Total(), Is.EqualTo(1));
            Assert.That((await Elsewhere.Get($"{Path}?externalId=hr-find")).Total(), Is.Zero);
            Assert.That((await Practitioner.AllPages(Path, 200)).Select(item => item.Word("id")), Does.Not.Contain($"{Personas.ElsewherePractitionerId}"));
            Assert.That((await Elsewhere.Get($"{Path}/{created.Id}")).Status, Is.EqualTo(HttpStatusCode.NotFound));
        }
    }

    [Test]
    public async Task Pages_hold_every_practitioner_once_though_some_are_added_meanwhile()
    {
        for (var count = 0; count < 3; count++)
        {
            await Register(new { name = $"Paged {count}" });
        }

        var first = await Practitioner.Get($"{Path}?limit=2");
        await Register(new { name = "Late" });
        var rest = await Practitioner.AllPages(Path, 200, first.NextCursor());
        var all = (await Practitioner.AllPages(Path, 200)).Select(item => item.Word("id"));
        Assert.That(first.Items().Concat(rest).Select(item => item.Word("id")), Is.EqualTo(all));
    }

    [Test]
    public async Task A_merge_patch_changes_what_it_names_and_nothing_else()
    {
        var created = await Register(new { name = "Before", externalId = "hr-patch", roles = new[] { "therapist" } });
        var changed = (await Practitioner.Patch($"{Path}/{created.Id}", new { name = "After" }, ("If-Match", created.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed.Word("name"), Is.EqualTo("After"));
            Assert.That(changed.Json.GetProperty("roles")[0].GetString(), Is.EqualTo("therapist"));
            Assert.That(changed.Word("externalId"), Is.EqualTo("hr-patch"));
            Assert.That(changed.ETag, Is.EqualTo("\"2\""));
            Assert.That((await Practitioner.Get($"{Path}/{created.Id}")).Text, Is.EqualTo(changed.Text));
        }
    }

    [Test]
    public async Task What_was_read_can_be_edited_and_sent_back_whole()
    {
        var created = await Register(new { name = "Round trip", externalId = "hr-round", roles = new[] { "therapist" } });
        var (status, text) = (await Practitioner.Send(
            HttpMethod.Patch, $"{Path}/{created.Id}",
            new StringContent(created.Text, System.Text.Encoding.UTF8, "application/merge-patch+json"), ("If-Match", created.ETag))) is { } answer
            ? (answer.Status, answer.Text) : default;
        Assert.That(status, Is.EqualTo(HttpStatusCode.OK), text);
    }

    [Test]
    public async Task A_change_needs_the_version_that_was_seen()
    {
        var created = await Register(new { name = "Versioned" });
        var path = $"{Path}/{created.Id}";
        (await Practitioner.Patch(path, new { name = "A" })).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Patch(path, new { name = "A" }, ("If-Match", "\"7\""))).Expect(HttpStatusCode.PreconditionFailed);
        (await Practitioner.Patch(path, new { name = "A" }, ("If-Match", "*"))).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Patch(path, new { name = "A" }, ("If-Match", $"W/{created.ETag}"))).Expect(HttpStatusCode.PreconditionFailed);
        (await Practitioner.Post($"{path}/suspension")).Expect(HttpStatusCode.PreconditionRequired);
        Assert.That((await Practitioner.Get(path)).Text, Is.EqualTo(created.Text));
    }

    [Test]
    public async Task A_practitioner_that_has_not_changed_is_304()
    {
        var created = await Register(new { name = "Cached" });
        var answer = await Practitioner.Get($"{Path}/{created.Id}", ("If-None-Match", created.ETag));
        Assert.That(answer.Expect(HttpStatusCode.NotModified).Text, Is.Empty);
    }

    [TestCase("roles")]
    [TestCase("mayDeclareEmergency")]
    public async Task Nobody_widens_their_own_roles_or_entitlement(string what)
    {
        var auditor = await Host.As("auditor");
        var path = $"{Path}/{Personas.AuditorId}";
        object wider = what == "roles" ? new { roles = new[] { "auditor", "supervisor" } } : new { mayDeclareEmergency = true };
        var before = await auditor.Get(path);
        var refused = await auditor.Patch(path, wider, ("If-Match", before.ETag));
        Assert.That(refused.Expect(HttpStatusCode.Forbidden).Problem, Is.EqualTo("forbidden"));
        Assert.That((await auditor.Get(path)).Text, Is.EqualTo(before.Text));
    }

    [Test]
    public async Task Their_own_name_anybody_may_mend()
    {
        var path = $"{Path}/{Personas.SupervisorId}";
        var before = await Supervisor.Get(path);
        (await Supervisor.Patch(path, new { name = "Adaeze Obi-Martin" }, ("If-Match", before.ETag))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_client_registers_no_practitioner_whatever_the_scopes_of_the_token()
    {
        var name = "Made up";
        var refused = await Client.Post(Path, new { name, subject = "client", roles = new[] { "therapist" } });
        refused.Expect(HttpStatusCode.Forbidden);
        var read = await Client.Get($"{Path}/{Personas.ColleagueId}");
        (await Client.Post($"{Path}/{Personas.ColleagueId}/suspension", null, ("If-Match", read.ETag))).Expect(HttpStatusCode.Forbidden);
        (await Client.Patch($"{Path}/{Personas.ColleagueId}", new { name }, ("If-Match", read.ETag))).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_subject_is_one_practitioner_only()
    {
        await Register(new { name = "The one", subject = "sub-one" });
        Assert.That(
            (await Practitioner.Post(Path, new { name = "The other", subject = "sub-one" })).Expect(HttpStatusCode.Conflict).Problem,
            Is.EqualTo("already-exists"));
        (await Practitioner.Post(Path, new { name = "Myself again", subject = "practitioner", roles = new[] { "supervisor" } })).Expect(HttpStatusCode.Conflict);
        (await Practitioner.Get("/v1/clients?limit=1")).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_scope_that_is_missing_is_named_in_the_challenge()
    {
        var narrow = await Host.As("practitioner", "demographics:read");
        foreach (var answer in new[]
        {
            await narrow.Post(Path, new { name = "x" }),
            await narrow.Patch($"{Path}/{Personas.ColleagueId}", new { name = "x" }, ("If-Match", "\"1\"")),
            await narrow.Post($"{Path}/{Personas.ColleagueId}/suspension", null, ("If-Match", "\"1\"")),
        })
        {
            using (Assert.EnterMultipleScope())
            {
                Assert.That(answer.Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("scope-missing"));
                Assert.That(answer.Header("WWW-Authenticate"), Does.Contain("insufficient_scope").And.Contain("practitioners:write"));
            }
        }
    }

    [TestCase("{}", "#/name required")]
    [TestCase("{\"name\":null}", "#/name null")]
    [TestCase("{\"name\":\"\"}", "#/name required")]
    [TestCase("{\"name\":\"  \"}", "#/name required")]
    [TestCase("{\"name\":\"x\",\"roles\":[\"Therapist\"]}", "#/roles/0 invalid-format")]
    [TestCase("{\"name\":\"x\",\"roles\":[\"two words\"]}", "#/roles/0 invalid-format")]
    [TestCase("{\"name\":\"x\",\"roles\":[null]}", "#/roles/0 null")]
    [TestCase("{\"name\":\"x\",\"externalId\":\" padded\"}", "#/externalId invalid-format")]
    [TestCase("{\"name\":\"x\",\"externalId\":\"\"}", "#/externalId invalid-format")]
    [TestCase("{\"name\":\"x\",\"subject\":\"\"}", "#/subject wrong-length")]
    [TestCase("{\"name\":\"x\",\"colour\":1}", "#/colour unknown-member")]
    public async Task A_faulty_registration_names_its_fault(string body, string fault) =>
        Assert.That((await Practitioner.PostText(Path, body)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Does.Contain(fault));

    [OnEachDatabase]
    internal sealed class SuspensionTests(TestDatabase database) : OnOneHost(database)
    {
        [Test]
        public async Task A_suspension_ends_every_access_at_the_very_next_request()
        {
            var record = await NewClientUnderConsent();
            var elsewhere = await NewClientUnderConsent();
            var assessments = Record(record, "/assessments");
            (await Practitioner.Get(assessments)).Expect(HttpStatusCode.OK);
            var page = (await Practitioner.Get("/v1/clients?limit=1")).Expect(HttpStatusCode.OK);
            Assert.That(page.NextCursor(), Is.Not.Null, $"{elsewhere} comes on page 2");

            var path = $"{Path}/{Personas.PractitionerId}";
            var suspended = (await Platform.Get(path)).Expect(HttpStatusCode.OK);
            suspended = (await Colleague.Post($"{path}/suspension", null, ("If-Match", suspended.ETag))).Expect(HttpStatusCode.OK);

            using (Assert.EnterMultipleScope())
            {
                Assert.That(suspended.Word("suspendedAt"), Is.Not.Null);
                Assert.That((await Practitioner.Get(assessments)).Status, Is.EqualTo(HttpStatusCode.NotFound));
                Assert.That((await Practitioner.Post(assessments, Forms.Gad7())).Status, Is.EqualTo(HttpStatusCode.NotFound));
                Assert.That((await Practitioner.Get(Record(record))).Status, Is.EqualTo(HttpStatusCode.NotFound));
                Assert.That((await Practitioner.Get($"/v1/clients?limit=1&cursor={Uri.EscapeDataString(page.NextCursor()!)}")).Items(), Is.Empty);
                Assert.That((await Practitioner.Get("/v1/me")).Json.GetProperty("identities").GetArrayLength(), Is.Zero);
                Assert.That((await Practitioner.Post(Path, new { name = "Back again", subject = "practitioner-2" })).Status, Is.EqualTo(HttpStatusCode.Forbidden));
                Assert.That(
                    (await Colleague.Post($"{path}/suspension", null, ("If-Match", suspended.ETag))).Problem, Is.EqualTo("state-conflict"));
                Assert.That(
                    (await Platform.Post("/v1/clients", new { careRelationships = new[] { new { practitionerId = Personas.PractitionerId } } }, ("Purpose-Of-Use", "TREAT"))).Faults,
                    Is.EqualTo(["#/careRelationships/0/practitionerId unknown-reference"]));
            }
        }
    }

    private async Task<Answer> Register(object body) => (await Practitioner.Post(Path, body)).Expect(HttpStatusCode.Created);
}
