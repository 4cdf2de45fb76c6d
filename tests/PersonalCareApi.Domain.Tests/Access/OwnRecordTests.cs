using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Step 2: the client and the client's representatives.</summary>
public class OwnRecordTests
{
    private static readonly RecordFacts Child = Record with { BirthDate = new DateOnly(2015, 3, 1) };

    private static readonly DataCategory[] ButProcessNotes = [.. DataCategories.All.Where(category => category != DataCategory.ProcessNotes)];

    [Test]
    public void The_client_reads_and_exports_everything_but_process_notes(
        [ValueSource(nameof(ButProcessNotes))] DataCategory category, [Values(DataAction.Read, DataAction.Share)] DataAction action)
    {
        var grant = TheClient.To(action, category).Granted(Record.WithConsent(Deny()));

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("own-record")));
        Assert.That(grant.Until, Is.Null);
        Assert.That(grant.Covers(Item((Sensitivity)(-1))), Is.True, "whatever its labels");
    }

    [TestCase("private", false)]
    [TestCase("shared-by-consent", false)]
    [TestCase("shared-with-client", true)]
    [TestCase("shared", true)]
    [TestCase("", false)]
    public void Of_process_notes_the_client_reads_what_their_author_released_to_the_client(string part, bool reads)
    {
        var grant = TheClient.Reading(DataCategory.ProcessNotes).Granted(Record.WithConsent(Deny()));

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("own-record")));
        Assert.That(grant.Covers(Item(Sensitivity.PsyThPn, part: part)), Is.EqualTo(reads));
    }

    [TestCase(DataAction.Write)]
    [TestCase(DataAction.Share)]
    public void The_client_does_nothing_else_with_process_notes(DataAction action) =>
        Assert.That(
            (TheClient.To(action, DataCategory.ProcessNotes) with { ClientIsAuthor = true }).Reason(Record),
            Is.EqualTo(RefusalReason.NoConsent));

    [TestCase(true)]
    [TestCase(false)]
    public void The_client_writes_only_where_the_endpoint_names_the_client_as_an_author(bool named)
    {
        var decision = (TheClient.Writing(DataCategory.Journal) with { ClientIsAuthor = named }).Decided(Record);

        Assert.That(decision is AccessDecision.Permitted, Is.EqualTo(named));
    }

    [Test]
    public void A_representative_reads_within_the_listed_categories()
    {
        var record = Child.WithAuthority(Mother(DataCategory.Goals));

        var grant = TheRepresentative.Reading(DataCategory.Goals).Granted(record);

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("representation", Authority)));
        Assert.That(grant.ActingAs, Is.EqualTo(new Party(PartyKind.Representative, Authority)));
        Assert.That(grant.Purpose, Is.EqualTo(PurposeOfUse.PatientRequest));
        Assert.That(TheRepresentative.Reading(DataCategory.Plans).Reason(record), Is.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void A_representative_does_only_what_the_authority_lists()
    {
        var record = Child.WithAuthority(Mother(DataCategory.Goals));

        Assert.That(TheRepresentative.To(DataAction.Share, DataCategory.Goals).Reason(record), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(TheRepresentative.Writing(DataCategory.Goals).Reason(record), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(
            (TheRepresentative.Writing(DataCategory.Goals) with { ClientIsAuthor = true }).Decided(record),
            Is.InstanceOf<AccessDecision.Permitted>());
    }

    [TestCase(DataCategory.Journal)]
    [TestCase(DataCategory.AccessHistory)]
    [TestCase(DataCategory.ProcessNotes)]
    public void A_representative_never_reads_these_even_if_they_are_listed(DataCategory category) =>
        Assert.That(
            TheRepresentative.Reading(category).Reason(Child.WithAuthority(Mother(category))),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void Of_two_authorities_the_one_that_goes_so_far_answers()
    {
        var caller = TheRepresentative with { RepresentativeIds = [Authority, Id(41)] };
        var record = Child
            .WithAuthority(Mother(DataCategory.Goals))
            .WithAuthority(Mother(DataCategory.Plans) with { Id = Id(41) });

        Assert.That(caller.Reading(DataCategory.Plans).Granted(record).ActingAs.Id, Is.EqualTo(Id(41)));
    }

    [Test]
    public void A_parent_is_refused_once_the_client_may_consent_alone()
    {
        var grown = Record with { BirthDate = new DateOnly(2010, 6, 1) };

        Assert.That(
            TheRepresentative.Reading(DataCategory.Goals).Reason(grown.WithAuthority(Mother(DataCategory.Goals))),
            Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(
            TheRepresentative.Reading(DataCategory.Goals)
                .Decided(grown.WithAuthority(Mother(DataCategory.Goals) with { EndsWhenClientMayConsentAlone = false })),
            Is.InstanceOf<AccessDecision.Permitted>(),
            "a health-care proxy of an adult");
    }

    [Test]
    public void The_partner_may_set_another_age_for_what_the_client_asks_for()
    {
        var rules = new PartnerRules { AgeOfConsentByPurpose = new Dictionary<PurposeOfUse, int> { [PurposeOfUse.PatientRequest] = 11 } };

        Assert.That(
            TheRepresentative.Reading(DataCategory.Goals).Reason(Child.Under(rules).WithAuthority(Mother(DataCategory.Goals))),
            Is.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void A_parents_grant_ends_on_the_day_the_client_comes_of_age() =>
        Assert.That(
            TheRepresentative.Reading(DataCategory.Goals).Granted(Child.WithAuthority(Mother(DataCategory.Goals))).Until,
            Is.EqualTo(new DateTimeOffset(2031, 3, 1, 0, 0, 0, TimeSpan.Zero)));

    [Test]
    public void A_client_of_unknown_age_is_taken_to_be_a_child() =>
        Assert.That(
            TheRepresentative.Reading(DataCategory.Goals).Decided((Record with { BirthDate = null }).WithAuthority(Mother(DataCategory.Goals))),
            Is.InstanceOf<AccessDecision.Permitted>());
}
