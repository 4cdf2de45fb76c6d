using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.Consents;

/// <summary>A child in care, and the parent who represents it until the child consents alone.</summary>
[OnEachDatabase]
internal sealed class MinorTests(TestDatabase database) : OnOneHost(database)
{
    // In Berlin, where the demo child lives.
    private static readonly DateTimeOffset SixteenthBirthday = new(2030, 9, 2, 0, 0, 0, TimeSpan.FromHours(2));

    private static string Consents => Record(Personas.OtherClientId, "/consents");

    private static string Assessments => Record(Personas.OtherClientId, "/assessments");

    [Test]
    public async Task A_childs_own_permit_counts_once_the_representative_has_authorised_it()
    {
        var (child, parent) = (await Host.As("other-client"), await Host.As("representative"));
        var given = (await child.Post(Consents, Consent(Provision.Permit("assessments")))).Expect(HttpStatusCode.Created);
        Assert.That(given.Word("status"), Is.EqualTo("active"));
        Assert.That((await Practitioner.Get(Assessments)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));

        var authorise = $"{Consents}/{given.Id}/authorisations";
        (await child.Post(authorise, null, ("If-Match", given.ETag))).Expect(HttpStatusCode.Forbidden);
        (await parent.Post(authorise)).Expect(HttpStatusCode.PreconditionRequired);
        var authorised = (await parent.Post(authorise, null, ("If-Match", given.ETag))).Expect(HttpStatusCode.OK);
        Assert.That(authorised.Json.GetProperty("authorisations")[0].Word("by.id"), Is.EqualTo($"{Personas.RepresentativeId}"));
        (await Practitioner.Get(Assessments)).Expect(HttpStatusCode.OK);

        (await child.Post($"{Consents}/{given.Id}/withdrawal")).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Assessments)).Expect(HttpStatusCode.Forbidden);
        Assert.That(
            (await parent.Post(authorise, null, ("If-Match", "\"3\""))).Expect(HttpStatusCode.Conflict).Problem, Is.EqualTo("state-conflict"));
    }

    [Test]
    public async Task A_representatives_permit_counts_at_once_and_the_child_may_withdraw_it()
    {
        var (child, parent) = (await Host.As("other-client"), await Host.As("representative"));
        var given = (await parent.Post(Consents, Consent(Provision.Permit("goals", "assessments")))).Expect(HttpStatusCode.Created);
        Assert.That(given.Word("givenBy.kind"), Is.EqualTo("representative"));
        (await Practitioner.Get(Assessments)).Expect(HttpStatusCode.OK);
        (await child.Post($"{Consents}/{given.Id}/withdrawal")).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Assessments)).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_childs_denial_needs_nobodys_authority()
    {
        var (child, parent) = (await Host.As("other-client"), await Host.As("representative"));
        var permit = (await parent.Post(Consents, Consent(Provision.Permit("assessments", "plans")))).Expect(HttpStatusCode.Created);
        var denial = (await child.Post(Consents, Consent(Provision.Deny("assessments")))).Expect(HttpStatusCode.Created);
        Assert.That((await Practitioner.Get(Assessments)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("denied-by-client"));
        foreach (var consent in new[] { permit, denial })
        {
            (await child.Post($"{Consents}/{consent.Id}/withdrawal")).Expect(HttpStatusCode.OK);
        }
    }

    [Test]
    public async Task A_representative_uses_what_the_authority_lists_and_never_the_access_history()
    {
        var parent = await Host.As("representative");
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await parent.Get(Record(Personas.OtherClientId))).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await parent.Get(Assessments)).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await parent.Get(Consents)).Status, Is.EqualTo(HttpStatusCode.OK));
            Assert.That((await parent.Get(Record(Personas.OtherClientId, "/access-history"))).Reason, Is.EqualTo("no-consent"));
            Assert.That((await parent.Get(Record(Personas.ClientId))).Status, Is.EqualTo(HttpStatusCode.NotFound));
            Assert.That((await parent.Patch(Record(Personas.OtherClientId), new { language = "de" }, ("If-Match", "\"1\""))).Status, Is.EqualTo(HttpStatusCode.Forbidden));
        }
    }

    [Test]
    public async Task A_representative_answers_for_the_child_and_retracts_only_that()
    {
        var (child, parent) = (await Host.As("other-client"), await Host.As("representative"));
        var theirs = await Assess(parent, Personas.OtherClientId, Forms.Gad7());
        var own = await Assess(child, Personas.OtherClientId, Forms.Gad7());
        Assert.That(theirs.Word("recordedBy.kind"), Is.EqualTo("representative"));
        (await parent.Post($"{Assessments}/{own.Id}/retraction", new { reason = "not mine" }, ("If-Match", own.ETag))).Expect(HttpStatusCode.Forbidden);
        (await parent.Post($"{Assessments}/{theirs.Id}/retraction", new { reason = "typed wrongly" }, ("If-Match", theirs.ETag))).Expect(HttpStatusCode.OK);
    }

    [Test]
    public async Task A_client_whose_birth_date_is_not_known_cannot_permit_alone()
    {
        var created = (await Platform.Post(
            "/v1/clients", new { subject = "client", careRelationships = new[] { new { practitionerId = Personas.PractitionerId } } }, ("Purpose-Of-Use", "TREAT"))).Expect(HttpStatusCode.Created);
        await Give(created.Id, Provision.Permit("assessments"));
        Assert.That((await Practitioner.Get(Record(created.Id, "/assessments"))).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));

        (await Practitioner.Patch(Record(created.Id), new { birthDate = "1990-01-01", birthDateEvidence = "passport seen" }, ("If-Match", created.ETag))).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Record(created.Id, "/assessments"))).Expect(HttpStatusCode.OK);
    }

    [OnEachDatabase]
    internal sealed class ComingOfAgeTests(TestDatabase database) : OnOneHost(database)
    {
        [Test]
        public async Task On_the_birthday_the_parents_authority_ends_and_the_clients_own_word_counts()
        {
            var early = (await (await Host.As("other-client")).Post(Consents, Consent(Provision.Permit("assessments")))).Expect(HttpStatusCode.Created);

            Host.Clock.MoveTo(SixteenthBirthday.AddMinutes(-1));
            (await (await Host.As("representative")).Get(Assessments)).Expect(HttpStatusCode.OK);

            Host.Clock.MoveTo(SixteenthBirthday);
            var (client, parent, practitioner) = (await Host.As("other-client"), await Host.As("representative"), await Host.As("practitioner"));
            Assert.That((await parent.Get(Assessments)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"));
            (await parent.Post(Consents, Consent(Provision.Permit("goals")))).Expect(HttpStatusCode.Forbidden);
            Assert.That(
                (await practitioner.Get(Assessments)).Expect(HttpStatusCode.Forbidden).Reason, Is.EqualTo("no-consent"),
                $"growing up does not mend {early.Id}, which was given too young");

            (await client.Post(Consents, new
            {
                status = "active",
                evidence = new { method = "electronic-signature", givenAt = SixteenthBirthday },
                provisions = new[] { Provision.Permit("assessments") },
            })).Expect(HttpStatusCode.Created);
            (await practitioner.Get(Assessments)).Expect(HttpStatusCode.OK);
        }
    }
}
