using System.Net;
using System.Text;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Clients;

/// <summary>Registering people in care, and what is known of them.</summary>
[OnEachDatabase]
internal sealed class ClientTests(TestDatabase database) : OnOneHost(database)
{
    private const string Path = "/v1/clients";
    private static readonly (string, string) ForTreatment = ("Purpose-Of-Use", "TREAT");

    [Test]
    public async Task A_practitioner_who_creates_a_client_cares_for_them_from_then_on()
    {
        var created = await Create(Practitioner, new
        {
            externalId = "pms-17",
            name = new { given = "Ines", family = "Moreau" },
            birthDate = "1991-04-17",
            timeZone = "Europe/Paris",
            language = "pt-BR",
        });
        var read = (await Practitioner.Get(created.Header("Location")!)).Expect(HttpStatusCode.OK);
        var team = await Practitioner.Get(Record(created.Id, "/care-relationships"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(read.Text, Is.EqualTo(created.Text));
            Assert.That(read.Word("name.given"), Is.EqualTo("Ines"));
            Assert.That(read.Word("timeZone"), Is.EqualTo("Europe/Paris"));
            Assert.That(read.Word("externalId"), Is.EqualTo("pms-17"));
            Assert.That(read.ETag, Is.EqualTo(created.ETag));
            Assert.That(Guid.TryParse(read.Header("Access-Decision"), out _), Is.True);
            Assert.That(team.Items().Single().Word("practitionerId"), Is.EqualTo($"{Personas.PractitionerId}"));
            Assert.That(team.Items().Single().Word("role"), Is.EqualTo("therapist"));
            Assert.That((await Colleague.Get(Record(created.Id))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await Practitioner.Get(Record(created.Id, "/assessments"))).Reason, Is.EqualTo("no-consent"));
        }
    }

    [Test]
    public async Task A_practitioner_names_no_colleague_and_no_sign_in_when_creating()
    {
        var answer = await Practitioner.Post(Path, new
        {
            subject = "somebody",
            careRelationships = new[] { new { practitionerId = Personas.ColleagueId } },
        });
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([
            "#/subject not-allowed", "#/careRelationships/0/practitionerId not-allowed",
        ]));
    }

    [Test]
    public async Task A_practitioner_may_name_their_own_part()
    {
        var created = await Create(Practitioner, new { careRelationships = new[] { new { practitionerId = Personas.PractitionerId, role = "crisis-lead" } } });
        Assert.That((await Practitioner.Get(Record(created.Id, "/care-relationships"))).Items().Single().Word("role"), Is.EqualTo("crisis-lead"));
    }

    [Test]
    public async Task An_application_alone_names_its_purpose_and_the_care_team()
    {
        var body = new { careRelationships = new[] { new { practitionerId = Personas.PractitionerId }, new { practitionerId = Personas.ColleagueId } } };
        Assert.That((await Platform.Post(Path, body)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("purpose-not-permitted"));
        var created = await Create(Platform, body, ForTreatment);
        (await Colleague.Get(Record(created.Id))).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Record(created.Id))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task An_application_that_names_nobody_still_reads_its_client()
    {
        var created = await Create(Platform, new { }, ForTreatment);
        (await Platform.Get(Record(created.Id), ForTreatment)).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Record(created.Id))).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task Unknown_foreign_and_repeated_practitioners_are_each_named()
    {
        var answer = await Platform.Post(
            Path,
            new
            {
                careRelationships = new[]
                {
                    new { practitionerId = Personas.PractitionerId }, new { practitionerId = Personas.ElsewherePractitionerId },
                    new { practitionerId = Personas.PractitionerId }, new { practitionerId = Guid.Empty },
                },
            },
            ForTreatment);
        Assert.That(answer.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([
            "#/careRelationships/1/practitionerId unknown-reference", "#/careRelationships/2/practitionerId duplicate",
            "#/careRelationships/3/practitionerId unknown-reference",
        ]));
    }

