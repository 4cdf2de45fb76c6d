using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>Step 3, and the release of a process note by a consent of its own.</summary>
public class ProcessNotesTests
{
    private static readonly RecordFacts InCare = Record.InCareOf(Alice, until: Now.AddDays(9));

    private static readonly ConsentProvision Release =
        Permit(Only(Alice), DataCategory.ProcessNotes) with { Sensitivities = Sensitivity.PsyThPn };

    private static readonly ItemFacts Own = Item(Sensitivity.PsyThPn, author: Alice, part: ProcessNoteRelease.Private);
    private static readonly ItemFacts Anothers = Item(Sensitivity.PsyThPn, author: Bob, part: ProcessNoteRelease.ByConsent);

    [TestCase(DataAction.Read)]
    [TestCase(DataAction.Write)]
    public void The_author_uses_the_own_notes_while_the_care_lasts(DataAction action)
    {
        var grant = Practitioner(Alice).To(action, DataCategory.ProcessNotes).Granted(InCare.WithConsent(Deny()));

        Assert.That(grant.Basis, Is.EqualTo(new DecisionBasis("author", Id(50))));
        Assert.That(grant.Until, Is.EqualTo(Now.AddDays(9)));
        Assert.That(grant.Covers(Own with { Labels = Sensitivity.PsyThPn | Sensitivity.Sdv }), Is.True, "before any deny, whatever the labels");
        Assert.That(grant.Covers(Anothers), Is.False);
    }

    [Test]
    public void The_author_uses_them_for_treatment_alone_and_shares_none()
    {
        Assert.That(Practitioner(Alice).Reading(DataCategory.ProcessNotes, PurposeOfUse.Operations).Reason(InCare), Is.EqualTo(RefusalReason.NoConsent));
        Assert.That(Practitioner(Alice).To(DataAction.Share, DataCategory.ProcessNotes).Reason(InCare), Is.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void Without_a_care_relationship_authorship_is_nothing() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.ProcessNotes).Decided(Record.InCareOf(Alice, until: Now)),
            Is.InstanceOf<AccessDecision.NotFound>());

    [Test]
    public void A_consent_of_their_own_releases_anothers_notes()
    {
        var outside = Practitioner(Alice).Reading(DataCategory.ProcessNotes).Granted(Record.WithConsent(Release));
        var inside = Practitioner(Alice).Reading(DataCategory.ProcessNotes).Granted(InCare.WithConsent(Release));

        Assert.That(outside.Basis.Kind, Is.EqualTo("provision"));
        Assert.That(outside.Covers(Anothers), Is.True);
        Assert.That(inside.Basis.Kind, Is.EqualTo("author"));
        Assert.That(new[] { inside.Covers(Own), inside.Covers(Anothers) }, Is.All.True);
    }

    [TestCase("private", false)]
    [TestCase("shared-with-client", false)]
    [TestCase("shared-by-consent", true)]
    [TestCase("shared", true)]
    [TestCase("", false)]
    public void A_consent_permits_and_does_not_compel_the_author_releases(string part, bool reads) =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.ProcessNotes).Granted(Record.WithConsent(Release)).Covers(Anothers with { Part = part }),
            Is.EqualTo(reads));

    [Test]
    public void Parts_narrow_a_release_and_never_widen_it()
    {
        var grant = Practitioner(Alice).Reading(DataCategory.ProcessNotes)
            .Granted(Record.WithConsent(Release with { Parts = ["private", "shared-with-client", "shared"] }));

        string[] parts = [ProcessNoteRelease.Private, ProcessNoteRelease.ToClient, ProcessNoteRelease.ByConsent, ProcessNoteRelease.ToBoth];
        Assert.That(parts.Where(part => grant.Covers(Anothers with { Part = part })), Is.EqualTo(new[] { ProcessNoteRelease.ToBoth }));
    }

    [TestCase("private")]
    [TestCase("shared-with-client")]
    [TestCase("phq-9")]
    public void A_release_that_names_only_what_no_author_releases_to_it_reaches_nothing_and_makes_no_relation(string part)
    {
        var record = Record.WithConsent(Release with { Parts = [part] });

        Assert.That(Practitioner(Alice).Reading(DataCategory.ProcessNotes).Decided(record), Is.InstanceOf<AccessDecision.NotFound>());
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.ProcessNotes, PurposeOfUse.EmergencyTreatment).Reason(InCare.WithConsent(Release with { Parts = [part] })),
            Is.EqualTo(RefusalReason.NoConsent));
    }

    [Test]
    public void A_deny_of_all_that_is_released_refuses_the_whole_request() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.ProcessNotes)
                .Reason(Record.WithConsent(Release).WithConsent(Deny() with { Parts = [.. ProcessNoteRelease.OpenToConsent] })),
            Is.EqualTo(RefusalReason.DeniedByClient));

    [Test]
    public void A_deny_takes_what_was_released_and_leaves_the_authors_own()
    {
        var labelled = Sensitivity.PsyThPn | Sensitivity.Sdv;
        var release = Release with { Sensitivities = labelled };
        var grant = Practitioner(Alice).Reading(DataCategory.ProcessNotes).Granted(
            InCare.WithConsent(release).WithConsent(Deny() with { Sensitivities = Sensitivity.Sdv }));

        Assert.That(grant.Covers(Anothers with { Labels = labelled }), Is.False);
        Assert.That(grant.Covers(Anothers), Is.True);
        Assert.That(grant.Covers(Own with { Labels = labelled }), Is.True);
    }

    [Test]
    public void A_consent_to_process_notes_and_anything_else_releases_none()
    {
        RecordFacts[] records =
        [
            InCare.WithConsent(Release, Permit(Only(Alice), DataCategory.Goals)),
            InCare.WithConsent(Release with { Categories = [DataCategory.ProcessNotes, DataCategory.Goals] }),
            InCare.WithConsent(Release, Deny()),
        ];

        Assert.That(
            records.Select(record => Practitioner(Alice).Reading(DataCategory.ProcessNotes).Granted(record).Covers(Anothers)),
            Is.All.False);
    }

    [Test]
    public void The_rest_of_such_a_consent_stands() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals).Decided(Record.WithConsent(Release, Permit(Only(Alice), DataCategory.Goals))),
            Is.InstanceOf<AccessDecision.Permitted>());

    [TestCase(DataAction.Write)]
    [TestCase(DataAction.Share)]
    public void A_release_is_for_reading(DataAction action) =>
        Assert.That(
            Practitioner(Alice).To(action, DataCategory.ProcessNotes, PurposeOfUse.EmergencyTreatment).Reason(InCare.WithConsent(Release with { Actions = [action] })),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void A_release_that_does_not_name_the_label_is_told_so() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.ProcessNotes, PurposeOfUse.EmergencyTreatment)
                .Reason(InCare.WithConsent(Release with { Sensitivities = Sensitivity.None })),
            Is.EqualTo(RefusalReason.LabelNotNamed));

    [Test]
    public void A_permit_elsewhere_that_names_the_label_matches_nothing() =>
        Assert.That(
            Practitioner(Alice).Reading(DataCategory.Goals).Reason(InCare.WithConsent(Release with { Categories = [DataCategory.Goals] })),
            Is.EqualTo(RefusalReason.NoConsent));

    [Test]
    public void The_word_all_does_not_hold_them() =>
        Assert.That(DataCategories.AllInAProvision, Does.Not.Contain(DataCategory.ProcessNotes));
}
