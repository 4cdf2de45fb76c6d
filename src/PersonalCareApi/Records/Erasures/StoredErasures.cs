using System.Text.Json;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records.Erasures;

/// <summary>A category that must be kept although the record is erased.</summary>
/// <param name="Category">Its code.</param>
/// <param name="Until">When it is erased as well.</param>
/// <param name="Years">For how many years after the last entry the partner keeps it.</param>
internal sealed record KeptCategory(string Category, DateTimeOffset Until, int Years);

/// <summary>An erasure as it is stored: by ids and counts, since it outlives the record.</summary>
internal sealed record Erasure
{
    public const string Running = "running";
    public const string KeptInPart = "kept-in-part";
    public const string Erased = "erased";

    public required Guid Id { get; init; }

    public required Guid PartnerId { get; init; }

    public required Guid ClientId { get; init; }

    public required string State { get; init; }

    public required DateTimeOffset RequestedAt { get; init; }

    public required Party By { get; init; }

    public required Guid ApplicationId { get; init; }

    /// <summary>Null until it is settled what must be kept.</summary>
    public required IReadOnlyList<KeptCategory>? Kept { get; init; }

    public required int KeysDestroyed { get; init; }

    public required int RowsRemoved { get; init; }

    public DateTimeOffset? FinishedAt { get; init; }

    /// <summary>Signed; null until it is finished.</summary>
    public string? Certificate { get; init; }
}

/// <summary>The table <c>erasure</c>.</summary>
internal sealed class StoredErasures(Database database)
{
    private const string NotYet = "";

    private const string Select = """
        SELECT id, partner_id, client_id, state, requested_at, by_kind, by_id, application_id, kept, keys_destroyed, rows_removed,
               finished_at, certificate
        FROM erasure
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    private const string Insert = """
        INSERT INTO erasure (
            id, partner_id, client_id, state, requested_at, by_kind, by_id, application_id, kept, keys_destroyed, rows_removed)
        VALUES (@Id, @PartnerId, @ClientId, 'running', @RequestedAt, @ByKind, @ById, @ApplicationId, '', 0, 0)
        """;

    private const string MarkClient = """
        UPDATE client
        SET erased_at = @RequestedAt
        WHERE client_id = @ClientId AND partner_id = @PartnerId AND erased_at IS NULL
        """;

    private const string SettleKept = """
        UPDATE erasure
        SET kept = @Kept
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    private const string CountIn = """
        UPDATE erasure
        SET keys_destroyed = keys_destroyed + @Keys, rows_removed = rows_removed + @Rows
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    private const string Finish = """
        UPDATE erasure
        SET state = @State, kept = @Kept, finished_at = @FinishedAt, certificate = @Certificate
        WHERE id = @Id AND partner_id = @PartnerId
        """;

    public async Task<Erasure?> Find(Guid partnerId, Guid id, CancellationToken ct) =>
        (await database.ForSystem(SystemReason.Erasure).QueryOne<Row>(Select, new { Id = id, PartnerId = partnerId }, ct))?.ToErasure();

    /// <summary>Records that the record is to be erased, and closes it.</summary>
    public static void Add(Erasure erasure, WriteUnit unit)
    {
        var row = new
        {
            erasure.Id,
            erasure.PartnerId,
            erasure.ClientId,
            erasure.RequestedAt,
            ByKind = erasure.By.KindCode,
            ById = erasure.By.Id,
            erasure.ApplicationId,
        };
        unit.Execute(MarkClient, row);
        unit.Execute(Insert, row);
    }

    public static void Settle(Erasure erasure, IReadOnlyList<KeptCategory> kept, WriteUnit unit) =>
        unit.Execute(SettleKept, new { erasure.Id, erasure.PartnerId, Kept = Text(kept) });

    public static void Count(Erasure erasure, int keys, int rows, WriteUnit unit) =>
        unit.Execute(CountIn, new { erasure.Id, erasure.PartnerId, Keys = keys, Rows = rows });

    public static void Close(Erasure erasure, WriteUnit unit) => unit.Execute(
        Finish, new { erasure.Id, erasure.PartnerId, erasure.State, Kept = Text(erasure.Kept ?? []), erasure.FinishedAt, erasure.Certificate });

    private static string Text(IReadOnlyList<KeptCategory> kept) => JsonSerializer.Serialize(kept, StoredJson.Options);

    private sealed record Row
    {
        public required Guid Id { get; init; }

        public required Guid PartnerId { get; init; }

        public required Guid ClientId { get; init; }

        public required string State { get; init; }

        public required DateTimeOffset RequestedAt { get; init; }

        public required string ByKind { get; init; }

        public required Guid ById { get; init; }

        public required Guid ApplicationId { get; init; }

        public required string Kept { get; init; }

        public required int KeysDestroyed { get; init; }

        public required int RowsRemoved { get; init; }

        public DateTimeOffset? FinishedAt { get; init; }

        public string? Certificate { get; init; }

        public Erasure ToErasure() => new()
        {
            Id = Id,
            PartnerId = PartnerId,
            ClientId = ClientId,
            State = State,
            RequestedAt = RequestedAt,
            By = new Party(ByKind == "representative" ? PartyKind.Representative : PartyKind.Client, ById),
            ApplicationId = ApplicationId,
            Kept = Kept == NotYet ? null : JsonSerializer.Deserialize<List<KeptCategory>>(Kept, StoredJson.Options),
            KeysDestroyed = KeysDestroyed,
            RowsRemoved = RowsRemoved,
            FinishedAt = FinishedAt,
            Certificate = Certificate,
        };
    }
}