    [TestCase("client")]
    [TestCase("representative")]
    public async Task Only_practitioners_and_applications_create_clients(string persona) =>
        (await (await Host.As(persona)).Post(Path, new { })).Expect(HttpStatusCode.Forbidden);

    [TestCase("HRESCH")]
    [TestCase("HPAYMT")]
    public async Task A_record_begins_for_treatment_not_for_research_or_payment(string purpose) =>
        (await Practitioner.Post(Path, new { }, ("Purpose-Of-Use", purpose))).Expect(HttpStatusCode.Forbidden);

    [Test]
    public async Task An_external_id_is_unique_within_the_partner()
    {
        await Create(Practitioner, new { externalId = "pms-once" });
        var before = Count("client");
        Assert.That((await Practitioner.Post(Path, new { externalId = "pms-once" })).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("already-exists"));
        Assert.That(Count("client"), Is.EqualTo(before), "nothing of the second is kept");
        await Create(Elsewhere, new { externalId = "pms-once" });
    }

    [Test]
    public async Task Putting_by_external_id_creates_once_and_gets_from_then_on()
    {
        var first = (await Practitioner.Put($"{Path}/by-external-id/pms-put", new { timeZone = "Europe/Paris" })).Expect(HttpStatusCode.Created);
        var second = (await Practitioner.Put($"{Path}/by-external-id/pms-put", new { timeZone = "Europe/Berlin" })).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(first.Word("externalId"), Is.EqualTo("pms-put"));
            Assert.That(second.Text, Is.EqualTo(first.Text), "nothing is overwritten");
            Assert.That(second.ETag, Is.EqualTo(first.ETag));
            Assert.That((await Colleague.Put($"{Path}/by-external-id/pms-put", new { })).Problem, Is.EqualTo("not-found"));
            Assert.That((await Elsewhere.Put($"{Path}/by-external-id/pms-put", new { })).Status, Is.EqualTo(HttpStatusCode.Created));
        }
    }

    [Test]
    public async Task Putting_by_external_id_at_once_from_many_sides_creates_one()
    {
        var answers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Practitioner.Put($"{Path}/by-external-id/pms-race", new { })));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Created), Is.EqualTo(1));
            Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(7), string.Join(' ', answers.Select(answer => answer.Status)));
            Assert.That(answers.Select(answer => answer.Word("id")).Distinct().Count(), Is.EqualTo(1));
        }
    }

    [TestCase("%20padded")]
    [TestCase("padded%20")]
    public async Task An_external_id_in_the_path_follows_the_same_rule_as_in_the_body(string externalId) =>
        Assert.That(
            (await Practitioner.Put($"{Path}/by-external-id/{externalId}", new { })).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["externalId invalid-format"]));

    [Test]
    public async Task An_external_id_in_the_path_may_not_be_longer_than_in_the_body() =>
        (await Practitioner.Put($"{Path}/by-external-id/{new string('a', 201)}", new { })).Expect(HttpStatusCode.UnprocessableEntity);

    [Test]
    public async Task The_body_may_repeat_the_external_id_of_the_path_but_not_name_another()
    {
        (await Practitioner.Put($"{Path}/by-external-id/pms-same", new { externalId = "pms-same" })).Expect(HttpStatusCode.Created);
        Assert.That(
            (await Practitioner.Put($"{Path}/by-external-id/pms-same", new { externalId = "pms-other" })).Expect(HttpStatusCode.UnprocessableEntity).Faults,
            Is.EqualTo(["#/externalId not-allowed"]));
    }

    [Test]
    public async Task Only_an_application_alone_links_a_sign_in()
    {
        var created = await Create(Practitioner, new { });
        var subjects = Record(created.Id, "/subjects");
        (await Practitioner.Post(subjects, new { subject = "practitioner" })).Expect(HttpStatusCode.Forbidden);
        (await Client.Get(Record(created.Id))).Expect(HttpStatusCode.NotFound);

        (await Platform.Post(subjects, new { subject = "client" }, ForTreatment)).Expect(HttpStatusCode.NoContent);
        (await Client.Get(Record(created.Id))).Expect(HttpStatusCode.OK);
        Assert.That((await Platform.Post(subjects, new { subject = "client" }, ForTreatment)).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("already-exists"));
        (await Client.Post(subjects, new { subject = "colleague" })).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_merge_patch_changes_what_it_names_and_null_takes_away()
    {
        var created = await Create(Practitioner, new { name = new { given = "A", family = "B" }, timeZone = "Europe/Paris", language = "fr" });
        var changed = (await Practitioner.Patch(
            Record(created.Id), new Dictionary<string, object?> { ["name"] = new Dictionary<string, object?> { ["given"] = "C", ["family"] = null }, ["language"] = null },
            ("If-Match", created.ETag))).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(changed.Word("name.given"), Is.EqualTo("C"));
            Assert.That(changed.Word("name.family"), Is.Null);
            Assert.That(changed.Word("language"), Is.Null);
            Assert.That(changed.Word("timeZone"), Is.EqualTo("Europe/Paris"));
            Assert.That(changed.ETag, Is.EqualTo("\"2\""));
            Assert.That((await Practitioner.Get(Record(created.Id))).Text, Is.EqualTo(changed.Text));
        }
    }

    [Test]
    public async Task What_was_read_can_be_sent_back_as_it_was()
    {
        var created = await Create(Practitioner, new { externalId = "pms-round", name = new { given = "A" }, birthDate = "1990-01-01" });
        using var whole = new StringContent(created.Text, Encoding.UTF8, "application/merge-patch+json");
        (await Practitioner.Send(HttpMethod.Patch, Record(created.Id), whole, ("If-Match", created.ETag))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_birth_date_is_corrected_only_with_evidence()
    {
        var created = await Create(Practitioner, new { birthDate = "1990-01-01" });
        var bare = await Practitioner.Patch(Record(created.Id), new { birthDate = "1991-01-01" }, ("If-Match", created.ETag));
        Assert.That(bare.Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/birthDateEvidence required"]));
        var corrected = await Practitioner.Patch(
            Record(created.Id), new { birthDate = "1991-01-01", birthDateEvidence = "passport seen" }, ("If-Match", created.ETag));
        Assert.That(corrected.Expect(HttpStatusCode.OK).Word("birthDate"), Is.EqualTo("1991-01-01"));

        var taken = await Practitioner.Patch(
            Record(created.Id), new Dictionary<string, object?> { ["birthDate"] = null }, ("If-Match", corrected.ETag));
        taken.Expect(HttpStatusCode.UnprocessableEntity);
    }

    [Test]
    public async Task A_change_names_the_version_that_was_seen()
    {
        var created = await Create(Practitioner, new { language = "en" });
        var path = Record(created.Id);
        (await Practitioner.Patch(path, new { language = "de" })).Expect(HttpStatusCode.PreconditionRequired);
        (await Practitioner.Patch(path, new { language = "de" }, ("If-Match", created.ETag))).Expect(HttpStatusCode.OK);
        (await Practitioner.Patch(path, new { language = "fr" }, ("If-Match", created.ETag))).Expect(HttpStatusCode.PreconditionFailed);
        Assert.That((await Practitioner.Get(path)).Word("language"), Is.EqualTo("de"));
    }

    [Test]
    public async Task A_client_who_has_not_changed_is_304_and_that_is_a_use_too()
    {
        var record = await Host.NewClient();
        var read = await Practitioner.Get(Record(record));
        var again = await Practitioner.Get(Record(record), ("If-None-Match", $"\"9\", {read.ETag}"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(again.Status, Is.EqualTo(HttpStatusCode.NotModified));
            Assert.That(again.Text, Is.Empty);
            Assert.That(again.ETag, Is.EqualTo(read.ETag));
            Assert.That(
                (await Client.Get(Record(record, "/access-history"))).Items()[0].Word("id"), Is.EqualTo(again.Header("Access-Decision")));
        }

        Assert.That((await Colleague.Get(Record(record), ("If-None-Match", read.ETag))).Status, Is.EqualTo(HttpStatusCode.NotFound));
        (await Practitioner.Get(Record(record), ("If-None-Match", "\"2\""))).Expect(HttpStatusCode.OK);
    }

    [TestCase("Mars/Olympus")]
    [TestCase("")]
    [TestCase("../../etc/localtime")]
    [TestCase("W. Europe Standard Time")]
    public async Task What_is_no_iana_time_zone_is_refused(string timeZone) =>
        Assert.That(
            (await Practitioner.Post(Path, new { timeZone })).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/timeZone unknown-value"]));

    [TestCase("UTC")]
    [TestCase("America/Argentina/Buenos_Aires")]
    [TestCase("Pacific/Chatham")]
    public async Task An_iana_time_zone_is_kept_as_it_was_written(string timeZone) =>
        Assert.That((await Create(Practitioner, new { timeZone })).Word("timeZone"), Is.EqualTo(timeZone));

    [TestCase("english please")]
    [TestCase("e")]
    [TestCase("en_GB")]
    [TestCase("")]
    [TestCase("en-")]
    public async Task What_is_no_language_tag_is_refused(string language) =>
        Assert.That(
            (await Practitioner.Post(Path, new { language })).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo(["#/language invalid-format"]));

    [Test]
    public async Task A_language_tag_is_not_of_any_length() =>
        (await Practitioner.Post(Path, new { language = "en" + string.Concat(Enumerable.Repeat("-abcdefgh", 1000)) })).Expect(HttpStatusCode.UnprocessableEntity);

    [TestCase("{\"birthDate\":\"2199-01-01\"}", "#/birthDate out-of-range")]
    [TestCase("{\"birthDate\":\"0001-01-01\"}", "#/birthDate out-of-range")]
    [TestCase("{\"birthDate\":\"1990-02-30\"}", "#/birthDate invalid-format")]
    [TestCase("{\"birthDate\":\"17.4.1991\"}", "#/birthDate invalid-format")]
    [TestCase("{\"name\":{\"given\":\"\"}}", "#/name/given wrong-length")]
    [TestCase("{\"name\":\"Ines\"}", "#/name wrong-type")]
    [TestCase("{\"careRelationships\":[null]}", "#/careRelationships/0 null")]
    [TestCase("{\"careRelationships\":[{}]}", "#/careRelationships/0/practitionerId required")]
    [TestCase("{\"careRelationships\":[{\"practitionerId\":\"0197a000-0000-7000-8000-000000000101\",\"role\":\"No\"}]}", "#/careRelationships/0/role invalid-format")]
    [TestCase("{\"id\":\"0197a000-0000-7000-8000-000000000101\"}", "#/id unknown-member")]
    public async Task A_faulty_registration_names_its_fault(string body, string fault) =>
        Assert.That((await Practitioner.PostText(Path, body)).Expect(HttpStatusCode.UnprocessableEntity).Faults, Is.EqualTo([fault]));

    [Test]
    public async Task Somebody_elses_client_and_an_unknown_one_are_answered_alike()
    {
        var record = await Host.NewClient();
        var theirs = (await Elsewhere.Get(Record(record))).Expect(HttpStatusCode.NotFound);
        var unknown = (await Elsewhere.Get(Record(Nobody))).Expect(HttpStatusCode.NotFound);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Without(theirs, "instance", "traceId"), Is.EqualTo(Without(unknown, "instance", "traceId")));
            Assert.That(theirs.Headers.Keys, Is.EquivalentTo(unknown.Headers.Keys));
            Assert.That(theirs.Header("Access-Decision"), Is.Null);
        }
    }

    private static IEnumerable<string> Without(Answer answer, params string[] members) =>
        answer.Json.EnumerateObject().Where(member => !members.Contains(member.Name)).Select(member => $"{member.Name}={member.Value}");

    private static async Task<Answer> Create(Api by, object body, params (string, string)[] headers) =>
        (await by.Post(Path, body, headers)).Expect(HttpStatusCode.Created);
}
