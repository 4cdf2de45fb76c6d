using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Background;
using PersonalCareApi.Outgoing.Exports;

namespace PersonalCareApi.Records.Exports;

/// <summary>Where an export stands.</summary>
internal enum ExportState
{
    /// <summary>It is being put together.</summary>
    Building,

    /// <summary>It waits to be fetched.</summary>
    Ready,

    /// <summary>Its time is over; the archive is gone.</summary>
    Expired,

    /// <summary>Whoever asked may no longer have it, or is no longer there.</summary>
    Stopped,

    /// <summary>It could not be put together.</summary>
    Failed,
}

/// <summary>An archive of what you may have of a record.</summary>
internal sealed record ExportResponse
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201", "state": "ready",
          "done": 15, "total": 15, "requestedAt": "2026-05-04T09:30:00Z", "readyAt": "2026-05-04T09:30:02Z",
          "expiresAt": "2026-05-05T09:30:02Z", "bytes": 20480, "categories": [ "demographics", "assessments" ],
          "withheld": [ { "category": "goals", "reason": "no-consent" } ] }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required ExportState State { get; init; }

    /// <summary>Steps that are done.</summary>
    [Range(0, 1000)]
    public required int Done { get; init; }

    /// <summary>Steps that there are; 0 until that is known.</summary>
    [Range(0, 1000)]
    public required int Total { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required DateTimeOffset? ReadyAt { get; init; }

    /// <summary>Until when it can be fetched.</summary>
    public required DateTimeOffset? ExpiresAt { get; init; }

    /// <summary>How long the archive is; null until it is ready.</summary>
    [Range(0, Archive.Largest)]
    public required long? Bytes { get; init; }

    /// <summary>The data categories in the archive.</summary>
    [MaxLength(20)]
    public required IReadOnlyList<string> Categories { get; init; }

    /// <summary>The categories that were left out, and why.</summary>
    [MaxLength(20)]
    public required IReadOnlyList<WithheldResponse> Withheld { get; init; }

    public static ExportResponse From(StoredExport export, JobProgress? progress) => new()
    {
        Id = export.Id,
        ClientId = export.ClientId,
        State = StateOf(export, progress),
        Done = export.State == StoredExport.Building ? progress?.Done ?? 0 : progress?.Total ?? 0,
        Total = progress?.Total ?? 0,
        RequestedAt = export.RequestedAt,
        ReadyAt = export.Content.ReadyAt,
        ExpiresAt = export.ExpiresAt,
        Bytes = export.Content.ReadyAt is null ? null : export.Content.Bytes,
        Categories = [.. export.Content.Categories.Select(one => one.Category)],
        Withheld = [.. export.Content.Withheld.Select(one => new WithheldResponse(one.Category, one.Reason))],
    };

    private static ExportState StateOf(StoredExport export, JobProgress? progress) => export.State switch
    {
        StoredExport.Ready => ExportState.Ready,
        StoredExport.Expired => ExportState.Expired,
        StoredExport.Stopped => ExportState.Stopped,
        _ => progress?.State == JobProgress.Failed ? ExportState.Failed : ExportState.Building,
    };
}

/// <summary>A category that was left out of an archive.</summary>
/// <param name="Category">Its code.</param>
/// <param name="Reason">Why, by the code that a refusal carries.</param>
internal sealed record WithheldResponse([property: MaxLength(32)] string Category, [property: MaxLength(64)] string Reason);
