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
        ("representatives", "Who may act for a client, for what, and how long."),
        ("safeguards", "Recorded danger from a representative, whose authority rests meanwhile."),
        ("emergency-accesses", "Reading in an emergency: declared, limited in time, told to the client, reviewed by somebody else."),
        ("notices", "What the client is told: emergencies, and what others recorded on their behalf."),
        ("restrictions", "What the client has closed to everybody else until it is lifted."),
        ("erasures", "The end of a record: what was destroyed, what must be kept and until when, with a certificate."),
        ("exports", "Archives of all that somebody may have of the record, to keep elsewhere."),
        ("consents", "What the client permits and denies: every use of the record rests on it."),
        ("consent-wordings", "The texts you show when somebody consents, and what each stands for."),
        ("assessments", "Instruments administered to a client, scored by the server."),
        ("assessment-requests", "Instruments that the client is asked to answer, once or again and again."),
        ("assessments-in-progress", "Instruments in the middle of being answered: whoever answers sees their own, and nobody else any."),
        ("flags", "Critical answers that a person must look at: open until somebody says what was done."),
        ("prompts", "What those who care are asked to look at: why, on which evidence, and what they answered."),
        ("outcomes", "What the assessments come to: change by published definitions, phases compared, charts."),
        ("goals", "Goals that client and practitioner set together, and how they come along."),
        ("sessions", "Sessions planned, held, missed and cancelled."),
        ("session-notes", "What belongs to the record of a session: drafted, signed, cosigned, amended by addenda."),
        ("alliance-check-ins", "How the client rates the alliance."),
        ("process-notes", "A practitioner's private notes: their author's alone, unless released."),
        ("access", "What you may do now, and how a use would be decided and why."),
        ("access-history", "Who used the client's data, what for, on which consent, and who was refused."),
        ("audit-events", "Who used which of your records, and what your practitioners opened: for your auditor, without content."),
        ("instruments", "Published questionnaires with their keys, licences and sources."),
        ("modalities", "Therapeutic approaches, with what is known of each and from where."),
        ("service-outcomes", "What your service comes to as a whole: recovery and reliable change, in counts that point at nobody."),
        ("research-extracts", "What was consented to research, and nothing else, over all your records: pseudonymised, dates shifted."),
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
