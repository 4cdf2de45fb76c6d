using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Background;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Erasures;

/// <summary>That the record is to be erased.</summary>
internal sealed record RequestErasure
{
    public const string Example = """
        { "confirm": true }
        """;

    /// <summary>Must be true: nobody can bring back what is erased.</summary>
    public required bool Confirm { get; init; }

    internal sealed class Validator : AbstractValidator<RequestErasure>
    {
        public Validator() => RuleFor(request => request.Confirm).Equal(true)
            .WithErrorCode(FaultCodes.InvalidValue).WithMessage("Must be true: nobody can bring back what is erased.");
    }
}

/// <summary>Where an erasure stands.</summary>
internal enum ErasureState
{
    /// <summary>The record is closed, and is being taken away.</summary>
    Running,

    /// <summary>All is gone but what must be kept.</summary>
    KeptInPart,

    /// <summary>All is gone.</summary>
    Erased,

    /// <summary>It came to a halt; the operator has to look. The record stays closed.</summary>
    Halted,
}

/// <summary>The erasure of a record.</summary>
internal sealed record ErasureResponse
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201", "state": "kept-in-part",
          "done": 26, "total": 26, "requestedAt": "2026-05-04T09:30:00Z",
          "requestedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "finishedAt": "2026-05-04T09:30:05Z",
          "kept": [ { "category": "session-notes", "until": "2036-05-04T09:30:00Z", "years": 10 } ] }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    public required ErasureState State { get; init; }

    /// <summary>Steps that are done.</summary>
    [Range(0, 1000)]
    public required int Done { get; init; }

    /// <summary>Steps that there are; 0 until that is known.</summary>
    [Range(0, 1000)]
    public required int Total { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required PartyResponse RequestedBy { get; init; }

    public required DateTimeOffset? FinishedAt { get; init; }

    /// <summary>What must be kept, by the partner's settings, and until when.</summary>
    [MaxLength(20)]
    public required IReadOnlyList<KeptResponse> Kept { get; init; }

    public static ErasureResponse From(Erasure erasure, JobProgress? progress) => new()
    {
        Id = erasure.Id,
        ClientId = erasure.ClientId,
        State = erasure.State switch
        {
            Erasure.Erased => ErasureState.Erased,
            Erasure.KeptInPart => ErasureState.KeptInPart,
            _ => progress?.State == JobProgress.Failed ? ErasureState.Halted : ErasureState.Running,
        },
        Done = progress?.Done ?? 0,
        Total = progress?.Total ?? 0,
        RequestedAt = erasure.RequestedAt,
        RequestedBy = PartyResponse.From(erasure.By),
        FinishedAt = erasure.FinishedAt,
        Kept = KeptResponse.Of(erasure),
    };
}

/// <summary>A data category that is kept although the record is erased: sealed, and closed to all but the client.</summary>
/// <param name="Category">Which.</param>
/// <param name="Until">When it is erased as well.</param>
/// <param name="Years">For how many years after the last entry.</param>
internal sealed record KeptResponse([property: MaxLength(32)] string Category, DateTimeOffset Until, [property: Range(1, 100)] int Years)
{
    public static IReadOnlyList<KeptResponse> Of(Erasure erasure) =>
        [.. (erasure.Kept ?? []).Select(one => new KeptResponse(one.Category, one.Until, one.Years))];
}

/// <summary>That a record was erased, as it is certified: by ids and counts, with nothing that was in it.</summary>
internal sealed record ErasureCertificate
{
    public const string Example = """
        { "erasureId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "clientId": "0197a000-0000-7000-8000-000000000201",
          "partner": "Harbour Teletherapy", "requestedAt": "2026-05-04T09:30:00Z",
          "requestedBy": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "finishedAt": "2026-05-04T09:30:05Z",
          "complete": true, "keysDestroyed": 1, "rowsRemoved": 214, "kept": [],
          "stays": [ "The ledger: who used the record and what for, by ids and codes alone." ] }
        """;

    public required Guid ErasureId { get; init; }

    public required Guid ClientId { get; init; }

    [MaxLength(200)]
    public required string Partner { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required PartyResponse RequestedBy { get; init; }

    public required DateTimeOffset FinishedAt { get; init; }

    /// <summary>Whether nothing of the record is kept.</summary>
    public required bool Complete { get; init; }

    /// <summary>The record's keys that were destroyed: what they sealed cannot be read again, in no copy.</summary>
    [Range(0, int.MaxValue)]
    public required int KeysDestroyed { get; init; }

    [Range(0, int.MaxValue)]
    public required int RowsRemoved { get; init; }

    [MaxLength(20)]
    public required IReadOnlyList<KeptResponse> Kept { get; init; }

    /// <summary>What stays of every record.</summary>
    [MaxLength(20)]
    public required IReadOnlyList<string> Stays { get; init; }

    public static ErasureCertificate From(Erasure erasure, string partner) => new()
    {
        ErasureId = erasure.Id,
        ClientId = erasure.ClientId,
        Partner = partner,
        RequestedAt = erasure.RequestedAt,
        RequestedBy = PartyResponse.From(erasure.By),
        FinishedAt = erasure.FinishedAt ?? throw new InvalidOperationException("It is not finished."),
        Complete = erasure.Kept is [],
        KeysDestroyed = erasure.KeysDestroyed,
        RowsRemoved = erasure.RowsRemoved,
        Kept = KeptResponse.Of(erasure),
        Stays =
        [
            "The ledger: who used the record and what for, by ids and codes alone.",
            "That the record was erased, by ids and counts.",
        ],
    };
}
