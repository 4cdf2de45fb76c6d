namespace PersonalCareApi.Domain.Access;

/// <summary>Why data is used: a code of HL7's v3-ActReason under PurposeOfUse.</summary>
/// <remarks>
/// HL7's tree is too wide to inherit permits along it (BTG lies under TREAT), so a permit spreads only where
/// <see cref="ReachedByPermit"/> says, while a deny spreads to every descendant.
/// There is one of each code, and it cannot be copied: two are equal where they are the same.
/// </remarks>
public sealed class PurposeOfUse
{
    private static readonly Dictionary<string, (string Display, string? Parent)> Tree = new(StringComparer.Ordinal)
    {
        ["HMARKT"] = ("healthcare marketing", null),
        ["HOPERAT"] = ("healthcare operations", null),
        ["CAREMGT"] = ("care management", "HOPERAT"),
        ["DONAT"] = ("donation", "HOPERAT"),
        ["FRAUD"] = ("fraud", "HOPERAT"),
        ["GOV"] = ("government", "HOPERAT"),
        ["HACCRED"] = ("health accreditation", "HOPERAT"),
        ["HCOMPL"] = ("health compliance", "HOPERAT"),
        ["HDECD"] = ("decedent", "HOPERAT"),
        ["HDIRECT"] = ("directory", "HOPERAT"),
        ["HDM"] = ("healthcare delivery management", "HOPERAT"),
        ["HLEGAL"] = ("legal", "HOPERAT"),
        ["HOUTCOMS"] = ("health outcome measure", "HOPERAT"),
        ["HPRGRP"] = ("health program reporting", "HOPERAT"),
        ["HQUALIMP"] = ("health quality improvement", "HOPERAT"),
        ["HSYSADMIN"] = ("health system administration", "HOPERAT"),
        ["LABELING"] = ("labeling", "HSYSADMIN"),
        ["METAMGT"] = ("metadata management", "HSYSADMIN"),
        ["MEMADMIN"] = ("member administration", "HOPERAT"),
        ["MILCDM"] = ("military command", "HOPERAT"),
        ["PATADMIN"] = ("patient administration", "HOPERAT"),
        ["PATSFTY"] = ("patient safety", "HOPERAT"),
        ["PERFMSR"] = ("performance measure", "HOPERAT"),
        ["RECORDMGT"] = ("records management", "HOPERAT"),
        ["SYSDEV"] = ("system development", "HOPERAT"),
        ["HTEST"] = ("test health data", "SYSDEV"),
        ["TRAIN"] = ("training", "HOPERAT"),
        ["MLTRAINING"] = ("machine learning training", "HOPERAT"),
        ["HPAYMT"] = ("healthcare payment", null),
        ["CLMATTCH"] = ("claim attachment", "HPAYMT"),
        ["COVAUTH"] = ("coverage authorization", "HPAYMT"),
        ["COVERAGE"] = ("coverage under policy or program", "HPAYMT"),
        ["ELIGDTRM"] = ("eligibility determination", "COVERAGE"),
        ["ELIGVER"] = ("eligibility verification", "COVERAGE"),
        ["ENROLLM"] = ("enrollment", "COVERAGE"),
        ["MILDCRG"] = ("military discharge", "COVERAGE"),
        ["REMITADV"] = ("remittance advice", "HPAYMT"),
        ["PMTDS"] = ("decision support assisted payment decision", "HPAYMT"),
        ["HRESCH"] = ("healthcare research", null),
        ["BIORCH"] = ("biomedical research", "HRESCH"),
        ["CLINTRCH"] = ("clinical trial research", "HRESCH"),
        ["CLINTRCHNPC"] = ("clinical trial research without patient care", "CLINTRCH"),
        ["CLINTRCHPC"] = ("clinical trial research with patient care", "CLINTRCH"),
        ["PRECLINTRCH"] = ("preclinical trial research", "CLINTRCH"),
        ["DSRCH"] = ("disease specific healthcare research", "HRESCH"),
        ["POARCH"] = ("population origins or ancestry healthcare research", "HRESCH"),
        ["TRANSRCH"] = ("translational healthcare research", "HRESCH"),
        ["PATRQT"] = ("patient requested", null),
        ["FAMRQT"] = ("family requested", "PATRQT"),
        ["PWATRNY"] = ("power of attorney", "PATRQT"),
        ["SUPNWK"] = ("support network", "PATRQT"),
        ["PUBHLTH"] = ("public health", null),
        ["DISASTER"] = ("disaster", "PUBHLTH"),
        ["THREAT"] = ("threat", "PUBHLTH"),
        ["TREAT"] = ("treatment", null),
        ["CLINTRL"] = ("clinical trial", "TREAT"),
        ["COC"] = ("coordination of care", "TREAT"),
        ["ETREAT"] = ("Emergency Treatment", "TREAT"),
        ["BTG"] = ("break the glass", "ETREAT"),
        ["ERTREAT"] = ("emergency room treatment", "ETREAT"),
        ["POPHLTH"] = ("population health", "TREAT"),
        ["TREATDS"] = ("decision support assisted treatment decision", "TREAT"),
    };

