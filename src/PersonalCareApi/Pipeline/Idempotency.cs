using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.Net.Http.Headers;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Pipeline;

/// <summary>A POST or PATCH with an <c>Idempotency-Key</c> is done once; a retry gets the answer of the first.</summary>
/// <remarks>
/// Per caller and route, for 24 hours. The answer is kept in the transaction of the write, sealed like the record it
/// speaks of, and given again only after the retry itself has been decided afresh. Refusals are not kept: nothing was
/// done, so the retry is simply tried.
/// </remarks>
internal sealed class Idempotency(
    Database database, ClientKeys keys, Digests digests, UseOfData use, IDataProtectionProvider protection, RunningRequests running,
    TimeProvider time)
{
    private readonly Database database = database;
    private readonly ClientKeys keys = keys;
    private readonly UseOfData use = use;
    private readonly RunningRequests running = running;
    private readonly TimeProvider time = time;

    private const string KeyHeader = "Idempotency-Key";
    private const string ReplayedHeader = "Idempotency-Replayed";
    private const string Kind = "idempotency";

    /// <summary>What answers about nobody's record are wrapped for.</summary>
    public const string Purpose = "PersonalCareApi.Idempotency.v1";

    public const int LongestKey = 255;
    private static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private const string SelectAnswer = """
        SELECT client_id, request_hash, answer
        FROM idempotency
        WHERE digest = @Digest AND partner_id = @PartnerId AND expires_at > @Now
        """;

    private const string DeleteExpired = """
        DELETE FROM idempotency
        WHERE digest = @Digest AND expires_at <= @Now
        """;

    private const string InsertAnswer = """
        INSERT INTO idempotency (digest, partner_id, client_id, request_hash, answer, created_at, expires_at)
        VALUES (@Digest, @PartnerId, @ClientId, @RequestHash, @Answer, @Now, @ExpiresAt)
        """;

    private readonly IDataProtector system = protection.CreateProtector(Purpose);

    /// <summary>What this request's key means; a request without one is simply done.</summary>
    public Retry For(EndpointFilterInvocationContext context)
    {
        var http = context.HttpContext;
        var header = http.Request.Headers[KeyHeader];
        if (header.Count == 0
            || !(HttpMethods.IsPost(http.Request.Method) || HttpMethods.IsPatch(http.Request.Method))
            || http.Features.Get<SignedIn>() is not { } signedIn)
        {
            return new Retry(this, http);
        }

        if (header.Count > 1 || Key(header.ToString()) is not { } key)
        {
            return new Retry(this, http)
            {
                Refusal = Problems.Invalid(Fault.InHeader(
                    KeyHeader, FaultCodes.InvalidFormat, "Must be one key of 1 to 255 visible ASCII characters, bare or in quotes.")),
            };
        }

        var caller = use.Grant?.ActingAs ?? signedIn.Caller.Foremost();
        var digest = digests.Of(
            Kind, signedIn.Caller.PartnerId.ToString(), signedIn.Caller.ApplicationId.ToString(), $"{caller.KindCode} {caller.Id}",
            $"{http.Request.Method} {http.Request.Path}", key);
        var name = Convert.ToHexString(digest);
        return running.Enter(name)
            ? new Retry(this, http, signedIn.Caller.PartnerId, digest, RequestHash(context), name)
            : new Retry(this, http) { Refusal = Problems.IdempotencyKeyInUse() };
    }

    private static string? Key(string header)
    {
        var key = header is ['"', .. var quoted, '"'] ? quoted : header;
        return key.Length is > 0 and <= LongestKey && key.All(character => character is > ' ' and < (char)127) ? key : null;
    }

    /// <summary>Over the purpose as well: for another purpose the answer may hold less.</summary>
    /// <remarks>
    /// Keyed: it stands in the database beside the instrument and the time, and whoever has a copy could try out all
    /// answers to nine questions.
    /// </remarks>
    private byte[] RequestHash(EndpointFilterInvocationContext context)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{context.HttpContext.Request.Headers[ConsentHandler.PurposeHeader]}\n"));
        foreach (var input in context.Arguments.OfType<IBoundInput>())
        {
            hash.AppendData(input.Raw.Span);
        }

        return digests.Of("request", Convert.ToHexString(hash.GetHashAndReset()));
    }

    /// <summary>An answer as it is kept.</summary>
    internal sealed record KeptAnswer(int Status, Dictionary<string, string> Headers, byte[] Body, IReadOnlyList<ItemFacts> Items);

    private sealed record Row
    {
        public Guid? ClientId { get; init; }

        public required byte[] RequestHash { get; init; }

        public required byte[] Answer { get; init; }
    }

    /// <summary>One request's key at work.</summary>
    internal sealed class Retry(
        Idempotency owner, HttpContext http, Guid partnerId = default, byte[]? digest = null, byte[]? requestHash = null, string? name = null)
        : IAsyncDisposable
    {
        /// <summary>Why the key cannot be used, or null.</summary>
        public Problem? Refusal { get; init; }

        /// <summary>The answer given before, or null where this is the first time.</summary>
        public async Task<IResult?> FindAnswer(CancellationToken ct)
        {
            if (digest is null)
            {
                return null;
            }

            var row = await owner.database.ForSystem(SystemReason.Idempotency)
                .QueryOne<Row>(SelectAnswer, new { Digest = digest, PartnerId = partnerId, Now = owner.time.GetUtcNow() }, ct);
            if (row is null)
            {
                return null;
            }

            if (!CryptographicOperations.FixedTimeEquals(row.RequestHash, requestHash))
            {
                return Problems.IdempotencyKeyReused();
            }

            // The retry of a creation is about the record that is there now, not about another new one.
            if (row.ClientId is { } created && created != owner.use.Grant?.ClientId && !await owner.use.DecideAbout(created, ct))
            {
                return owner.use.Refusal();
            }

            var kept = JsonSerializer.Deserialize<KeptAnswer>(await Open(row, ct), StoredJson.Options)!;

            // Decided afresh means the items of the answer as well: what could not be written now is not told again.
            return owner.use.Grant is { } grant && !kept.Items.All(grant.Covers)
                ? Problems.Forbidden(RefusalReason.LabelNotNamed)
                : new Replay(kept);
        }

        /// <summary>Keeps the answer, in the unit of the write it answers.</summary>
        public async Task Keep(RenderedAnswer answer, WriteUnit unit, CancellationToken ct)
        {
            if (digest is null)
            {
                return;
            }

            string[] names = [HeaderNames.Location, HeaderNames.ETag, HeaderNames.ContentType, DisclosureNotice.Header, HeaderNames.Link];
            var headers = names
                .Where(header => http.Response.Headers.ContainsKey(header))
                .ToDictionary(header => header, header => http.Response.Headers[header].ToString());
            var kept = JsonSerializer.SerializeToUtf8Bytes(new KeptAnswer(answer.Status, headers, answer.Body, [.. unit.Items]), StoredJson.Options);
            var ring = owner.use.NewRing ?? (owner.use.Grant is { } grant ? await owner.keys.For(grant, ct) : null);
            unit.Execute(DeleteExpired, new { Digest = digest, unit.Now }, expect: null);
            unit.Execute(
                InsertAnswer,
                new
                {
                    Digest = digest,
                    PartnerId = partnerId,
                    owner.use.Grant?.ClientId,
                    RequestHash = requestHash,
                    Answer = ring?.SealBytes(Kind, ClientKeyRing.IdOf(digest), 1, kept) ?? owner.system.Protect(kept),
                    unit.Now,
                    ExpiresAt = unit.Now + KeptFor,
                },
                duplicate: WriteMiss.DoneMeanwhile);
        }

        public ValueTask DisposeAsync()
        {
            if (name is not null)
            {
                owner.running.Leave(name);
            }

            return ValueTask.CompletedTask;
        }

        private async Task<byte[]> Open(Row row, CancellationToken ct)
        {
            if (owner.use.Grant is not { } grant)
            {
                return owner.system.Unprotect(row.Answer);
            }

            var ring = await owner.keys.For(grant, ct);
            return ring.OpenBytes(Kind, ClientKeyRing.IdOf(digest), 1, row.Answer);
        }
    }

    /// <summary>The kept answer, given again.</summary>
    private sealed record Replay(KeptAnswer Answer) : IResult
    {
        public async Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.StatusCode = Answer.Status;
            foreach (var (header, value) in Answer.Headers)
            {
                httpContext.Response.Headers[header] = value;
            }

            httpContext.Response.Headers[ReplayedHeader] = "true";
            await httpContext.Response.Body.WriteAsync(Answer.Body, httpContext.RequestAborted);
        }
    }
}

/// <summary>The keys whose first request is still running in this program.</summary>
internal sealed class RunningRequests
{
    private readonly ConcurrentDictionary<string, bool> names = new(StringComparer.Ordinal);

    public bool Enter(string name) => names.TryAdd(name, true);

    public void Leave(string name) => names.TryRemove(name, out _);
}
