using PersonalCareApi.Domain.Access;
using static PersonalCareApi.Domain.Tests.Access.Sample;

namespace PersonalCareApi.Domain.Tests.Access;

/// <summary>What is refused when a consent is posted.</summary>
public class ProvisionRulesTests
{
    private static readonly ConsentProvision Good = Permit(Only(Alice), DataCategory.Goals);
    private static readonly ConsentProvision Release = Permit(Only(Alice), DataCategory.ProcessNotes) with { Sensitivities = Sensitivity.PsyThPn };
    private static readonly ConsentProvision Research = Permit(Only(Alice), DataCategory.Goals, purpose: "HRESCH");

    [Test]
    public void What_is_as_it_must_be_has_no_fault()
    {
        Assert.That(Faults(Good, Deny(Only(Bob)), Deny(CareTeam, DataCategory.ProcessNotes) with { Sensitivities = Sensitivity.PsyThPn }), Is.Empty);
        Assert.That(Faults(Release, Release with { Purposes = [PurposeOfUse.Operations] }), Is.Empty);
        Assert.That(ProvisionRules.Check([Research, Research with { Purposes = [Purpose("CLINTRCH")] }], explicitAct: true, Now), Is.Empty);
    }

    [Test]
    public void A_permit_names_what_it_must() =>
        Assert.That(
            Faults(Good with { Grantees = null, Categories = [], Actions = null, Purposes = [] }),
            Is.EqualTo(new[] { "0 grantees required", "0 categories required", "0 actions required", "0 purposes required" }));

    [Test]
    public void An_empty_list_says_nothing() =>
        Assert.That(
            Faults(
                Deny(Only(Bob)) with { Categories = [], Actions = [], Purposes = [], AuthoredBy = [], Parts = [] },
                Deny(category: DataCategory.Plans) with { Grantees = [] },
                Good with { Parts = [] }),
            Is.EqualTo(new[]
            {
                "0 categories empty", "0 actions empty", "0 purposes empty", "0 authoredBy empty", "0 parts empty", "1 grantees empty", "2 parts empty",
            }));

    [Test]
    public void Periods_end_after_they_begin_and_not_before_now()
    {
        Assert.That(Faults(Good with { Period = new Period(Now.AddDays(1), Now.AddDays(1)) }), Is.EqualTo(new[] { "0 period empty-period" }));
        Assert.That(Faults(Good with { Period = new Period(null, Now) }), Is.EqualTo(new[] { "0 period period-over" }));
        Assert.That(Faults(Deny() with { DataPeriod = new Period(Now, Now.AddDays(-1)) }), Is.EqualTo(new[] { "0 dataPeriod empty-period" }));
        Assert.That(Faults(Good with { DataPeriod = new Period(null, Now.AddYears(-1)) }), Is.Empty, "data of the past is what most consents are about");
    }

    [Test]
    public void A_grantee_is_named_by_what_its_kind_needs_and_nothing_else()
    {
        Grantee[] wrong =
        [
            new(GranteeKind.Practitioner), new(GranteeKind.Practitioner, Alice, "x"), new(GranteeKind.Practitioner, Guid.Empty),
            new(GranteeKind.Application, Code: "x"), new(GranteeKind.Role), new(GranteeKind.Role, Code: " "), new(GranteeKind.Role, Alice, "x"),
            new(GranteeKind.CareTeam, Alice), new(GranteeKind.Partner, Code: "x"), new((GranteeKind)9),
        ];

        Assert.That(wrong.Select(grantee => string.Join(';', Faults(Good with { Grantees = [grantee] }))), Is.All.EqualTo("0 grantees invalid-grantee"));
    }

    [Test]
    public void Process_notes_stand_alone_are_named_by_their_label_and_only_read()
    {
        Assert.That(Faults(Release, Good), Is.EqualTo(new[] { "0 categories process-notes-only" }));
        Assert.That(Faults(Release with { Categories = [DataCategory.ProcessNotes, DataCategory.Goals] }), Is.EqualTo(new[] { "0 categories process-notes-only" }));
        Assert.That(Faults(Release with { Sensitivities = Sensitivity.None }), Is.EqualTo(new[] { "0 sensitivities psythpn-required" }));
        Assert.That(Faults(Good with { Sensitivities = Sensitivity.PsyThPn }), Is.EqualTo(new[] { "0 sensitivities psythpn-elsewhere" }));
        Assert.That(Faults(Release with { Actions = [DataAction.Read, DataAction.Share] }), Is.EqualTo(new[] { "0 actions process-notes-read-only" }));
        Assert.That(Faults(Release with { Parts = ["private", "shared-with-client"] }), Is.EqualTo(new[] { "0 parts process-notes-released-only" }));
        Assert.That(Faults(Release with { Parts = ["private", "shared"] }), Is.Empty, "it reaches what is released, and no more");
    }

