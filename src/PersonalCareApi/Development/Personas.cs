using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Development;

/// <summary>A made-up partner. Its code is the audience of its tokens.</summary>
internal sealed record DemoPartner(Guid Id, Guid IssuerId, string Code, string Name);

/// <summary>A made-up partner's application.</summary>
internal sealed record DemoApplication(
    Guid Id, DemoPartner Partner, string Code, string Name, IReadOnlyList<string> Scopes, IReadOnlyList<string> Purposes);

/// <summary>Somebody made up whom the Development server signs in. The name is the subject of the tokens.</summary>
internal sealed record Persona(string Name, string Description, DemoApplication Application, Party Party);

/// <summary>The made-up people of a Development server, with ids that stay the same in every installation.</summary>
internal static class Personas
{
    public static readonly Guid PractitionerId = Id(0x101);
    public static readonly Guid ColleagueId = Id(0x102);
    public static readonly Guid SupervisorId = Id(0x103);
    public static readonly Guid AuditorId = Id(0x104);
    public static readonly Guid ClientId = Id(0x201);
    public static readonly Guid OtherClientId = Id(0x202);
    public static readonly Guid RepresentativeId = Id(0x301);
    public static readonly Guid ElsewherePractitionerId = Id(0x901);
    public static readonly Guid ElsewhereClientId = Id(0x902);

    public static readonly DemoPartner Harbour = new(Id(0x001), Id(0x011), "harbour", "Harbour Teletherapy");
    public static readonly DemoPartner Elsewhere = new(Id(0x002), Id(0x012), "elsewhere", "Elsewhere Care");

    private static readonly string[] AllPurposes = ["TREAT", "ETREAT", "PATRQT", "HPAYMT", "HOPERAT", "HRESCH"];

    private static readonly string[] AllScopes = [.. Scopes.All.Except([Scopes.PartnerAdminister])];

    // What a server does with no person behind it: nothing that is somebody's alone.
    private static readonly string[] PlatformScopes =
    [
        .. Scopes.All.Where(scope => new[] { "journal", "process-notes", "genetics", "access-history" }.All(category =>
            !scope.StartsWith(category + ":", StringComparison.Ordinal))),
    ];

    public static readonly DemoApplication HarbourApp =
        new(Id(0x021), Harbour, "harbour-app", "Harbour's app", AllScopes, AllPurposes);

    public static readonly DemoApplication Platform =
        new(Id(0x022), Harbour, "platform", "Harbour's platform", PlatformScopes, ["TREAT", "HOPERAT", "HRESCH"]);

    public static readonly DemoApplication ElsewhereApp =
        new(Id(0x023), Elsewhere, "elsewhere-app", "Elsewhere's app", AllScopes, AllPurposes);

    public static IReadOnlyList<Persona> All { get; } =
    [
        new("practitioner", "A therapist in whose care the client is", HarbourApp, new(PartyKind.Practitioner, PractitionerId)),
        new("colleague", "A therapist of the same partner with no care relationship", HarbourApp, new(PartyKind.Practitioner, ColleagueId)),
        new("client", "An adult in care", HarbourApp, new(PartyKind.Client, ClientId)),
        new("other-client", "A child in care", HarbourApp, new(PartyKind.Client, OtherClientId)),
        new("representative", "A parent who represents the other client", HarbourApp, new(PartyKind.Representative, RepresentativeId)),
        new("supervisor", "The practitioner's supervisor", HarbourApp, new(PartyKind.Practitioner, SupervisorId)),
        new("auditor", "The partner's auditor", HarbourApp, new(PartyKind.Practitioner, AuditorId)),
        new("platform", "The partner's server, with no person behind it", Platform, new(PartyKind.Application, Platform.Id)),
        new("elsewhere-practitioner", "A therapist of another partner", ElsewhereApp, new(PartyKind.Practitioner, ElsewherePractitionerId)),
        new("elsewhere-client", "A client of another partner", ElsewhereApp, new(PartyKind.Client, ElsewhereClientId)),
    ];

    public static Persona? Named(string? name) => All.FirstOrDefault(persona => persona.Name == name);

    private static Guid Id(int number) => Guid.Parse($"0197a000-0000-7000-8000-{number:x12}");
}
