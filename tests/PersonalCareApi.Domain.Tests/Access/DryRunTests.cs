using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

public class DryRunTests
{
    private static readonly Caller[] Callers = [Practitioner(Alice), Practitioner(Bob), AppAlone];
    private static readonly Party PartyAlice = new(PartyKind.Practitioner, Alice);

    [Test]
    public void A_permit_gains_its_use_for_its_grantee_and_for_what_it_spreads_to()
    {
        var change = DryRun.Compare(Record, Consent(Permit(Only(Alice), DataCategory.Goals)) with { Status = ConsentStatus.Draft }, null, Callers, Now);

        Assert.That(change.Gains, Is.EquivalentTo(new[]
        {
            new AccessLine(PartyAlice, DataCategory.Goals, DataAction.Read, PurposeOfUse.Treatment),
            new AccessLine(PartyAlice, DataCategory.Goals, DataAction.Read, PurposeOfUse.EmergencyTreatment),
        }));
        Assert.That(change.Losses, Is.Empty);
    }

    [Test]
    public void A_deny_loses_what_the_record_permits_for_purposes_that_only_the_record_names()
    {
        var record = Record.WithConsent(Permit(Only(Alice), DataCategory.Goals, purpose: "COC"));

        var change = DryRun.Compare(record, Consent(Deny(purpose: "TREAT")) with { Id = Id(150) }, null, [Practitioner(Alice)], Now);

        Assert.That(change.Losses, Is.EqualTo(new[] { new AccessLine(PartyAlice, DataCategory.Goals, DataAction.Read, Purpose("COC")) }));
        Assert.That(change.Gains, Is.Empty);
    }

    [Test]
    public void What_it_replaces_no_longer_counts()
    {
        var record = Record.WithConsent(Permit(Only(Alice), DataCategory.Goals));
        var draft = Consent(Permit(Only(Alice), DataCategory.Plans)) with { Id = Id(150) };

        var change = DryRun.Compare(record, draft, replaces: Id(100), [Practitioner(Alice)], Now);

        Assert.That(change.Gains.Select(line => line.Category).Distinct(), Is.EqualTo(new[] { DataCategory.Plans }));
        Assert.That(change.Losses.Select(line => line.Category).Distinct(), Is.EqualTo(new[] { DataCategory.Goals }));
    }

    [Test]
    public void A_draft_that_is_on_the_record_counts_once()
    {
        var record = Record.With(Consent(Permit(Only(Alice), DataCategory.Goals)) with { Status = ConsentStatus.Draft });

        Assert.That(DryRun.Compare(record, record.Consents[0], null, [Practitioner(Alice)], Now).Gains, Has.Count.EqualTo(2));
    }

    [Test]
    public void Scopes_and_registered_purposes_are_left_aside()
    {
        var bare = Practitioner(Alice) with { Scopes = new HashSet<string>(), Purposes = new HashSet<PurposeOfUse>() };

        Assert.That(DryRun.Compare(Record, Consent(Permit(Only(Alice), DataCategory.Goals)), null, [bare], Now).Gains, Has.Count.EqualTo(2));
    }

    [Test]
    public void A_use_that_stays_permitted_for_other_items_is_affected_and_one_that_stays_as_it_was_is_not()
    {
        var record = Record.WithConsent(Permit(Only(Alice), DataCategory.Goals), Permit(Only(Alice), DataCategory.Plans));
        var draft = Consent(Deny(Only(Alice), DataCategory.Goals) with { Sensitivities = Sensitivity.Sdv }) with { Id = Id(150) };

        var change = DryRun.Compare(record, draft, null, [Practitioner(Alice)], Now);

        Assert.That(change.Gains.Concat(change.Losses), Is.Empty);
        Assert.That(change.Affected.Select(line => line.Category).Distinct(), Is.EqualTo(new[] { DataCategory.Goals }));
        Assert.That(
            DryRun.Compare(record, record.Consents[0] with { Id = Id(151) }, null, [Practitioner(Alice)], Now).Affected, Is.Empty,
            "What is said twice opens nothing more.");
    }
}
