using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;

namespace PersonalCareApi.Partners;

/// <summary>A professional, to be registered.</summary>
internal sealed record CreatePractitioner
{
    public const string Example = """
        { "externalId": "staff-311", "name": "Priya Raman", "roles": [ "therapist" ] }
        """;

    /// <summary>Your own id; unique among your practitioners.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The <c>sub</c> they sign in with, from the issuer that signed your token.</summary>
    public string? Subject { get; init; }

    public required string Name { get; init; }

    /// <summary>Codes such as <c>therapist</c>; consents may speak of them.</summary>
    public IReadOnlyList<string> Roles { get; init; } = [];

    /// <summary>Whether they may declare an emergency.</summary>
    public bool MayDeclareEmergency { get; init; }

    /// <summary>The practitioner who signs their notes with them, while they are in training.</summary>
    public Guid? SupervisorId { get; init; }

    internal sealed class Validator : AbstractValidator<CreatePractitioner>
    {
        public Validator()
        {
            RuleFor(practitioner => practitioner.ExternalId).ExternalId();
            RuleFor(practitioner => practitioner.Subject).Length(1, 200);
            RuleFor(practitioner => practitioner.Name).NotEmpty().MaximumLength(200);
            RuleFor(practitioner => practitioner.Roles).AtMost(PractitionerLimits.MostRoles);
            RuleForEach(practitioner => practitioner.Roles).CareRole();
        }
    }
}

internal static class PractitionerLimits
{
    public const int MostRoles = 20;
}

/// <summary>What may be changed of a practitioner, as a merge patch.</summary>
[ServerSets("id", "externalId", "suspendedAt", "version", "etag", "createdAt", "updatedAt")]
internal sealed record PractitionerChange
{
    public const string Example = """
        { "roles": [ "therapist", "supervisor" ] }
        """;

    public required string Name { get; init; }

    public IReadOnlyList<string> Roles { get; init; } = [];

    public bool MayDeclareEmergency { get; init; }

    /// <summary>The practitioner who signs their notes with them; null once they sign alone.</summary>
    public Guid? SupervisorId { get; init; }

    public static PractitionerChange From(Practitioner practitioner) => new()
    {
        Name = practitioner.Name,
        Roles = practitioner.RoleCodes,
        MayDeclareEmergency = practitioner.MayDeclareEmergency,
        SupervisorId = practitioner.SupervisorId,
    };

    internal sealed class Validator : AbstractValidator<PractitionerChange>
    {
        public Validator()
        {
            RuleFor(practitioner => practitioner.Name).NotEmpty().MaximumLength(200);
            RuleFor(practitioner => practitioner.Roles).AtMost(PractitionerLimits.MostRoles);
            RuleForEach(practitioner => practitioner.Roles).CareRole();
        }
    }
}

/// <summary>A professional who cares.</summary>
internal sealed record PractitionerResponse : IVersioned
{
    public const string Example = """
        { "id": "0197a000-0000-7000-8000-000000000103", "externalId": null, "name": "Adaeze Obi",
          "roles": [ "therapist", "supervisor" ], "mayDeclareEmergency": true, "supervisorId": null, "suspendedAt": null,
          "version": 1, "etag": "\"1\"", "createdAt": "2026-05-04T08:00:00Z", "updatedAt": "2026-05-04T08:00:00Z" }
        """;

    public required Guid Id { get; init; }

    public required string? ExternalId { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Roles { get; init; }

    public required bool MayDeclareEmergency { get; init; }

    /// <summary>The practitioner who signs their notes with them, while they are in training; null otherwise.</summary>
    public required Guid? SupervisorId { get; init; }

    /// <summary>Since when every access is ended; null while active.</summary>
    public required DateTimeOffset? SuspendedAt { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static PractitionerResponse From(Practitioner practitioner) => new()
    {
        Id = practitioner.Id,
        ExternalId = practitioner.ExternalId,
        Name = practitioner.Name,
        Roles = practitioner.RoleCodes,
        MayDeclareEmergency = practitioner.MayDeclareEmergency,
        SupervisorId = practitioner.SupervisorId,
        SuspendedAt = practitioner.SuspendedAt,
        Version = practitioner.Version,
        CreatedAt = practitioner.CreatedAt,
        UpdatedAt = practitioner.UpdatedAt,
    };
}

/// <summary>Which practitioners.</summary>
internal sealed record PractitionerQuery : PageQuery
{
    /// <summary>Only the practitioner with this id of yours.</summary>
    [MaxLength(RecordRules.LongestExternalId)]
    public string? ExternalId { get; init; }
}