    [Test]
    public void Research_and_marketing_stand_alone_and_need_an_explicit_act()
    {
        Assert.That(Faults(Research), Is.EqualTo(new[] { "0 purposes explicit-act-required" }));
        Assert.That(
            ProvisionRules.Check([Good, Research, Good with { Purposes = [PurposeOfUse.Marketing] }], explicitAct: true, Now).Select(fault => (fault.Provision, fault.Code)),
            Is.EqualTo(new[] { (1, "bundled"), (2, "bundled") }));
    }

    [Test]
    public void Nothing_is_said_twice()
    {
        var twice = Good with { Actions = [DataAction.Write, DataAction.Read] };

        Assert.That(Faults(twice, Deny(Only(Bob)), twice with { Actions = [DataAction.Read, DataAction.Write] }), Is.EqualTo(new[] { "2  duplicate" }));
        Assert.That(Faults(Good, Good with { AuthoredBy = [Bob] }, Good with { Sensitivities = Sensitivity.Hiv }), Is.Empty);
    }

    [Test]
    public void A_label_nobody_can_name_is_refused() =>
        Assert.That(Faults(Good with { Sensitivities = Sensitivity.Unknown }), Is.EqualTo(new[] { "0 sensitivities unknown-label" }));

    [Test]
    public void A_permit_that_the_same_consent_denies_whole_is_refused()
    {
        ConsentProvision[] whole =
        [
            Deny(), Deny(Only(Alice)), Deny(new Grantee(GranteeKind.Partner)), Deny(category: DataCategory.Goals), Deny(purpose: "TREAT"),
            Deny() with { Actions = [DataAction.Read, DataAction.Write] }, Deny() with { Period = new Period(Now.AddDays(-1), null) },
        ];
        Assert.That(whole.Select(deny => string.Join(';', Faults(Good, deny))), Is.All.EqualTo("0  denied-in-same-consent"));

        ConsentProvision[] partly =
        [
            Deny(CareTeam), Deny(Only(Bob)), Deny(category: DataCategory.Plans), Deny(purpose: "ETREAT"), Deny() with { Actions = [DataAction.Write] },
            Deny() with { Period = new Period(null, Now.AddDays(1)) }, Deny() with { Period = new Period(Now.AddDays(1), null) },
            Deny() with { Sensitivities = Sensitivity.Hiv }, Deny() with { AuthoredBy = [Bob] }, Deny() with { DataPeriod = new Period(null, Now) },
        ];
        Assert.That(partly.SelectMany(deny => Faults(Good, deny)), Is.Empty);
        Assert.That(Faults(Good with { AuthoredBy = [Bob] }, Deny() with { AuthoredBy = [Bob, Alice] }), Is.EqualTo(new[] { "0  denied-in-same-consent" }));
    }

    [Test]
    public void A_label_that_lies_on_nothing_there_denies_nothing()
    {
        Assert.That(Faults(Deny(category: DataCategory.Goals) with { Sensitivities = Sensitivity.PsyThPn }), Is.EqualTo(new[] { "0 sensitivities psythpn-elsewhere" }));
        Assert.That(Faults(Deny(category: DataCategory.Goals) with { Sensitivities = Sensitivity.PsyThPn | Sensitivity.Hiv }), Is.Empty);
        Assert.That(Faults(Deny() with { Sensitivities = Sensitivity.PsyThPn }), Is.Empty);
    }

    [Test]
    public void Parts_are_named_where_there_are_parts()
    {
        Assert.That(Faults(Good with { Parts = ["phq-9"] }), Is.EqualTo(new[] { "0 parts no-parts" }));
        Assert.That(Faults(Deny(category: DataCategory.Goals) with { Parts = ["phq-9"] }), Is.EqualTo(new[] { "0 parts no-parts" }));
        Assert.That(Faults(Good with { Categories = [DataCategory.Goals, DataCategory.Assessments], Parts = ["phq-9"] }, Deny(Only(Bob)) with { Parts = ["x"] }), Is.Empty);
    }

    [Test]
    public void A_category_that_its_own_label_closes_needs_the_label()
    {
        var genes = Permit(Only(Alice), DataCategory.Genetics);
        string[] Under(PartnerRules rules, ConsentProvision permit) =>
            [.. ProvisionRules.Check([permit], explicitAct: false, Now, rules).Select(fault => $"{fault.Member} {fault.Code}")];

        Assert.That(Under(new PartnerRules(), genes), Is.EqualTo(new[] { "sensitivities label-required" }));
        Assert.That(Under(new PartnerRules(), genes with { Sensitivities = Sensitivity.Gdis }), Is.Empty);
        Assert.That(Under(new PartnerRules(), genes with { Categories = [DataCategory.Genetics, DataCategory.Goals] }), Is.Empty);
        Assert.That(Under(new PartnerRules { Closing = Sensitivity.None }, genes), Is.Empty, "where the partner does not close it");
    }

    private static string[] Faults(params ConsentProvision[] provisions) =>
        [.. ProvisionRules.Check(provisions, explicitAct: false, Now).Select(fault => $"{fault.Provision} {fault.Member} {fault.Code}")];
}
