using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Background;
using PersonalCareApi.Outgoing.Exports;
using PersonalCareApi.Records;
using PersonalCareApi.Records.Exports;

namespace PersonalCareApi.Outgoing.Research;

/// <summary>For which project, and from how many people on a number is told.</summary>
internal sealed record StartExtract
{
    public const string Example = """
        { "project": "sleep-and-mood-2026", "minimumCellSize": 5 }
        """;

    /// <summary>Fewer than this would point at people.</summary>
    public const int SmallestCell = 5;

    private const int LargestCell = 1000;

    /// <summary>A code of your own. The same project calls a client the same each time; two projects cannot compare whom they have.</summary>
    public required string Project { get; init; }

    /// <summary>Counts of fewer people are left out of the summary, and an extract of fewer people has no records.</summary>
    public int MinimumCellSize { get; init; } = SmallestCell;

    internal sealed class Validator : AbstractValidator<StartExtract>
    {
        public Validator()
        {
            RuleFor(extract => extract.Project).CareRole();
            RuleFor(extract => extract.MinimumCellSize).InclusiveBetween(SmallestCell, LargestCell);
        }
    }
}

/// <summary>An extract for research.</summary>
internal sealed record ExtractResponse
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "project": "sleep-and-mood-2026", "minimumCellSize": 5, "state": "ready", "done": 40,
          "total": 40, "requestedAt": "2026-05-04T09:30:00Z", "expiresAt": "2026-05-05T09:30:10Z", "bytes": 8192 }
        """;

    public required Guid Id { get; init; }

    [MaxLength(64)]
    public required string Project { get; init; }

    [Range(StartExtract.SmallestCell, 1000)]
    public required int MinimumCellSize { get; init; }

    public required ExportState State { get; init; }

    /// <summary>Records that have been looked at.</summary>
    [Range(0, int.MaxValue)]
    public required int Done { get; init; }

    /// <summary>Records that there are; 0 until that is known.</summary>
    [Range(0, int.MaxValue)]
    public required int Total { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long the archive is; null until it is ready.</summary>
    [Range(0, Archive.Largest)]
    public required long? Bytes { get; init; }

    public static ExtractResponse From(StoredExtract extract, JobProgress? progress) => new()
    {
        Id = extract.Id,
        Project = extract.Content.Project,
        MinimumCellSize = extract.Content.MinimumCellSize,
        State = extract.State switch
        {
            StoredExtract.Ready => ExportState.Ready,
            StoredExtract.Expired => ExportState.Expired,
            StoredExtract.Stopped or StoredExtract.Outdated => ExportState.Stopped,
            _ => progress?.State == JobProgress.Failed ? ExportState.Failed : ExportState.Building,
        },
        Done = progress?.Done ?? 0,
        Total = progress?.Total ?? 0,
        RequestedAt = extract.CreatedAt,
        ExpiresAt = extract.ExpiresAt,
        Bytes = extract.State == StoredExtract.Ready ? extract.Content.Bytes : null,
    };
}

/// <summary>One administration of an instrument, as research has it: no name, no id, no free text, no true date.</summary>
internal sealed record ResearchAssessment
{
    public required string Subject { get; init; }

    public required string Instrument { get; init; }

    public required string InstrumentVersion { get; init; }

    /// <summary>Moved by as many days as everything of the subject in this project.</summary>
    public required DateOnly Date { get; init; }

    /// <summary>In full years at the time; 90 stands for 90 and above. Null where the birth date was not consented to.</summary>
    public required int? Age { get; init; }

    public required decimal? Score { get; init; }

    public required string? Severity { get; init; }

    public required IReadOnlyDictionary<string, decimal?> Subscales { get; init; }

    /// <summary>The values chosen, by item; what was written is left out.</summary>
    public required IReadOnlyDictionary<string, decimal?> Answers { get; init; }
}

/// <summary>One goal, as research has it: how it stands, not what it is.</summary>
internal sealed record ResearchGoal
{
    public required string Subject { get; init; }

    /// <inheritdoc cref="ResearchAssessment.Date"/>
    public required DateOnly Date { get; init; }

    public required string Status { get; init; }
}

/// <summary>How many subjects a band of an instrument has; null where it is too few to tell.</summary>
internal sealed record SummaryCell(string Instrument, string Severity, int? Subjects);

/// <summary>What an extract says of itself.</summary>
internal sealed record ExtractManifest
{
    public required Guid Extract { get; init; }

    public required string Project { get; init; }

    public required string Purpose { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }

    public required int MinimumCellSize { get; init; }

    /// <summary>Whether there were fewer people than that, so that no record is in it.</summary>
    public required bool Suppressed { get; init; }

    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>What must go with the archive wherever it goes; null where nothing must.</summary>
    public required string? Notice { get; init; }
}
