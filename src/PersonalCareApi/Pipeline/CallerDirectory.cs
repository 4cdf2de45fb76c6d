using Microsoft.Extensions.Caching.Memory;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Pipeline;

/// <summary>A caller, and under which issuer and subject the token was made out.</summary>
/// <param name="Caller">Who it is.</param>
/// <param name="IssuerId">The issuer's registration.</param>
/// <param name="SubjectDigest">The subject, as links name it.</param>
/// <param name="Token">What was accepted; the caller is looked up again from it. Null for who acts later, without one.</param>
/// <param name="PartnerAccessVersion">The partner's version at which the caller was looked up.</param>
/// <param name="Application">The code of the application.</param>
internal sealed record SignedIn(
    Caller Caller, Guid IssuerId, byte[] SubjectDigest, AcceptedToken? Token, long PartnerAccessVersion, string Application)
{
    /// <summary>The application and the subject in one text, which is made once for all requests with one token.</summary>
    public string Name { get; } = $"{Caller.ApplicationId} {IssuerId} {Convert.ToHexString(SubjectDigest)}";

    /// <summary>What the subject was linked to, where that was remembered and nobody has compared it in this request; else null.</summary>
    public LinksSeen? Remembered { get; init; }

    /// <summary>What the commit of this request compares.</summary>
    public CallerSeen Seen => new(Caller.PartnerId, PartnerAccessVersion, Remembered);
}

/// <summary>Who asked for something that is done later: what of the token is needed to look the caller up again then.</summary>
/// <param name="IssuerId">The issuer's registration.</param>
/// <param name="SubjectDigest">The subject, as links name it.</param>
/// <param name="Application">The code of the application.</param>
/// <param name="Alone">Whether the application acted with no person behind it.</param>
/// <param name="Scopes">The scopes that the caller had; never more later, and less where the application has lost some.</param>
/// <param name="Purpose">The purpose that was claimed, by its code; null where none was.</param>
internal sealed record StandingCaller(
    Guid IssuerId, byte[] SubjectDigest, string Application, bool Alone, IReadOnlyList<string> Scopes, string? Purpose)
{
    public PurposeOfUse? ClaimedPurpose =>
        Purpose is null ? null
        : PurposeOfUse.TryParse(Purpose, out var known) ? known
        : throw new InvalidOperationException("The purpose that was claimed is none."); // Not read as none: that would stand for another.

    public static StandingCaller Of(SignedIn signedIn, PurposeOfUse? claimed) => new(
        signedIn.IssuerId, signedIn.SubjectDigest, signedIn.Application, signedIn.Caller.ApplicationAlone,
        [.. signedIn.Caller.Scopes.Order(StringComparer.Ordinal)], claimed?.Code);
}

/// <summary>Who an accepted token's bearer is, by the partner's registrations.</summary>
/// <remarks>
/// Asked anew for each request, so that a suspension or revocation holds from its answer on. Whoever was found is
/// remembered by a digest of the token, and is the same again while the token is in force, its key is its issuer's, the
/// partner's access_version has not moved and the subject is linked to nobody else: that is one small question in the place
/// of the whole look-up.
/// </remarks>
internal sealed class CallerDirectory(Database database, Digests digests, IssuerKeys keys, TimeProvider time) : IDisposable
{
    private const int Remembered = 10_000;

    private static readonly TimeSpan RememberedFor = TimeSpan.FromMinutes(5);

    private const string SelectStanding = """
        SELECT partner.access_version AS partner_access_version, COUNT(link.id) AS links, MAX(link.created_at) AS newest_link
        FROM partner
        LEFT JOIN subject_link AS link
            ON link.issuer_id = @IssuerId AND link.subject_digest = @Subject AND link.partner_id = partner.id
        WHERE partner.id = @PartnerId
        GROUP BY partner.access_version
        """;

