using System.Data.Common;
using System.Security.Cryptography;
using Microsoft.AspNetCore.DataProtection;
using PersonalCareApi.Data;

namespace PersonalCareApi.Protection;

/// <summary>Wraps every key again with the master key of now, so that an older master key can be retired.</summary>
/// <remarks>The keys stay what they are, and so does all that they sealed. Each is replaced only as it was read.</remarks>
internal sealed class KeyRewrapping(
    Database database, WriteQueue queue, IDataProtectionProvider protection, CheckpointKeys checkpoints, TimeProvider time)
{
    private const int PageSize = 100;

    private const string SelectClientKeys = """
        SELECT client_id, generation, wrapped
        FROM client_key
        WHERE client_id > @AfterId OR (client_id = @AfterId AND generation > @AfterGeneration)
        ORDER BY client_id, generation
        """;

    private const string ReplaceClientKey = """
        UPDATE client_key
        SET wrapped = @Wrapped
        WHERE client_id = @ClientId AND generation = @Generation AND wrapped = @Previous
        """;

    private const string SelectInstallationKeys = "SELECT name, wrapped FROM secret";

    private const string ReplaceInstallationKey = "UPDATE secret SET wrapped = @Wrapped WHERE name = @Name AND wrapped = @Previous";

    // Answers about nobody's record are wrapped like a key, since there is no client's to seal them with.
    private const string SelectAnswers = """
        SELECT digest, answer
        FROM idempotency
        WHERE client_id IS NULL AND digest > @AfterDigest
        ORDER BY digest
        """;

    private const string ReplaceAnswer = "UPDATE idempotency SET answer = @Wrapped WHERE digest = @Digest AND answer = @Previous";

    private SystemScope Scope => database.ForSystem(SystemReason.Keys);

    public async Task<RewrapReport> Run(CancellationToken ct)
    {
        var failures = new List<string>();
        return new RewrapReport(await ClientKeys(failures, ct), await InstallationKeys(failures, ct), await Answers(failures, ct), CheckpointKeys(failures), failures);
    }

    private int CheckpointKeys(List<string> failures)
    {
        try
        {
            return checkpoints.WrapAgain();
        }
        catch (CryptographicException)
        {
            failures.Add("a key that signs checkpoints: does not open.");
            return 0;
        }
    }

    private async Task<int> ClientKeys(List<string> failures, CancellationToken ct)
    {
        var protector = protection.CreateProtector(Protection.ClientKeys.Purpose);
        var (afterId, afterGeneration, count) = (Guid.Empty, 0, 0);
        while (await Scope.Query<ClientKeys.Row>(
            $"{SelectClientKeys}\n{database.Dialect.FirstRows}",
            new { AfterId = afterId, AfterGeneration = afterGeneration, Limit = PageSize },
            ct) is [.., var last] page)
        {
            count += await Replace(
                page,
                row => protector,
                row => row.Wrapped,
                (row, wrapped) => (ReplaceClientKey, new { row.ClientId, row.Generation, Wrapped = wrapped, Previous = row.Wrapped }),
                row => $"client {row.ClientId}, generation {row.Generation}",
                failures,
                ct);
            (afterId, afterGeneration) = (last.ClientId, last.Generation);
        }

        return count;
    }

    private async Task<int> InstallationKeys(List<string> failures, CancellationToken ct)
    {
        var protector = protection.CreateProtector(Protection.InstallationKeys.Purpose);
        return await Replace(
            await Scope.Query<InstallationKeys.Row>(SelectInstallationKeys, null, ct),
            row => protector.CreateProtector(row.Name),
            row => row.Wrapped,
            (row, wrapped) => (ReplaceInstallationKey, new { row.Name, Wrapped = wrapped, Previous = row.Wrapped }),
            row => $"installation key {row.Name}",
            failures,
            ct);
    }

    private async Task<int> Answers(List<string> failures, CancellationToken ct)
    {
        var protector = protection.CreateProtector(Pipeline.Idempotency.Purpose);
        var (after, count) = (Array.Empty<byte>(), 0);
        while (await Scope.Query<AnswerRow>(
            $"{SelectAnswers}\n{database.Dialect.FirstRows}", new { AfterDigest = after, Limit = PageSize }, ct) is [.., var last] page)
        {
            count += await Replace(
                page,
                row => protector,
                row => row.Answer,
                (row, wrapped) => (ReplaceAnswer, new { row.Digest, Wrapped = wrapped, Previous = row.Answer }),
                row => $"kept answer {Convert.ToHexString(row.Digest)}",
                failures,
                ct);
            after = last.Digest;
        }

        return count;
    }

    private async Task<int> Replace<T>(
        IEnumerable<T> rows, Func<T, IDataProtector> protector, Func<T, byte[]> wrappedOf, Func<T, byte[], (string Sql, object Parameters)> replace,
        Func<T, string> name, List<string> failures, CancellationToken ct)
    {
        var commits = new List<Task<CommitOutcome>>();
        var names = new List<string>();
        foreach (var row in rows)
        {
            try
            {
                if (MasterKey.WrapAgain(protector(row), wrappedOf(row)) is { } wrapped)
                {
                    var (sql, parameters) = replace(row, wrapped);
                    var unit = new WriteUnit(time);
                    unit.Execute(sql, parameters);
                    commits.Add(queue.Commit(unit, ct));
                    names.Add(name(row));
                }
            }
            catch (CryptographicException)
            {
                failures.Add($"{name(row)}: does not open.");
            }
        }

        var done = 0;
        foreach (var (index, commit) in commits.Index())
        {
            try
            {
                // Missed: it was changed or destroyed meanwhile, which whoever did it did with the master key of now.
                done += await commit is CommitOutcome.Committed ? 1 : 0;
            }
            catch (DbException error)
            {
                failures.Add($"{names[index]}: {error.GetType().Name}.");
            }
        }

        return done;
    }

    private sealed record AnswerRow
    {
        public required byte[] Digest { get; init; }

        public required byte[] Answer { get; init; }
    }
}

/// <summary>What was wrapped again; what the master key of now wraps already is not counted.</summary>
internal sealed record RewrapReport(int ClientKeys, int InstallationKeys, int KeptAnswers, int CheckpointKeys, IReadOnlyList<string> Failures);
