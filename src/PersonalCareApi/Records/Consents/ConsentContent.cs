using System.ComponentModel.DataAnnotations;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records.Consents;

/// <summary>What of a consent is sealed: what was decided, how it was given, and what became of it.</summary>
internal sealed record ConsentContent
{
    public required EvidenceContent Evidence { get; init; }

    public required IReadOnlyList<ProvisionContent> Provisions { get; init; }

    /// <summary>Who gave it; for a draft recorded on the client's behalf, null until confirmed.</summary>
    public PartyContent? GivenBy { get; init; }

    public required PartyContent RecordedBy { get; init; }

    /// <summary>Representatives who authorised what the client is too young to give alone.</summary>
    public IReadOnlyList<ActContent> Authorisations { get; init; } = [];

    public ActContent? Confirmation { get; init; }

    public ActContent? Withdrawal { get; init; }

    /// <summary>The consent this one took the place of.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>The consent that took its place.</summary>
    public Guid? ReplacedBy { get; init; }

    /// <summary>Since when it is, or from when it was, in force; null for what never was more than a draft.</summary>
    public DateTimeOffset? InForceFrom { get; init; }

    /// <summary>Whether the wording it names was one that the partner had registered, so that it goes no further than was shown.</summary>
    public bool WithinWording { get; init; }

    /// <summary>The provisions as the engine sees them; null where one says something this version does not understand.</summary>
    public IReadOnlyList<ConsentProvision>? ToDomain()
    {
        var provisions = Provisions.Select(provision => provision.ToDomain()).OfType<ConsentProvision>().ToList();

        // One unreadable provision makes the whole consent unreadable: it might have been the denial.
        return provisions.Count == Provisions.Count ? provisions : null;
    }

    public bool GivenOrAuthorisedByRepresentative =>
        GivenBy?.Kind == "representative" || Authorisations.Any(act => act.By.Kind == "representative");
}

/// <summary>Somebody, by kind and id, as JSON has it.</summary>
/// <param name="Kind"><c>practitioner</c>, <c>client</c>, <c>representative</c> or <c>application</c>.</param>
/// <param name="Id">The id.</param>
internal sealed record PartyContent([property: AllowedValues("practitioner", "client", "representative", "application")] string Kind, Guid Id)
{
    public static PartyContent From(Party party) => new(party.KindCode, party.Id);
}

/// <summary>That somebody did something, and when.</summary>
internal sealed record ActContent(PartyContent By, DateTimeOffset At, string? Reason = null);

/// <summary>How a consent was given.</summary>
internal sealed record EvidenceContent
{
    /// <summary><c>electronic-signature</c>, <c>signed-document</c>, <c>recorded-statement</c> or <c>verbal</c>.</summary>
    public required string Method { get; init; }

    /// <summary>When it was given; not in the future.</summary>
    public required DateTimeOffset GivenAt { get; init; }

    /// <summary>Whether it was given by an act of its own, not bundled with others; research and marketing need it.</summary>
    public bool Explicit { get; init; }

    public WordingContent? Wording { get; init; }
}

/// <summary>The text that was shown: its id, version and language.</summary>
internal sealed record WordingContent(string Id, string Version, string Language);

/// <summary>One permit or deny, as JSON has it.</summary>
internal sealed record ProvisionContent
{
    /// <summary><c>permit</c> or <c>deny</c>.</summary>
    public required string Effect { get; init; }

    public IReadOnlyList<GranteeContent>? Grantees { get; init; }

    /// <summary>Names of data categories, or <c>["all"]</c>, which is all but process notes.</summary>
    public IReadOnlyList<string>? Categories { get; init; }

    /// <summary><c>read</c>, <c>write</c>, <c>share</c>.</summary>
    public IReadOnlyList<string>? Actions { get; init; }

    /// <summary>HL7 purposes of use, such as <c>TREAT</c>.</summary>
    public IReadOnlyList<string>? Purposes { get; init; }

    /// <summary>HL7 sensitivity labels: in a permit the labels it opens, in a deny the only ones it reaches.</summary>
    public IReadOnlyList<string>? Sensitivities { get; init; }

    /// <summary>When the provision is in force.</summary>
    public PeriodContent? Period { get; init; }

