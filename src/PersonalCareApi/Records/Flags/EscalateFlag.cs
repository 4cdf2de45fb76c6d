using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Flags;

/// <summary>Says of a flag that nobody has acknowledged in time that it has escalated, once among all servers.</summary>
/// <remarks>
/// Nobody looks at the flag here and nobody is shown it, so there is no use to decide: what is sealed is only sealed again
/// for the next version. Who is turned to finds it among the open flags, if a consent lets them.
/// </remarks>
internal sealed class EscalateFlag(Database database, ClientKeys keys, TimeProvider time) : IRunsInBackground
{
    public const string JobKind = "flag-escalation";

    private const string Select = """
        SELECT version, labels, author_id, part, occurred_at, content
        FROM flag
        WHERE id = @Id AND client_id = @ClientId AND partner_id = @PartnerId AND status = 'open' AND escalated_at IS NULL
        """;

    private const string Update = """
        UPDATE flag
        SET version = @Version + 1, escalated_at = @Now, content = @Content, updated_at = @Now
        WHERE id = @Id AND client_id = @ClientId AND partner_id = @PartnerId AND status = 'open' AND version = @Version
        """;

    private const string KeepVersion = """
        INSERT INTO item_version (
            item_id, version, partner_id, client_id, kind, labels, author_id, part, occurred_at, status, content,
            recorded_at, recorded_by_kind, recorded_by_id)
        VALUES (
            @Id, @Version + 1, @PartnerId, @ClientId, 'flag', @Labels, @AuthorId, @Part, @OccurredAt, 'open', @Content,
            @Now, 'partner', @PartnerId)
        """;

    private const string AddChange = """
        INSERT INTO change_row (
            partner_id, client_id, category, kind, item_id, what, labels, author_id, part, occurred_at, at)
        VALUES (
            @PartnerId, @ClientId, 'assessments', 'flag', @Id, 'updated', @Labels, @AuthorId, @Part, @OccurredAt, @Now)
        """;

    public string Kind => JobKind;

    public async Task<JobEnd> Run(HeldJob job, CancellationToken ct)
    {
        var (id, partnerId, clientId) = (job.Job.AboutId, job.Job.PartnerId, job.Job.ClientId!.Value);
        if (await database.ForSystem(SystemReason.Escalation).QueryOne<Row>(Select, new { Id = id, ClientId = clientId, PartnerId = partnerId }, ct) is not { } row)
        {
            // Acknowledged, closed, or erased with the record.
            return new JobEnd.Finished();
        }

        var ring = await keys.Of(partnerId, clientId, ct);
        var unit = new WriteUnit(time);
        var content = ring.Open<FlagContent>(FlagRepository.Kind, id, row.Version, row.Content) with { EscalatedAt = unit.Now };
        var parameters = new
        {
            Id = id,
            PartnerId = partnerId,
            ClientId = clientId,
            row.Version,
            row.Labels,
            row.AuthorId,
            row.Part,
            row.OccurredAt,
            Content = ring.Seal(FlagRepository.Kind, id, row.Version + 1, content),
            unit.Now,
        };
        unit.Execute(Update, parameters);
        unit.Execute(KeepVersion, parameters);
        unit.Execute(AddChange, parameters);
        return await job.Commit(unit, ct) is CommitOutcome.Committed
            ? new JobEnd.Finished()

            // Somebody has acknowledged it meanwhile, or a key was rotated: looked at again.
            : new JobEnd.Later(unit.Now);
    }

    private sealed record Row : ItemRow
    {
        public required byte[] Content { get; init; }
    }
}
