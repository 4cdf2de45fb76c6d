namespace PersonalCareApi.Records.Clients;

/// <summary>What of a client's demographics is sealed.</summary>
internal sealed record ClientContent
{
    public ClientName? Name { get; init; }

    public DateOnly? BirthDate { get; init; }

    /// <summary>What showed the right birth date when it was corrected.</summary>
    public string? BirthDateEvidence { get; init; }

    /// <summary>IANA time zone, for days and reminders in the client's own time.</summary>
    public string? TimeZone { get; init; }

    /// <summary>BCP 47 language the client prefers.</summary>
    public string? Language { get; init; }

    /// <summary>The partner's own id; found again by a keyed digest.</summary>
    public string? ExternalId { get; init; }
}

/// <summary>A person's name.</summary>
/// <param name="Given">Given names, as the person writes them.</param>
/// <param name="Family">Family name, where there is one.</param>
/// <param name="Preferred">What the person wants to be called.</param>
internal sealed record ClientName(string? Given = null, string? Family = null, string? Preferred = null);
