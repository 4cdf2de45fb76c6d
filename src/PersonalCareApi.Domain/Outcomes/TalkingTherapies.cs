using PersonalCareApi.Domain.Instruments;

namespace PersonalCareApi.Domain.Outcomes;

/// <summary>One measure by the definitions of NHS Talking Therapies: PHQ-9 and GAD-7 have a caseness threshold, others none.</summary>
public sealed record TalkingTherapiesMeasure
{
    private const string Caseness = "caseness";

    /// <summary>A score that compares so is a case.</summary>
    public required ScoreThreshold CaseWhen { get; init; }

    public required bool CaseAtFirst { get; init; }

    public required bool CaseAtLatest { get; init; }

    /// <summary>Fell by at least the published points.</summary>
    public required bool ReliableImprovement { get; init; }

    /// <summary>Rose by at least the published points.</summary>
    public required bool ReliableDeterioration { get; init; }

    public static Finding<TalkingTherapiesMeasure> Between(MeasuredScale scale, decimal first, decimal latest)
    {
        var threshold = scale.Scale.Code != Scale.TotalCode ? null : scale.Instrument.Cutoffs
            .Where(cutoff => cutoff.Code == Caseness && cutoff.When is { Joins: false, Of: { Scale: Scale.TotalCode, Take: null } })
            .Select(cutoff => new ScoreThreshold
            {
                Op = cutoff.When.Op,
                Value = cutoff.When.Value!.Value,
                Status = cutoff.Status,
                Source = cutoff.Source,
                Note = cutoff.Note,
            })
            .FirstOrDefault();
        if (threshold is null)
        {
            return new NotDefined("no-definition", "NHS Talking Therapies defines caseness for PHQ-9 and GAD-7; for this scale no threshold is known.");
        }

        var reliable = ReliableChange.Between(scale, first, latest);
        return reliable.Value is not { } change
            ? reliable.NotDefined!
            : new TalkingTherapiesMeasure
            {
                CaseWhen = threshold,
                CaseAtFirst = threshold.Holds(first),
                CaseAtLatest = threshold.Holds(latest),
                ReliableImprovement = change.Direction == ReliableDirection.Improvement,
                ReliableDeterioration = change.Direction == ReliableDirection.Deterioration,
            };
    }
}

/// <summary>A course of care by the definitions of NHS Talking Therapies, over PHQ-9 and GAD-7 together.</summary>
/// <remarks>
/// Source: fingertips.phe.org.uk glossary; cbtwatch.com; Gyani 2013, Behav Res Ther 51:597. The service counts finished courses of at
/// least two attended contacts, which scores do not tell; and where a measure specific to an anxiety disorder fits the problem it
/// takes the place of GAD-7, which is not done here.
/// </remarks>
public sealed record TalkingTherapies
{
    /// <summary>A case on either measure at first.</summary>
    public required bool CaseAtFirst { get; init; }

    /// <summary>A case on either measure at last.</summary>
    public required bool CaseAtLatest { get; init; }

    /// <summary>A case at first, and below both thresholds at last.</summary>
    public required bool Recovery { get; init; }

    /// <summary>At least one measure fell reliably, and neither rose reliably.</summary>
    public required bool ReliableImprovement { get; init; }

    /// <summary>At least one measure rose reliably, and neither fell reliably.</summary>
    public required bool ReliableDeterioration { get; init; }

    /// <summary>Recovery and reliable improvement.</summary>
    public required bool ReliableRecovery { get; init; }

    /// <summary>One fell and one rose reliably, which counts as no reliable change. That reading is unconfirmed.</summary>
    public required bool Mixed { get; init; }

    public static TalkingTherapies Of(TalkingTherapiesMeasure depression, TalkingTherapiesMeasure anxiety)
    {
        var caseAtFirst = depression.CaseAtFirst || anxiety.CaseAtFirst;
        var caseAtLatest = depression.CaseAtLatest || anxiety.CaseAtLatest;
        var fell = depression.ReliableImprovement || anxiety.ReliableImprovement;
        var rose = depression.ReliableDeterioration || anxiety.ReliableDeterioration;
        var recovery = caseAtFirst && !caseAtLatest;
        return new TalkingTherapies
        {
            CaseAtFirst = caseAtFirst,
            CaseAtLatest = caseAtLatest,
            Recovery = recovery,
            ReliableImprovement = fell && !rose,
            ReliableDeterioration = rose && !fell,
            ReliableRecovery = recovery && fell && !rose,
            Mixed = fell && rose,
        };
    }
}