    private static readonly Dictionary<string, PurposeOfUse> ByCode =
        Tree.Keys.ToDictionary(code => code, code => new PurposeOfUse(code), StringComparer.Ordinal);

    private readonly Lazy<PurposeOfUse?> parent;

    private PurposeOfUse(string code)
    {
        Code = code;
        parent = new Lazy<PurposeOfUse?>(() => Tree[code].Parent is { } above ? ByCode[above] : null);
    }

    public static PurposeOfUse Treatment { get; } = ByCode["TREAT"];

    public static PurposeOfUse EmergencyTreatment { get; } = ByCode["ETREAT"];

    public static PurposeOfUse BreakTheGlass { get; } = ByCode["BTG"];

    public static PurposeOfUse PatientRequest { get; } = ByCode["PATRQT"];

    public static PurposeOfUse Research { get; } = ByCode["HRESCH"];

    public static PurposeOfUse ClinicalTrialResearch { get; } = ByCode["CLINTRCH"];

    public static PurposeOfUse Marketing { get; } = ByCode["HMARKT"];

    public static PurposeOfUse Payment { get; } = ByCode["HPAYMT"];

    public static PurposeOfUse Operations { get; } = ByCode["HOPERAT"];

    public static PurposeOfUse PatientAdministration { get; } = ByCode["PATADMIN"];

    /// <summary>Every code of the list.</summary>
    public static IReadOnlyCollection<PurposeOfUse> All => ByCode.Values;

    public string Code { get; }

    public string Display => Tree[Code].Display;

    /// <summary>The purpose directly above in HL7's tree; null at the top.</summary>
    public PurposeOfUse? Parent => parent.Value;

    public static bool TryParse(string code, out PurposeOfUse purpose) => ByCode.TryGetValue(code, out purpose!);

    /// <summary>Whether this is <paramref name="ancestor"/> or lies anywhere below it in HL7's tree.</summary>
    public bool IsOrLiesBelow(PurposeOfUse ancestor)
    {
        for (var one = this; one is not null; one = one.Parent)
        {
            if (one == ancestor)
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether a permit that names <paramref name="named"/> reaches this: itself, TREAT also ETREAT, HRESCH also CLINTRCH.</summary>
    public bool ReachedByPermit(PurposeOfUse named) =>
        this == named
        || (named == Treatment && this == EmergencyTreatment)
        || (named == Research && this == ClinicalTrialResearch);

    /// <summary>Whether a deny that names <paramref name="named"/> reaches this: itself and everything below.</summary>
    public bool ReachedByDeny(PurposeOfUse named) => IsOrLiesBelow(named);

    public override string ToString() => Code;
}
