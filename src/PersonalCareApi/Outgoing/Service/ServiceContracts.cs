using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Outgoing.Research;

namespace PersonalCareApi.Outgoing.Service;

/// <summary>What a service comes to, by published definitions: counts and rates, none of which points at somebody.</summary>
internal sealed record ServiceOutcomes
{
    public const string Example = """
        { "minimumCellSize": 5,
          "service": { "clients": 42, "change": { "improved": { "count": 24, "rate": 0.5714 }, "deteriorated": { "count": null, "rate": null },
              "neither": { "count": null, "rate": null } },
            "cases": 30, "recovery": { "reliablyRecovered": { "count": 12, "rate": 0.4 }, "recoveredOnly": { "count": 6, "rate": 0.2 },
              "notRecovered": { "count": 12, "rate": 0.4 } } },
          "instruments": [ { "instrument": "phq-9", "scale": "total", "clients": 42, "change": { "improved": { "count": 24, "rate": 0.5714 },
            "deteriorated": { "count": null, "rate": null }, "neither": { "count": null, "rate": null } } } ],
          "modalities": [] }
        """;

    /// <summary>Counts of fewer people are not told, nor what would let them be computed.</summary>
    [Range(StartExtract.SmallestCell, StartExtract.SmallestCell)]
    public required int MinimumCellSize { get; init; }

    /// <summary>All clients, by the definitions of NHS Talking Therapies over PHQ-9 and GAD-7.</summary>
    public required ServiceCounts Service { get; init; }

    /// <summary>Each scale for which a reliable change has been published.</summary>
    public required IReadOnlyList<InstrumentCounts> Instruments { get; init; }

    /// <summary>The clients in whose signed notes a modality stands; a client may be in several. Only where session notes may be counted too.</summary>
    public required IReadOnlyList<ModalityCounts> Modalities { get; init; }
}

/// <summary>The course of care of a group of clients, each from the first complete PHQ-9 and GAD-7 to the latest.</summary>
internal sealed record ServiceCounts
{
    /// <summary>Who has two complete assessments each of PHQ-9 and GAD-7; null where they are few.</summary>
    [Range(StartExtract.SmallestCell, int.MaxValue)]
    public required int? Clients { get; init; }

    public required ChangeCounts Change { get; init; }

    /// <summary>Who of them was a case at first, which recovery is counted of; null where they are few, or the others are.</summary>
    [Range(StartExtract.SmallestCell, int.MaxValue)]
    public required int? Cases { get; init; }

    public required RecoveryCounts Recovery { get; init; }

    public static ServiceCounts Of(IReadOnlyList<TalkingTherapies> courses, IReadOnlyList<TalkingTherapies>? within = null)
    {
        const int Smallest = StartExtract.SmallestCell;
        var cases = CaseGroups(courses);
        var sides = SmallCounts.Hide([cases.Sum(), courses.Count - cases.Sum()], Smallest, within is null ? null : [CaseGroups(within).Sum(), within.Count - CaseGroups(within).Sum()]);
        return new ServiceCounts
        {
            Clients = courses.Count < Smallest ? null : courses.Count,
            Change = ChangeCounts.Of(Changes(courses), within is null ? null : Changes(within)),
            Cases = sides[0],
            Recovery = RecoveryCounts.Of(cases, within is null ? null : CaseGroups(within)),
        };
    }

    private static int[] Changes(IReadOnlyList<TalkingTherapies> courses) =>
    [
        courses.Count(course => course.ReliableImprovement), courses.Count(course => course.ReliableDeterioration),
        courses.Count(course => course is { ReliableImprovement: false, ReliableDeterioration: false }),
    ];

    private static int[] CaseGroups(IReadOnlyList<TalkingTherapies> courses) =>
    [
        courses.Count(course => course.ReliableRecovery), courses.Count(course => course is { Recovery: true, ReliableRecovery: false }),
        courses.Count(course => course is { CaseAtFirst: true, Recovery: false }),
    ];
}

/// <summary>How many, and which share; both null where the count is not told.</summary>
/// <param name="Count">Of people.</param>
/// <param name="Rate">Of the table, to four decimals.</param>
internal sealed record CountAndRate([property: Range(StartExtract.SmallestCell, int.MaxValue)] int? Count, [property: Range(0, 1)] decimal? Rate)
{
    public static IReadOnlyList<CountAndRate> Of(IReadOnlyList<int> counts, IReadOnlyList<int>? within)
    {
        var all = counts.Sum();
        return [.. SmallCounts.Hide(counts, StartExtract.SmallestCell, within).Select(count => new CountAndRate(count, count is { } told ? Math.Round((decimal)told / all, 4) : null))];
    }
}

/// <summary>Reliable change, by the published points: each client is in one of the three.</summary>
internal sealed record ChangeCounts(CountAndRate Improved, CountAndRate Deteriorated, CountAndRate Neither)
{
    public static ChangeCounts Of(IReadOnlyList<int> counts, IReadOnlyList<int>? within = null) =>
        CountAndRate.Of(counts, within) is [var improved, var deteriorated, var neither]
            ? new ChangeCounts(improved, deteriorated, neither)
            : throw new ArgumentException("There are three.", nameof(counts));
}

/// <summary>Recovery, of those who were a case at first: each is in one of the three.</summary>
/// <param name="ReliablyRecovered">Below both thresholds at last, with reliable improvement.</param>
/// <param name="RecoveredOnly">Below both thresholds at last, without it.</param>
/// <param name="NotRecovered">A case at last.</param>
internal sealed record RecoveryCounts(CountAndRate ReliablyRecovered, CountAndRate RecoveredOnly, CountAndRate NotRecovered)
{
    public static RecoveryCounts Of(IReadOnlyList<int> counts, IReadOnlyList<int>? within = null) =>
        CountAndRate.Of(counts, within) is [var reliably, var only, var not]
            ? new RecoveryCounts(reliably, only, not)
            : throw new ArgumentException("There are three.", nameof(counts));
}

/// <summary>One scale of an instrument: the change of each client from the first complete assessment to the latest.</summary>
internal sealed record InstrumentCounts
{
    public required string Instrument { get; init; }

    public required string Scale { get; init; }

    /// <summary>Who has two complete assessments; null where they are few.</summary>
    [Range(StartExtract.SmallestCell, int.MaxValue)]
    public required int? Clients { get; init; }

    public required ChangeCounts Change { get; init; }
}

/// <summary>The clients of one modality.</summary>
internal sealed record ModalityCounts(string Modality, ServiceCounts Counts);
