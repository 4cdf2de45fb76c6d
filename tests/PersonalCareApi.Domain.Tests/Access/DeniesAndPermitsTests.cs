using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

public class DeniesAndPermitsTests
{
    private static readonly ConsentProvision ToAlice = Permit(Only(Alice), DataCategory.Goals);

    [Test]
    public void Silence_denies() =>
        Assert.That(Practitioner(Alice).Reading(DataCategory.Goals).Reason(Record.InCareOf(Alice)), Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void A_permit_permits_and_is_the_basis()
    {
        var grant = Practitioner(Alice).Reading(DataCategory.Goals).Granted(Record.WithConsent(ToAlice));

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("provision", Id(100), 1, 0)));
        Assert.That(grant.Obligations, Is.EqualTo(Obligations.Audit));
        Assert.That(grant.Covers(Item()), Is.True);
    }

    [Test]
    public void A_denial_wins_over_a_later_permit() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals).Reason(Record.WithConsent(Deny(Only(Alice))).WithConsent(ToAlice)),
            Is.EqualTo(RefusalReason.DeniedByClient));

    [Test]
    public void A_denial_wins_over_an_earlier_and_narrower_permit() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals).Reason(Record.WithConsent(ToAlice).WithConsent(Deny())),
            Is.EqualTo(RefusalReason.DeniedByClient));
}