    // The version comes first: what is read after it is at least as new.
    private const string SelectRegistrations = """
        SELECT access_version
        FROM partner
        WHERE id = @PartnerId;

        SELECT id, code, subject, scopes, purposes
        FROM application
        WHERE partner_id = @PartnerId AND code = @Application AND revoked_at IS NULL
          AND EXISTS (SELECT 1 FROM issuer WHERE issuer.id = @IssuerId AND issuer.partner_id = @PartnerId);

        SELECT link.kind, link.target_id, link.created_at, practitioner.roles, practitioner.may_declare_emergency
        FROM subject_link AS link
        LEFT JOIN practitioner
            ON link.kind = 'practitioner'
            AND practitioner.id = link.target_id
            AND practitioner.partner_id = @PartnerId
            AND practitioner.suspended_at IS NULL
        WHERE link.issuer_id = @IssuerId AND link.partner_id = @PartnerId AND link.subject_digest = @Subject
        ORDER BY link.created_at, link.id;
        """;

    private readonly MemoryCache remembered = new(new MemoryCacheOptions { SizeLimit = Remembered });

    /// <summary>The caller that this token was found to be, if that would be found again; null where it is to be looked up.</summary>
    /// <param name="token">As it was sent.</param>
    /// <param name="comparedLater">
    /// Whether it is enough that the commit compares what the caller was found by: for what is permitted by a decision, and
    /// leaves no trace where it is not committed.
    /// </param>
    /// <param name="ct">Gives up.</param>
    public async Task<SignedIn?> Recall(ReadOnlyMemory<char> token, bool comparedLater, CancellationToken ct)
    {
        if (token.Length > TokenShape.LongestToken || !remembered.TryGetValue(DigestOf(token.Span), out Found? found)
            || !found!.Token.Shape.IsInForce(time.GetUtcNow())
            || await keys.Find(found.Token.Issuer, found.Token.Shape.KeyId, found.Token.Shape.Algorithm, ct) != found.Token.Key)
        {
            return null;
        }

        var known = found.SignedIn;
        if (comparedLater)
        {
            return known with { Remembered = new LinksSeen(known.IssuerId, known.SubjectDigest, found.Standing.Links, found.Standing.NewestLink ?? DateTimeOffset.MinValue) };
        }

        var standing = await database.ForSystem(SystemReason.CallerLookup).QueryOne<Standing>(
            SelectStanding, new { known.IssuerId, Subject = known.SubjectDigest, known.Caller.PartnerId }, ct);
        return standing == found.Standing ? known : null;
    }

    public void Dispose() => remembered.Dispose();

    /// <summary>The caller; null where the application is unknown or revoked, or is not the one that the token says acts.</summary>
    public async Task<SignedIn?> Find(AcceptedToken token, CancellationToken ct) => (await Look(token, ct))?.SignedIn;

    /// <summary>The same, and from now on this token is remembered.</summary>
    public async Task<SignedIn?> Find(AcceptedToken token, string text, CancellationToken ct)
    {
        if (await Look(token, ct) is not { } found)
        {
            return null;
        }

        using var entry = remembered.CreateEntry(DigestOf(text));
        entry.Value = found;
        entry.Size = 1;
        entry.AbsoluteExpirationRelativeToNow = RememberedFor;
        return found.SignedIn;
    }

    private async Task<Found?> Look(AcceptedToken token, CancellationToken ct)
    {
        var issuer = token.Issuer;
        var subject = digests.OfSubject(issuer.Id, token.Subject);
        var registrations = await Read(issuer.PartnerId, issuer.Id, token.Application, subject, ct);
        return CallerFrom(token, registrations) is { } caller
            ? new Found(new SignedIn(caller, issuer.Id, subject, token, registrations.PartnerAccessVersion, token.Application), token, registrations.Standing)
            : null;
    }

    private static string DigestOf(ReadOnlySpan<char> token) => Convert.ToBase64String(Digests.OfToken(token));

    /// <summary>The same caller as the registrations are now; null where the application, or whoever asked, is no longer there.</summary>
    public async Task<SignedIn?> FindAgain(Guid partnerId, StandingCaller standing, CancellationToken ct)
    {
        var registrations = await Read(partnerId, standing.IssuerId, standing.Application, standing.SubjectDigest, ct);
        if (registrations.Application is not { } application || application.Code != standing.Application)
        {
            return null;
        }

        var caller = CallerThrough(application, partnerId, standing.Scopes);
        caller = standing.Alone ? caller with { ApplicationAlone = true } : WithIdentities(caller, registrations.Links);
        return new SignedIn(caller, standing.IssuerId, standing.SubjectDigest, null, registrations.PartnerAccessVersion, standing.Application);
    }

