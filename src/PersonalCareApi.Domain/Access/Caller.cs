namespace PersonalCareApi.Domain.Access;

/// <summary>As what somebody acts, or whom a provision or an entry speaks of.</summary>
public enum PartyKind
{
    Practitioner,
    Client,
    Representative,
    Application,
}

/// <summary>Somebody or something that acts, by kind and id.</summary>
public sealed record Party(PartyKind Kind, Guid Id)
{
    /// <summary>The kind as it stands in JSON and the ledger.</summary>
    public string KindCode => Kind switch
    {
        PartyKind.Practitioner => "practitioner",
        PartyKind.Client => "client",
        PartyKind.Representative => "representative",
        PartyKind.Application => "application",
        _ => throw new ArgumentOutOfRangeException(nameof(Kind), Kind, "Not a party."),
    };

    public static bool TryParseKind(string code, out PartyKind kind)
    {
        (var known, kind) = code switch
        {
            "practitioner" => (true, PartyKind.Practitioner),
            "client" => (true, PartyKind.Client),
            "representative" => (true, PartyKind.Representative),
            "application" => (true, PartyKind.Application),
            _ => (false, default),
        };
        return known;
    }
}

/// <summary>
/// Whoever sends the request, as the token and the partner's registrations say, before any record is looked at.
/// </summary>
/// <remarks>
/// One subject may be several: a practitioner who is a client elsewhere, a parent who represents two children.
/// <see cref="ConsentEngine"/> settles for each record as which of them the caller acts.
/// </remarks>
public sealed record Caller
{
    /// <summary>The role of those who look after how the partner's people use records.</summary>
    public const string AuditorRole = "auditor";

    /// <summary>The scope under which an auditor acts as such.</summary>
    public const string AuditScope = "audit:read";

    /// <summary>The scope under which an application alone extracts for research.</summary>
    public const string ResearchScope = "research:extract";

    /// <summary>The scope under which an emergency is declared.</summary>
    public const string EmergencyScope = "emergency:declare";

    public required Guid PartnerId { get; init; }

    /// <summary>The application that sent the request; it goes on the ledger beside the person.</summary>
    public required Guid ApplicationId { get; init; }

    /// <summary>True when the application acts with no person behind it.</summary>
    public bool ApplicationAlone { get; init; }

    public Guid? PractitionerId { get; init; }

    /// <summary>The roles the partner gave this practitioner, for grantees of kind <c>role</c>.</summary>
    public IReadOnlyList<string> PractitionerRoles { get; init; } = [];

    /// <summary>Whether the partner entitles this practitioner to declare an emergency.</summary>
    public bool MayDeclareEmergency { get; init; }

    /// <summary>The clients this subject is; one at most in each partner today, a list for the day records are merged.</summary>
    public IReadOnlyList<Guid> ClientIds { get; init; } = [];

    /// <summary>The representative authorities this subject holds, by id, ended ones included.</summary>
    public IReadOnlyList<Guid> RepresentativeIds { get; init; } = [];

    /// <summary>The scopes of the token that the application may use.</summary>
    public IReadOnlySet<string> Scopes { get; init; } = new HashSet<string>();

    /// <summary>The purposes registered for the application, exactly as registered.</summary>
    public IReadOnlySet<PurposeOfUse> Purposes { get; init; } = new HashSet<PurposeOfUse>();

    /// <summary>Whether the caller is one of the partner's auditors, and the token says that they audit now.</summary>
    public bool IsAuditor => PractitionerRoles.Contains(AuditorRole, StringComparer.Ordinal) && Scopes.Contains(AuditScope);

    /// <summary>Who the caller is where no record settles it: the person before the application.</summary>
    public Party Foremost() => this switch
    {
        { PractitionerId: { } practitioner } => new Party(PartyKind.Practitioner, practitioner),
        { ClientIds: [var client, ..] } => new Party(PartyKind.Client, client),
        { RepresentativeIds: [var representative, ..] } => new Party(PartyKind.Representative, representative),
        _ => new Party(PartyKind.Application, ApplicationId),
    };
}
