using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Plans;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Records.Prompts;

/// <summary>A prompt as the record holds it.</summary>
internal sealed record StoredPrompt
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required PromptStatus Status { get; init; }

    /// <summary>The labels of all its evidence; author, part and instant of the newest.</summary>
    public required ItemFacts Facts { get; init; }

    public required DataCategory Category { get; init; }

    public DateTimeOffset? DeferredUntil { get; init; }

    public required PromptContent Content { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }
}

/// <summary>What of a prompt is sealed.</summary>
internal sealed record PromptContent
{
    public required PromptRuleResponse Rule { get; init; }

    public required PromptSubject Subject { get; init; }

    public required IReadOnlyDictionary<string, decimal> Measured { get; init; }

    public required IReadOnlyList<PromptEvidence> Evidence { get; init; }

    public IReadOnlyList<PromptResponseContent> Responses { get; init; } = [];

    /// <summary>Of a version, whose other columns are those of now.</summary>
    public DateTimeOffset? DeferredUntil { get; init; }

    public RecordedFact? Closing { get; init; }
}

/// <summary>An item of the record that a prompt rests on, with what decides who may see it.</summary>
internal sealed record Evidence(string Kind, Guid Id, ItemFacts Facts);

/// <summary>The tables <c>prompt</c> and <c>prompt_evidence</c>, read and written for one client at a time, or read for several.</summary>
/// <remarks>
/// A prompt is in reach where it and every item it rests on is, as those are now: a label put on a goal later closes the
/// prompt with it. All evidence of one prompt is of one category.
/// </remarks>
internal sealed class PromptRepository(Database database, ClientKeys keys, Digests digests, VersionRepository versions)
{
    private const string Kind = "prompt";

    /// <summary>How many prompts of one client and category a list over several clients shows.</summary>
    public const int MostOfOneClient = 20;

    private const string Columns = $"id, {ItemRow.ItemColumns}, category, status, deferred_until, content, recorded_at";

    private const string WithAllItsEvidence = $"""
        category = @Category
          AND evidence_count = (
            SELECT COUNT(*)
            FROM prompt_evidence AS proof
            WHERE proof.prompt_id = prompt.id
              AND (EXISTS (SELECT 1 FROM assessment WHERE {InReach.Where} AND id = proof.item_id)
                OR EXISTS (SELECT 1 FROM goal WHERE {InReach.Where} AND id = proof.item_id)
                OR EXISTS (SELECT 1 FROM goal_progress WHERE {InReach.Where} AND id = proof.item_id)
                OR EXISTS (SELECT 1 FROM alliance_check_in WHERE {InReach.Where} AND id = proof.item_id)))
        """;

    /// <summary>What was put off waits again from its date on, whatever ran or did not run then.</summary>
    private const string Waits = "(status = 'open' OR (status = 'deferred' AND deferred_until <= @Now))";

    private const string Filter = $"""
        (@Status IS NULL
            OR (@Status = 'open' AND {Waits})
            OR (@Status = 'deferred' AND status = 'deferred' AND deferred_until > @Now)
            OR (@Status = status AND status NOT IN ('open', 'deferred')))
        """;

    private const string SelectOne = $"""
        SELECT {Columns}
        FROM prompt
        WHERE {InReach.Where} AND {WithAllItsEvidence} AND id = @Id
        """;

    private const string SelectPage = $"""
        SELECT {Columns}
        FROM prompt
        WHERE {InReach.Where} AND {WithAllItsEvidence} AND {Filter}
          AND (@AfterAt IS NULL OR recorded_at < @AfterAt OR (recorded_at = @AfterAt AND id < @AfterId))
        ORDER BY recorded_at DESC, id DESC
        """;

    private const string CountAll = $"""
        SELECT COUNT(*)
        FROM prompt
        WHERE {InReach.Where} AND {WithAllItsEvidence} AND {Filter}
        """;

