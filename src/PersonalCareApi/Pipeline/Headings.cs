using Microsoft.OpenApi;

namespace PersonalCareApi.Pipeline;

/// <summary>The headings of the document, in the order in which a newcomer reads them, each with what stands under it.</summary>
internal static class Headings
{
    private static readonly (string Name, string Description)[] InOrder =
    [
        ("me", "Who you are here, and what you may ask for."),
        ("clients", "The people in care whose records these are."),
        ("care-relationships", "Who cares for a client, in which role, from when until when."),
        ("consents", "What the client permits and denies: every use of the record rests on it."),
        ("assessments", "Instruments administered to a client, scored by the server."),
        ("goals", "Goals that client and practitioner set together, and how they come along."),
        ("access-history", "Who used the client's data, what for, on which consent, and who was refused."),
        ("instruments", "Published questionnaires with their keys, licences and sources."),
        ("practitioners", "The professionals who care, as you register them."),
        ("applications", "Your applications, and the most that each may do."),
        ("issuers", "Who signs the tokens of your people."),
        ("settings", "What you settle for all your records."),
        ("health", "Whether the program lives, and whether it can serve."),
    ];

    /// <summary>The headings in use; one that is not known here comes last, without a word.</summary>
    public static HashSet<OpenApiTag> Of(IReadOnlySet<string> used) =>
    [
        .. InOrder.Where(heading => used.Contains(heading.Name))
            .Select(heading => new OpenApiTag { Name = heading.Name, Description = heading.Description }),
        .. used.Except(InOrder.Select(heading => heading.Name)).Order(StringComparer.Ordinal).Select(name => new OpenApiTag { Name = name }),
    ];
}
