using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Pipeline;

/// <summary>Every scope that a token can carry here: one for each use of client data, and a few for what is none.</summary>
internal static class Scopes
{
    public const string PractitionersWrite = "practitioners:write";
    public const string InstrumentsWrite = "instruments:write";
    public const string AuditRead = Caller.AuditScope;
    public const string EmergencyDeclare = Caller.EmergencyScope;
    public const string ResearchExtract = Caller.ResearchScope;
    public const string WebhooksManage = "webhooks:manage";

    /// <summary>A partner's issuers, applications and settings: whoever has it decides who is believed.</summary>
    public const string PartnerAdminister = "partner:administer";

    /// <summary>Those for uses of client data, category by category.</summary>
    public static IReadOnlyList<string> OfClientData { get; } =
    [
        .. from category in DataCategories.All
           from action in Enum.GetValues<DataAction>()
           select new DataUse(category, action).Scope,
    ];

    public static IReadOnlyList<string> All { get; } =
        [.. OfClientData, PractitionersWrite, InstrumentsWrite, AuditRead, EmergencyDeclare, ResearchExtract, WebhooksManage, PartnerAdminister];
}
