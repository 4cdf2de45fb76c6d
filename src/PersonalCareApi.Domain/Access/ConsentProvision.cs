namespace PersonalCareApi.Domain.Access;

public enum ProvisionEffect
{
    Permit,
    Deny,
}

public enum GranteeKind
{
    Practitioner,
    Role,
    CareTeam,
    Application,
    Partner,
}

/// <summary>Whom a provision speaks of.</summary>
/// <param name="Kind">
/// <c>Practitioner</c> and <c>Application</c> name one by <paramref name="Id"/>; <c>Role</c> every practitioner of the
/// client's partner with the role <paramref name="Code"/>; <c>CareTeam</c> every practitioner with an active care
/// relationship; <c>Partner</c> every practitioner and application of the client's partner.
/// </param>
public sealed record Grantee(GranteeKind Kind, Guid? Id = null, string? Code = null);

/// <summary>One permit or deny inside a consent. All its criteria must match; within one criterion any value does.</summary>
/// <remarks>
/// A null criterion was left out. A permit must name grantees, categories, actions and purposes; one that does not
/// matches nothing. In a deny, a criterion left out matches everything.
/// </remarks>
public sealed record ConsentProvision
{
    public required ProvisionEffect Effect { get; init; }

    public IReadOnlyList<Grantee>? Grantees { get; init; }

    /// <summary>The word <c>all</c> has been resolved by <see cref="DataCategories.AllInAProvision"/> when read.</summary>
    public IReadOnlyList<DataCategory>? Categories { get; init; }

    public IReadOnlyList<DataAction>? Actions { get; init; }

    public IReadOnlyList<PurposeOfUse>? Purposes { get; init; }

    /// <summary>In a permit: the closing labels it opens. In a deny: it reaches only items with one of these.</summary>
    public Sensitivity Sensitivities { get; init; }

    /// <summary>When the provision is in force.</summary>
    public Period Period { get; init; } = Period.Always;

    /// <summary>Only items whose fact happened in it.</summary>
    public Period? DataPeriod { get; init; }

    /// <summary>Only items recorded by one of these.</summary>
    public IReadOnlyList<Guid>? AuthoredBy { get; init; }

    /// <summary>Only items of one of these parts.</summary>
    public IReadOnlyList<string>? Parts { get; init; }

    /// <summary>Whether it is judged item by item, so that a deny of this kind never refuses a whole request.</summary>
    public bool HasItemCriteria =>
        Sensitivities != Sensitivity.None || DataPeriod is not null || AuthoredBy is not null || Parts is not null;
}

public enum ConsentStatus
{
    Draft,
    Active,
    Superseded,
    Withdrawn,
}

/// <summary>One recorded decision of a client, as the engine sees it.</summary>
public sealed record RecordedConsent
{
    public required Guid Id { get; init; }

    public required int Version { get; init; }

    public required ConsentStatus Status { get; init; }

    /// <summary>Null when it could not be read or understood: then everyone but the client is denied.</summary>
    public required IReadOnlyList<ConsentProvision>? Provisions { get; init; }

    /// <summary>When the consent was given; the client's age then and now both count.</summary>
    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>Whether a representative with authority gave or authorised it.</summary>
    public bool GivenOrAuthorisedByRepresentative { get; init; }

    /// <summary>
    /// Whether it was given by an explicit act of its own (not bundled in a wording), which consents for research and
    /// marketing need.
    /// </summary>
    public bool ExplicitAct { get; init; }
}