    private const string SelectOpen = $"""
        SELECT client_id, counted, {Columns}
        FROM (
            SELECT client_id, {Columns},
                ROW_NUMBER() OVER (PARTITION BY client_id ORDER BY recorded_at, id) AS place,
                COUNT(*) OVER (PARTITION BY client_id) AS counted
            FROM prompt
            WHERE {InReach.Where} AND {WithAllItsEvidence} AND {Waits}) AS waiting
        WHERE place <= @Most
        ORDER BY recorded_at, id
        """;

    // By its own reach alone: who finds an item entered in error may be out of reach of another that the prompt rests on.
    private const string SelectRestingOn = $"""
        SELECT {Columns}
        FROM prompt
        WHERE {InReach.Where} AND status IN ('open', 'deferred')
          AND EXISTS (SELECT 1 FROM prompt_evidence AS proof WHERE proof.prompt_id = prompt.id AND proof.item_id = @ItemId)
        ORDER BY id
        """;

    private const string Unanswered = $"""
        {InReach.Where} AND {WithAllItsEvidence} AND status IN ('open', 'deferred') AND part = @Part
        """;

    private const string SelectUnanswered = $"""
        SELECT {Columns}
        FROM prompt
        WHERE {Unanswered}
        ORDER BY id
        """;

    // What a question is about is sealed, so those that wait are counted: another fact may have raised one since they were
    // looked at. What this fact raises beside it rests on this fact as well, and is not counted.
    private const string InsertOne = $"""
        INSERT INTO prompt (
            id, partner_id, client_id, version, labels, author_id, part, occurred_at, category, status, cause, evidence_count,
            content, recorded_at, updated_at)
        SELECT
            @Id, @GrantPartnerId, @GrantClientId, @Version, @Labels, @AuthorId, @Part, @OccurredAt, @Category, @Status, @Cause,
            @EvidenceCount, @Content, @Now, @Now
        WHERE @Waiting = (
            SELECT COUNT(*)
            FROM prompt
            WHERE {Unanswered}
              AND NOT EXISTS (SELECT 1 FROM prompt_evidence AS own WHERE own.prompt_id = prompt.id AND own.item_id = @NewestId))
        """;

    private const string InsertEvidence = """
        INSERT INTO prompt_evidence (prompt_id, position, partner_id, client_id, item_id)
        VALUES (@PromptId, @Position, @GrantPartnerId, @GrantClientId, @ItemId)
        """;

    private const string UpdateOne = $"""
        UPDATE prompt
        SET version = @Version, status = @Status, deferred_until = @DeferredUntil, content = @Content, updated_at = @Now
        WHERE {InReach.Where} AND id = @Id AND version = @PreviousVersion
        """;

    public async Task<StoredPrompt?> Find(AccessGrant grant, Guid id, CancellationToken ct)
    {
        var row = await database.ForClient(grant, grant.Use.Category).QueryOne<Row>(SelectOne, new { Id = id, Category = grant.Use.Category.Code() }, ct);
        return row?.Open(await keys.For(grant, ct));
    }

