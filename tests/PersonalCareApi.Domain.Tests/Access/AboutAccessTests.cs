using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Who may ask how decisions come out.</summary>
public class AboutAccessTests
{
    private static readonly ItemFacts Own = Item(author: Alice);
    private static readonly ItemFacts Anothers = Item(author: Bob);

    private static Caller Auditor => Practitioner(Alice, Caller.AuditorRole) with { Scopes = EveryScope.Append(Caller.AuditScope).ToHashSet() };

    [Test]
    public void Whoever_is_related_asks_about_their_own()
    {
        var grant = About(Practitioner(Alice)).Granted(Record.InCareOf(Alice));

        Assert.That(grant.Covers(Own));
        Assert.That(grant.Covers(Anothers), Is.False);
    }

    [Test]
    public void Whoever_is_unrelated_learns_nothing()
    {
        Assert.That(About(Practitioner(Alice)).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(About(Auditor with { PartnerId = OtherPartner }).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());
    }

    [Test]
    public void The_client_and_the_auditor_ask_about_everybody()
    {
        Assert.That(About(TheClient).Granted(Record).Covers(Anothers));
        Assert.That(About(Auditor).Granted(Record).Covers(Anothers));
    }

    [Test]
    public void An_auditor_needs_the_role_and_the_scope()
    {
        Assert.That(About(Practitioner(Alice, Caller.AuditorRole)).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(About(Auditor with { PractitionerRoles = [] }).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>());
    }

    [Test]
    public void An_auditor_is_related_to_nothing_else()
    {
        foreach (var category in DataCategories.All)
        {
            Assert.That(Auditor.Reading(category).Decided(Record), Is.InstanceOf<AccessDecision.NotFound>(), category.Code());
        }
    }

    [Test]
    public void A_representative_asks_about_their_own_and_one_whose_authority_rests_about_nothing()
    {
        var record = Record.WithAuthority(Mother(DataCategory.Consents));
        Assert.That(About(TheRepresentative).Granted(record).Covers(Item(author: Authority)));
        Assert.That(About(TheRepresentative).Granted(record).Covers(Anothers), Is.False);

        var suspended = Record.WithAuthority(Mother(DataCategory.Consents) with { Suspended = true });
        Assert.That(About(TheRepresentative).Decided(suspended), Is.InstanceOf<AccessDecision.NotFound>());
    }

    private static AccessRequest About(Caller caller) => caller.Reading(DataCategory.AccessHistory) with { AsksAboutAccess = true };
}
