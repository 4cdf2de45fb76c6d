using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>What a change comes to, by reliability and cut-off together (Jacobson &amp; Truax 1991).</summary>
public enum ClinicalCategory
{
    /// <summary>Reliable improvement, and from the clinical range into the functional one.</summary>
    Recovered,

    /// <summary>Reliable improvement alone.</summary>
    Improved,

    /// <summary>No reliable change, even where the cut-off was crossed.</summary>
    Unchanged,

    /// <summary>Reliable deterioration.</summary>
    Deteriorated,

    /// <summary>Reliable deterioration, and from the functional range into the clinical one.</summary>
    Harmed,
}

/// <summary>Whether a change is clinically significant: reliable, and across the cut-off between a clinical and a functional range.</summary>
public sealed record ClinicalChange
{
    public required ClinicalCategory Category { get; init; }

    public required bool ClinicalAtFirst { get; init; }

    public required bool ClinicalAtLatest { get; init; }

    /// <summary>The clinical side of the published cut-off, which the category goes by.</summary>
    public required ScoreThreshold ClinicalRange { get; init; }

    /// <summary>The cut-offs computed from norms, beside the published one.</summary>
    public required Finding<ClinicalCutoffs> Computed { get; init; }

    public static Finding<ClinicalChange> Between(MeasuredScale scale, decimal first, decimal latest)
    {
        var reliable = ReliableChange.Between(scale, first, latest);
        if (reliable.Value is not { } change)
        {
            return reliable.NotDefined!;
        }

        if (scale.Change.ClinicalRange is not { } range)
        {
            return new NotDefined("no-published-value", "No cut-off between a clinical and a functional range is known to have been published for this scale.");
        }

        var (before, after) = (range.Holds(first), range.Holds(latest));
        return new ClinicalChange
        {
            Category = Categorise(change.Direction, before, after),
            ClinicalAtFirst = before,
            ClinicalAtLatest = after,
            ClinicalRange = range,
            Computed = ClinicalCutoffs.Of(scale),
        };
    }

    internal static ClinicalCategory Categorise(ReliableDirection direction, bool clinicalBefore, bool clinicalAfter) => direction switch
    {
        ReliableDirection.Improvement => clinicalBefore && !clinicalAfter ? ClinicalCategory.Recovered : ClinicalCategory.Improved,
        ReliableDirection.None => ClinicalCategory.Unchanged,
        ReliableDirection.Deterioration => !clinicalBefore && clinicalAfter ? ClinicalCategory.Harmed : ClinicalCategory.Deteriorated,
        _ => throw new ArgumentOutOfRangeException(nameof(direction), direction, "Not a direction."),
    };
}

/// <summary>The cut-offs a, b and c for clinically significant change (Jacobson &amp; Truax 1991), in points of the scale.</summary>
/// <remarks>
/// With clinical mean M1 (SD s1) and functional mean M0 (SD s0): a lies 2 s1 from M1 towards health, b lies 2 s0 from M0 towards
/// illness, c = (s0 M1 + s1 M0) / (s0 + s1). The authors prefer c where both norms exist. Their example: M1 40, M0 60, both SD 7.5
/// and higher is better: a 55, b 45, c 50.
/// </remarks>
public sealed record ClinicalCutoffs
{
    /// <summary>How definitions name the two populations; any other is neither.</summary>
    private const string ClinicalPopulation = "clinical";

    private const string FunctionalPopulation = "nonclinical";

    /// <summary>Null without a clinical norm.</summary>
    public required decimal? A { get; init; }

    /// <summary>Null without a functional norm.</summary>
    public required decimal? B { get; init; }

    /// <summary>Null without both.</summary>
    public required decimal? C { get; init; }

    public required Norm? Clinical { get; init; }

    public required Norm? Functional { get; init; }

    internal static Finding<ClinicalCutoffs> Of(MeasuredScale scale)
    {
        var norms = scale.Change.Norms.Where(norm => norm.Sd is not null).ToLookup(norm => norm.Population, StringComparer.Ordinal);
        var (clinical, functional) = (norms[ClinicalPopulation].FirstOrDefault(), norms[FunctionalPopulation].FirstOrDefault());
        return clinical is null && functional is null
            ? new NotDefined("no-norms", "No mean with a standard deviation is known of a clinical or a functional population.")
            : Of(scale.HigherIs, clinical, functional);
    }

    public static ClinicalCutoffs Of(HigherIs higherIs, Norm? clinical, Norm? functional)
    {
        var towardsHealth = higherIs switch
        {
            HigherIs.Better => 1,
            HigherIs.Worse => -1,
            _ => throw new ArgumentOutOfRangeException(nameof(higherIs), higherIs, "Neither way is health."),
        };
        return new ClinicalCutoffs
        {
            A = clinical is { Sd: { } clinicalSd } ? FourDecimals.Of(clinical.Mean + (towardsHealth * 2 * clinicalSd)) : null,
            B = functional is { Sd: { } functionalSd } ? FourDecimals.Of(functional.Mean - (towardsHealth * 2 * functionalSd)) : null,
            C = clinical is { Sd: { } s1 } && functional is { Sd: { } s0 }
                ? FourDecimals.Of(((s0 * clinical.Mean) + (s1 * functional.Mean)) / (s0 + s1))
                : null,
            Clinical = clinical,
            Functional = functional,
        };
    }
}