    /// <summary>The prompts of the grant's category, newest first.</summary>
    public async Task<Rows<StoredPrompt>> List(AccessGrant grant, PromptQuery query, Position? after, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, grant.Use.Category).QueryPage<Row>(
            SelectPage,
            CountAll,
            new
            {
                Category = grant.Use.Category.Code(),
                Status = query.Status is { } status ? Code(status) : null,
                Now = grant.At,
                AfterAt = after?.At,
                AfterId = after?.Id,
            },
            query.Size,
            ct);
        var ring = await keys.For(grant, ct);
        return rows.Select(row => row.Open(ring));
    }

    /// <summary>The oldest prompts of one category that wait in the reach of each grant, and how many there are, by client.</summary>
    public Task<OfEach<(StoredPrompt Prompt, int Count)>> OpenOfEach(
        IReadOnlyList<AccessGrant> grants, DataCategory category, DateTimeOffset now, CancellationToken ct) => keys.OpenEach(
            grants,
            some => database.ForClients(some, category).Query<OpenRow>(SelectOpen, new { Category = category.Code(), Now = now, Most = MostOfOneClient }, ct),
            row => row.ClientId,
            (row, ring) => (row.Open(ring), row.Counted),
            ct);

    /// <summary>The versions after <paramref name="after"/> as they were, oldest first.</summary>
    public async Task<Rows<StoredPrompt>> Versions(AccessGrant grant, Guid id, int after, int limit, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.List(grant, grant.Use.Category, Kind, id, after, limit, (version, ring) => AsItWas(present, version, ring), ct)
            : Rows<StoredPrompt>.None;

    public async Task<StoredPrompt?> FindVersion(AccessGrant grant, Guid id, int version, CancellationToken ct) =>
        await Find(grant, id, ct) is { } present
            ? await versions.Find(grant, grant.Use.Category, Kind, id, version, (kept, ring) => AsItWas(present, kept, ring), ct)
            : null;

    /// <summary>
    /// Raises a prompt in the unit of the fact that calls for it; nothing where the same question waits already, or where
    /// whoever writes does not reach all that it would rest on.
    /// </summary>
    public async Task Raise(
        AccessGrant grant, RaisedPrompt raised, PromptSubject subject, IReadOnlyList<Evidence> evidence, WriteUnit unit, CancellationToken ct)
    {
        var newest = evidence[^1];
        var facts = newest.Facts with { Labels = evidence.Aggregate(Sensitivity.None, (all, one) => all | one.Facts.Labels) };
        if (!grant.Covers(facts))
        {
            return;
        }

        var category = grant.Use.Category;
        var ring = await keys.For(grant, ct);
        var rows = await database.ForClient(grant, category).Query<Row>(SelectUnanswered, new { Category = category.Code(), facts.Part }, ct);
        var waiting = rows.Select(row => row.Open(ring).Content).ToList();
        if (waiting.Any(content => content.Rule.Code == raised.Rule.Code && content.Subject == subject))
        {
            return;
        }

        var prompt = new StoredPrompt
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Status = PromptStatus.Open,
            Facts = facts,
            Category = category,
            Content = new PromptContent
            {
                Rule = new PromptRuleResponse(
                    raised.Rule.Code, raised.Rule.Statement, raised.Rule.Status, raised.Rule.Source, raised.Thresholds, raised.Status, raised.Source),
                Subject = subject,
                Measured = raised.Measured,
                Evidence = [.. evidence.Select(one => new PromptEvidence(one.Kind, one.Id, one.Facts.OccurredAt))],
            },
            RecordedAt = unit.Now,
        };
        var writes = unit.ForClient(grant, category);
        writes.InsertWhile(
            InsertOne,
            Kept(prompt, ring),
            new
            {
                Category = category.Code(),
                Cause = digests.Of("prompt", raised.Rule.Code, subject.Scale ?? "", newest.Id.ToString("D")),
                EvidenceCount = evidence.Count,
                Waiting = waiting.Count(content => content.Evidence.All(one => one.Id != newest.Id)),
                NewestId = newest.Id,
            },
            otherwise: WriteMiss.DoneMeanwhile);
        foreach (var (position, one) in evidence.Index())
        {
            writes.Also(InsertEvidence, new { PromptId = prompt.Id, Position = position, ItemId = one.Id });
        }
    }

    public async Task<StoredPrompt> Respond(AccessGrant grant, StoredPrompt prompt, PromptResponseContent response, WriteUnit unit, CancellationToken ct)
    {
        var answered = prompt with
        {
            Version = prompt.Version + 1,
            Status = response.Answer switch
            {
                PromptAnswer.Accept => PromptStatus.Accepted,
                PromptAnswer.Defer => PromptStatus.Deferred,
                PromptAnswer.Decline => PromptStatus.Declined,
                _ => throw new ArgumentOutOfRangeException(nameof(response), response.Answer, "Not an answer."),
            },
            DeferredUntil = response.Until,
            Content = prompt.Content with { Responses = [.. prompt.Content.Responses, response], DeferredUntil = response.Until },
        };
        unit.ForClient(grant, grant.Use.Category).Update(
            UpdateOne, Kept(answered, await keys.For(grant, ct)), ChangeKind.Updated, new { answered.DeferredUntil });
        return answered;
    }

    /// <summary>Closes the prompts that nobody has answered and that rest on this item, in the unit that ends the item.</summary>
    public async Task CloseOn(AccessGrant grant, Guid itemId, RecordedFact closing, WriteUnit unit, CancellationToken ct)
    {
        var rows = await database.ForClient(grant, grant.Use.Category).Query<Row>(SelectRestingOn, new { ItemId = itemId }, ct);
        var ring = await keys.For(grant, ct);
        foreach (var prompt in rows.Select(row => row.Open(ring)).Where(prompt => prompt.Category == grant.Use.Category))
        {
            var closed = prompt with
            {
                Version = prompt.Version + 1,
                Status = PromptStatus.Closed,
                DeferredUntil = null,
                Content = prompt.Content with { Closing = closing, DeferredUntil = null },
            };

            // The caller has seen the item and not its prompts: where one has moved on, it is read again.
            unit.ForClient(grant, grant.Use.Category).Update(
                UpdateOne, Kept(closed, ring), ChangeKind.Updated, new { closed.DeferredUntil }, stale: WriteMiss.DoneMeanwhile);
        }
    }

    private static StoredPrompt AsItWas(StoredPrompt present, KeptVersion version, ClientKeyRing ring)
    {
        var content = ring.Open<PromptContent>(Kind, present.Id, version.Version, version.Content);
        return present with
        {
            Version = version.Version,
            Status = StatusOf(version.Status),
            Facts = version.Facts,
            DeferredUntil = content.DeferredUntil,
            Content = content,
        };
    }

    private static KeptItem Kept(StoredPrompt prompt, ClientKeyRing ring) => new()
    {
        Kind = Kind,
        Id = prompt.Id,
        Version = prompt.Version,
        Status = Code(prompt.Status),
        Facts = prompt.Facts,
        Content = ring.Seal(Kind, prompt.Id, prompt.Version, prompt.Content),
    };

    private static string Code(PromptStatus status) => status switch
    {
        PromptStatus.Open => "open",
        PromptStatus.Deferred => "deferred",
        PromptStatus.Accepted => "accepted",
        PromptStatus.Declined => "declined",
        PromptStatus.Closed => "closed",
        _ => throw new ArgumentOutOfRangeException(nameof(status), status, "Not a status."),
    };

    private static PromptStatus StatusOf(string code) => Enum.GetValues<PromptStatus>().First(status => Code(status) == code);

    private record Row : ItemRow
    {
        public required Guid Id { get; init; }

        public required string Category { get; init; }

        public required string Status { get; init; }

        public DateTimeOffset? DeferredUntil { get; init; }

        public required byte[] Content { get; init; }

        public required DateTimeOffset RecordedAt { get; init; }

        public StoredPrompt Open(ClientKeyRing ring) => new()
        {
            Id = Id,
            Version = Version,
            Status = StatusOf(Status),
            Facts = Facts,
            Category = DataCategories.TryParse(Category, out var category) ? category : throw new InvalidOperationException("Not a category."),
            DeferredUntil = DeferredUntil,
            Content = ring.Open<PromptContent>(Kind, Id, Version, Content),
            RecordedAt = RecordedAt,
        };
    }

    private sealed record OpenRow : Row
    {
        public required Guid ClientId { get; init; }

        public required int Counted { get; init; }
    }
}