    /// <summary>Only data whose fact happened in it.</summary>
    public PeriodContent? DataPeriod { get; init; }

    /// <summary>Only data recorded by one of these, by id.</summary>
    public IReadOnlyList<Guid>? AuthoredBy { get; init; }

    /// <summary>Only these parts of the category, such as an instrument's code.</summary>
    public IReadOnlyList<string>? Parts { get; init; }

    /// <summary>The provision as the engine sees it, or null where this version does not understand it.</summary>
    public ConsentProvision? ToDomain()
    {
        if (Effect is not ("permit" or "deny")
            || !ConsentWords.TryAll<GranteeContent, Grantee>(Grantees, GranteeContent.TryDomain, out var grantees)
            || !ConsentWords.TryCategories(Categories, out var categories)
            || !ConsentWords.TryAll<string, DataAction>(Actions, DataActions.TryParse, out var actions)
            || !ConsentWords.TryAll<string, PurposeOfUse>(Purposes, PurposeOfUse.TryParse, out var purposes)
            || !ConsentWords.TryAll<string, Sensitivity>(Sensitivities, Domain.Access.Sensitivities.TryParse, out var labels))
        {
            return null;
        }

        return new ConsentProvision
        {
            Effect = Effect == "permit" ? ProvisionEffect.Permit : ProvisionEffect.Deny,
            Grantees = grantees,
            Categories = categories,
            Actions = actions,
            Purposes = purposes,
            Sensitivities = (labels ?? []).Aggregate(Sensitivity.None, (all, label) => all | label),
            Period = Period?.ToDomain() ?? Domain.Access.Period.Always,
            DataPeriod = DataPeriod?.ToDomain(),
            AuthoredBy = AuthoredBy,
            Parts = Parts,
        };
    }
}

/// <summary>A half-open span of time; null is unbounded.</summary>
internal sealed record PeriodContent(DateTimeOffset? From = null, DateTimeOffset? Until = null)
{
    public Period ToDomain() => new(From, Until);
}

/// <summary>Whom a provision speaks of.</summary>
/// <param name="Kind"><c>practitioner</c>, <c>application</c> (with id), <c>role</c> (with code), <c>care-team</c>, <c>partner</c>.</param>
/// <param name="Id">The practitioner's or application's id.</param>
/// <param name="Code">The role's code.</param>
internal sealed record GranteeContent(
    [property: AllowedValues("practitioner", "application", "role", "care-team", "partner")] string Kind, Guid? Id = null, string? Code = null)
{
    public static bool TryDomain(GranteeContent content, out Grantee grantee)
    {
        grantee = content switch
        {
            { Kind: "practitioner", Id: { } id, Code: null } => new Grantee(GranteeKind.Practitioner, id),
            { Kind: "application", Id: { } id, Code: null } => new Grantee(GranteeKind.Application, id),
            { Kind: "role", Id: null, Code: { } code } => new Grantee(GranteeKind.Role, Code: code),
            { Kind: "care-team", Id: null, Code: null } => new Grantee(GranteeKind.CareTeam),
            { Kind: "partner", Id: null, Code: null } => new Grantee(GranteeKind.Partner),
            _ => null!,
        };
        return grantee is not null;
    }
}

/// <summary>The words of a provision, read strictly: one that is not known makes the list unreadable.</summary>
internal static class ConsentWords
{
    public const string AllCategories = "all";

    public delegate bool TryParse<in TIn, TOut>(TIn word, out TOut value);

    /// <summary>Null stays null, which is a criterion left out.</summary>
    public static bool TryAll<TIn, TOut>(IReadOnlyList<TIn>? words, TryParse<TIn, TOut> parse, out IReadOnlyList<TOut>? values)
    {
        values = null;
        if (words is null)
        {
            return true;
        }

        var parsed = new List<TOut>(words.Count);
        foreach (var word in words)
        {
            if (!parse(word, out var value))
            {
                return false;
            }

            parsed.Add(value);
        }

        values = parsed;
        return true;
    }

    public static bool TryCategories(IReadOnlyList<string>? words, out IReadOnlyList<DataCategory>? categories)
    {
        if (words is [AllCategories])
        {
            categories = DataCategories.AllInAProvision;
            return true;
        }

        return TryAll<string, DataCategory>(words, DataCategories.TryParse, out categories);
    }
}