    private Task<Registrations> Read(Guid partnerId, Guid issuerId, string application, byte[] subject, CancellationToken ct) =>
        database.ForSystem(SystemReason.CallerLookup).QuerySeveral(
            SelectRegistrations,
            new { PartnerId = partnerId, IssuerId = issuerId, Application = application, Subject = subject },
            async results => new Registrations(
                await results.ReadSingleAsync<long>(),
                await results.ReadSingleOrDefaultAsync<ApplicationRow>(),
                [.. await results.ReadAsync<LinkRow>()]),
            ct);

    private static Caller? CallerFrom(AcceptedToken token, Registrations registrations)
    {
        // Compared again: to a database "app" and "app " may be equal.
        if (registrations.Application is not { } application || application.Code != token.Application)
        {
            return null;
        }

        // RFC 8693: the party that acts must be the application that the token was given to.
        if (token.Shape.HasActor && !application.Is(token.Shape.Actor))
        {
            return null;
        }

        var caller = CallerThrough(application, token.Issuer.PartnerId, token.Shape.Scopes);
        return application.Is(token.Subject)
            ? caller with { ApplicationAlone = true }
            : WithIdentities(caller, registrations.Links);
    }

    private static Caller CallerThrough(ApplicationRow application, Guid partnerId, IEnumerable<string> scopes) => new()
    {
        PartnerId = partnerId,
        ApplicationId = application.Id,
        Scopes = scopes.Intersect(Words(application.Scopes), StringComparer.Ordinal).ToHashSet(StringComparer.Ordinal),
        Purposes = Purposes(application.Purposes),
    };

    private static Caller WithIdentities(Caller caller, IReadOnlyList<LinkRow> links)
    {
        // Roles are null where the practitioner is suspended. Two practitioners are none: the ledger must not guess.
        var practitioner = links.Where(link => link is { Kind: "practitioner", Roles: not null }).ToList() is [var only] ? only : null;
        return caller with
        {
            PractitionerId = practitioner?.TargetId,
            PractitionerRoles = Words(practitioner?.Roles ?? ""),
            MayDeclareEmergency = practitioner?.MayDeclareEmergency ?? false,
            ClientIds = Targets(links, "client"),
            RepresentativeIds = Targets(links, "representative"),
        };
    }

    private static List<Guid> Targets(IReadOnlyList<LinkRow> links, string kind) =>
        [.. links.Where(link => link.Kind == kind).Select(link => link.TargetId)];

    private static HashSet<PurposeOfUse> Purposes(string codes)
    {
        var purposes = new HashSet<PurposeOfUse>();
        foreach (var code in Words(codes))
        {
            // A code that this version does not know permits nothing.
            if (PurposeOfUse.TryParse(code, out var purpose))
            {
                purposes.Add(purpose);
            }
        }

        return purposes;
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private sealed record Registrations(long PartnerAccessVersion, ApplicationRow? Application, IReadOnlyList<LinkRow> Links)
    {
        public Standing Standing => new()
        {
            PartnerAccessVersion = PartnerAccessVersion,
            Links = Links.Count,
            NewestLink = Links.Count == 0 ? null : Links.Max(link => link.CreatedAt),
        };
    }

    /// <summary>Whoever was found, and what that rests on beside the token.</summary>
    private sealed record Found(SignedIn SignedIn, AcceptedToken Token, Standing Standing);

    /// <summary>What moves whenever the rows that a caller is made from are changed.</summary>
    private sealed record Standing
    {
        public required long PartnerAccessVersion { get; init; }

        public required int Links { get; init; }

        public DateTimeOffset? NewestLink { get; init; }
    }

    private sealed record ApplicationRow
    {
        public required Guid Id { get; init; }

        public required string Code { get; init; }

        public string? Subject { get; init; }

        public required string Scopes { get; init; }

        public required string Purposes { get; init; }

        public bool Is(string? subject) => subject is not null && (subject == Code || subject == Subject);
    }

    private sealed record LinkRow
    {
        public required string Kind { get; init; }

        public required Guid TargetId { get; init; }

        public required DateTimeOffset CreatedAt { get; init; }

        public string? Roles { get; init; }

        public bool? MayDeclareEmergency { get; init; }
    }
}
