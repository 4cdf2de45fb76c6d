using System.Text.Json;
using PersonalCareApi.Background;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Partners;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.Clients;

namespace PersonalCareApi.Records.Erasures;

/// <summary>Erases a record: destroys its keys, removes its rows, and certifies what is gone and what must be kept.</summary>
/// <remarks>
/// The record is closed to everybody by the request itself; this only takes away. Every step can be done twice, so a run that
/// is broken off is simply begun again. What a partner must keep is sealed anew with a key of its own and every older key is
/// destroyed, so that what else was sealed with them stays closed in copies of the database too; when its time is over, the
/// same job comes back for it.
/// </remarks>
internal sealed class EraseRecord(
    Database database, Facts facts, StoredErasures erasures, PartnerRepository partners, ClientKeys keys, KeyRotation rotation, ReceiptKeys signing,
    TimeProvider time) : IRunsInBackground
{
    public const string JobKind = "erasure";

    /// <summary>What the header of a certificate says it is, so that it is taken for no other token (RFC 8725, 3.11).</summary>
    public const string TokenType = "erasure-certificate+jwt";

    private const string Operation = "EraseRecord";
    private static readonly TimeSpan WhileSomebodyReads = TimeSpan.FromSeconds(5);

    private const string LastEntry = """
        SELECT MAX(recorded_at) AS at
        FROM item_version
        WHERE client_id = @ClientId AND partner_id = @PartnerId AND kind IN @Kinds
        """;

    private const string DestroyKeys = """
        DELETE FROM client_key
        WHERE client_id = @ClientId AND partner_id = @PartnerId
        """;

    private const string CountKeys = """
        SELECT COUNT(*)
        FROM client_key
        WHERE client_id = @ClientId AND partner_id = @PartnerId
        """;

    // Before the representatives themselves, by whom they are found.
    private const string Unlink = """
        DELETE FROM subject_link
        WHERE partner_id = @PartnerId
          AND ((kind = 'client' AND target_id = @ClientId AND @Anything = 0)
            OR (kind = 'representative' AND target_id IN (SELECT id FROM representative WHERE client_id = @ClientId)))
        """;

    private const string ForgetExternalIds = """
        DELETE FROM external_id
        WHERE partner_id = @PartnerId AND target_id = @ClientId
        """;

    private const string OutdateExtracts = """
        UPDATE research_extract
        SET state = 'outdated', updated_at = @Now
        WHERE partner_id = @PartnerId AND state IN ('building', 'ready')
        """;

    // Archives about several clients name none of them; any may hold what this one consented to.
    private const string RemoveExtracts = """
        DELETE FROM archive_chunk
        WHERE partner_id = @PartnerId AND client_id IS NULL
        """;

    private const string SelectVersion = """
        SELECT version
        FROM client
        WHERE client_id = @ClientId AND partner_id = @PartnerId
        """;

    private const string BlankClient = """
        UPDATE client
        SET content = @Content, version = version + 1, updated_at = @Now
        WHERE client_id = @ClientId AND partner_id = @PartnerId AND version = @Version
        """;

    private const string RemoveClient = """
        DELETE FROM client
        WHERE client_id = @ClientId AND partner_id = @PartnerId
        """;

    private const string AddChange = """
        INSERT INTO change_row (partner_id, client_id, category, kind, item_id, what, labels, author_id, part, occurred_at, at)
        VALUES (@PartnerId, @ClientId, 'demographics', 'client', @ClientId, 'erased', 0, @ById, '', @Now, @Now)
        """;

    public string Kind => JobKind;

    private SystemScope Scope => database.ForSystem(SystemReason.Erasure);

    public async Task<JobEnd> Run(HeldJob job, CancellationToken ct)
    {
        if (await erasures.Find(job.Job.PartnerId, job.Job.AboutId, ct) is not { } erasure || erasure.State == Erasure.Erased)
        {
            return new JobEnd.Finished();
        }

        var kept = await Settle(job, erasure, ct);
        if (erasure.State == Erasure.KeptInPart && kept.Count == erasure.Kept!.Count)
        {
            // Certified, and nothing's time is over since: the server ended before it could say that the run had. A second run
            // would destroy the key that was just made and put another certificate in the place of the one that was given out.
            return new JobEnd.Later(kept.Min(one => one.Until));
        }

        var categories = kept.Select(one => DataCategories.TryParse(one.Category, out var category) ? category : throw new InvalidOperationException()).ToList();
        var whole = new
        {
            erasure.ClientId,
            erasure.PartnerId,
            JobId = job.Job.Id,
            KeptKinds = ErasedTable.KindsOf(categories),
            Anything = kept.Count,
            Now = time.GetUtcNow().ToStored(),
        };
        if (kept.Count == 0)
        {
            // First of all: from here on nothing of it can be read, whatever becomes of the rest.
            await DestroyKeysOf(job, erasure, whole, ct);
        }

        await Remove(job, erasure, categories, whole, ct);
        if (kept.Count > 0)
        {
            await KeepUnderANewKey(job, erasure, categories, ct);
        }

        else
        {
            await job.Commit(Unit(RemoveClient, whole), ct);
        }

        facts.Forget(erasure.ClientId);
        if (!await Scope.ForgetOverwritten(ct))
        {
            return new JobEnd.Later(time.GetUtcNow() + WhileSomebodyReads);
        }

        await Certify(job, erasure, kept, ct);
        return kept.Count == 0 ? new JobEnd.Finished() : new JobEnd.Later(kept.Min(one => one.Until));
    }

    /// <summary>What must be kept, settled once, and of that what must be kept still.</summary>
    private async Task<IReadOnlyList<KeptCategory>> Settle(HeldJob job, Erasure erasure, CancellationToken ct)
    {
        var now = time.GetUtcNow();
        if (erasure.Kept is { } settled)
        {
            return [.. settled.Where(one => one.Until > now)];
        }

        var partner = await partners.Find(erasure.PartnerId, ct) ?? throw new InvalidOperationException("The partner is gone.");
        var kept = new List<KeptCategory>();
        foreach (var (code, years) in partner.RetentionYears())
        {
            if (!DataCategories.TryParse(code, out var category))
            {
                continue;
            }

            var last = await Scope.QueryOne<EntryRow>(
                LastEntry, new { erasure.ClientId, erasure.PartnerId, Kinds = ErasedTable.KindsOf([category]) }, ct);
            if (last?.At?.AddYears(years) is { } until && until > now)
            {
                kept.Add(new KeptCategory(code, until, years));
            }
        }

        var unit = new WriteUnit(time);
        StoredErasures.Settle(erasure, kept, unit);
        await job.Commit(unit, ct);
        return kept;
    }

    private async Task DestroyKeysOf(HeldJob job, Erasure erasure, object whole, CancellationToken ct)
    {
        var unit = Unit(DestroyKeys, whole);
        StoredErasures.Count(erasure, await Scope.QueryOne<int>(CountKeys, whole, ct), 0, unit);
        await job.Commit(unit, ct);
    }

    private async Task Remove(HeldJob job, Erasure erasure, List<DataCategory> kept, object whole, CancellationToken ct)
    {
        var first = Unit(Unlink, whole);
        first.Execute(ForgetExternalIds, whole, expect: null);
        first.Execute(OutdateExtracts, whole, expect: null);
        first.Execute(RemoveExtracts, whole, expect: null);
        await job.Commit(first, ct);
        foreach (var (index, table) in ErasedTable.All.Index())
        {
            await job.Report(index, ErasedTable.All.Count, ct);
            if (table.Category is { } category && kept.Contains(category))
            {
                continue;
            }

            var unit = Unit(table.Delete, whole);
            StoredErasures.Count(erasure, 0, await Scope.QueryOne<int>(table.Count, whole, ct), unit);
            await job.Commit(unit, ct);
        }

        await job.Report(ErasedTable.All.Count, ErasedTable.All.Count, ct);
    }

    /// <summary>Who the client was is kept only where demographics are.</summary>
    private async Task KeepUnderANewKey(HeldJob job, Erasure erasure, List<DataCategory> kept, CancellationToken ct)
    {
        if (!kept.Contains(DataCategory.Demographics) && await Scope.QueryOne<int?>(SelectVersion, new { erasure.ClientId, erasure.PartnerId }, ct) is { } version)
        {
            var ring = await keys.Of(erasure.PartnerId, erasure.ClientId, ct);
            await job.Commit(
                Unit(BlankClient, new
                {
                    erasure.ClientId,
                    erasure.PartnerId,
                    Version = version,
                    Content = ring.Seal(ClientRepository.Kind, erasure.ClientId, version + 1, new ClientContent()),
                    Now = time.GetUtcNow(),
                }),
                ct);
        }

        var destroyed = await rotation.Replace(erasure.ClientId, erasure.PartnerId, ct);
        var unit = new WriteUnit(time);
        StoredErasures.Count(erasure, destroyed, 0, unit);
        await job.Commit(unit, ct);
    }

    private async Task Certify(HeldJob job, Erasure begun, IReadOnlyList<KeptCategory> kept, CancellationToken ct)
    {
        var now = time.GetUtcNow().ToStored();
        var counted = await erasures.Find(begun.PartnerId, begun.Id, ct) ?? throw new InvalidOperationException("The erasure is gone.");
        var finished = counted with
        {
            State = kept.Count == 0 ? Erasure.Erased : Erasure.KeptInPart,
            Kept = kept,
            FinishedAt = now,
        };
        var partner = await partners.Find(begun.PartnerId, ct) ?? throw new InvalidOperationException("The partner is gone.");
        finished = finished with
        {
            Certificate = await signing.Sign(
                JsonSerializer.Serialize(
                    new Dictionary<string, object>
                    {
                        ["iss"] = $"urn:uuid:{begun.PartnerId}",
                        ["sub"] = $"urn:uuid:{begun.ClientId}",
                        ["jti"] = begun.Id,
                        ["iat"] = now.ToUnixTimeSeconds(),
                        ["erasure_certificate"] = ErasureCertificate.From(finished, partner.Name),
                    },
                    Pipeline.Json.Options),
                TokenType,
                ct),
        };
        var unit = Unit(AddChange, new { begun.PartnerId, begun.ClientId, ById = begun.By.Id, Now = now });
        StoredErasures.Close(finished, unit);
        unit.Uses.Add(new LedgerUse
        {
            Id = Ids.New(now),
            At = now,
            PartnerId = begun.PartnerId,
            ClientId = begun.ClientId,
            ActingAs = begun.By,
            ApplicationId = begun.ApplicationId,
            Operation = Operation,
            Use = new DataUse(DataCategory.Demographics, DataAction.Write),
            Purpose = PurposeOfUse.PatientRequest.Code,
            Decision = LedgerUse.Permit,
            Basis = begun.By.Kind == PartyKind.Client ? new DecisionBasis("own-record") : new DecisionBasis("representation", begun.By.Id),
            Obligations = Obligations.Audit,
            Outcome = StatusCodes.Status200OK,
        });
        await job.Commit(unit, ct);
    }

    private WriteUnit Unit(string sql, object parameters)
    {
        var unit = new WriteUnit(time);
        unit.Execute(sql, parameters, expect: null);
        return unit;
    }

    private sealed record EntryRow
    {
        public DateTimeOffset? At { get; init; }
    }
}
