namespace PersonalCareApi.Domain.Access;

/// <summary>The criteria a provision is asked about, in this order, by the words in which an explanation names them.</summary>
internal static class Criterion
{
    public const string Status = "status";
    public const string Period = "period";
    public const string Grantee = "grantee";
    public const string Category = "category";
    public const string Action = "action";
    public const string Purpose = "purpose";
    public const string Age = "age";
    public const string Bundled = "bundled";
    public const string ProcessNotesOnly = "process-notes-only";
    public const string Label = "label";
    public const string Items = "items";
}

/// <summary>One provision, and all of its criteria that the question does not meet.</summary>
internal sealed record WeighedProvision(
    RecordedConsent Consent, int Index, ConsentProvision Provision, IReadOnlyList<string> Unmet)
{
    public bool Matches => Unmet.Count == 0;

    public bool IsPermit => Provision.Effect == ProvisionEffect.Permit;

    public DecisionBasis Basis => new("provision", Consent.Id, Consent.Version, Index);

    /// <summary>Whether it would match but for this one criterion.</summary>
    public bool FailsOnlyBy(string criterion) => Unmet is [var only] && only == criterion;

    public ConsideredProvision AsConsidered() =>
        new(Consent.Id, Consent.Version, Index, Provision.Effect, Unmet is [var first, ..] ? first : null);
}
