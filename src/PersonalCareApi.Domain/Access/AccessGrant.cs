namespace PersonalCareApi.Domain.Access;

/// <summary>
/// The proof of a yes: this caller, this record, this use, this purpose, this reach, until this instant, on this basis.
/// </summary>
/// <remarks>
/// Only <see cref="ConsentEngine"/> makes one, and no statement on client data runs without one: with the engine
/// replaced by something that always says yes there is still no grant to bind, and so no data.
/// </remarks>
public sealed class AccessGrant
{
    private long labelsMet;

    internal AccessGrant()
    {
    }

    public required Caller Caller { get; init; }

    /// <summary>As whom the caller acts on this record: the author of what is written under this grant.</summary>
    public required Party ActingAs { get; init; }

    public required Guid PartnerId { get; init; }

    public required Guid ClientId { get; init; }

    public required DataUse Use { get; init; }

    public required PurposeOfUse Purpose { get; init; }

    /// <summary>Which items of the category the grant reaches.</summary>
    public required Reach Reach { get; init; }

    public required DecisionBasis Basis { get; init; }

    public required Obligations Obligations { get; init; }

    /// <summary>When the grant was made.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>The instant from which the basis no longer holds by its own period; null when it has no end.</summary>
    public required DateTimeOffset? Until { get; init; }

    /// <summary>The versions of what the decision saw; the data statement compares them.</summary>
    public required long AccessVersion { get; init; }

    /// <inheritdoc cref="AccessVersion"/>
    public required long PartnerAccessVersion { get; init; }

    /// <summary>The labels of every item touched under the grant so far: those an answer made from them must be taken to carry.</summary>
    public Sensitivity LabelsMet => (Sensitivity)Interlocked.Read(ref labelsMet);

    /// <summary>Notes that an item with these labels was touched. It only ever adds, and widens nothing.</summary>
    public void Meets(Sensitivity labels) => Interlocked.Or(ref labelsMet, (long)labels);

    /// <summary>Whether the grant reaches an item with these facts; asked before every insert.</summary>
    public bool Covers(ItemFacts item) => Reach.Covers(item);
}
