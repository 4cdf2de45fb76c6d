using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Records.Clients;

/// <summary>A person in care, to be registered.</summary>
internal sealed record CreateClient
{
    public const string Example = """
        { "externalId": "mrn-20417", "name": { "given": "Sofia", "family": "Lund" }, "birthDate": "1987-11-23",
          "timeZone": "Europe/Stockholm", "language": "sv" }
        """;

    /// <summary>Your own id for the client; unique among your clients.</summary>
    public string? ExternalId { get; init; }

    /// <summary>The <c>sub</c> the client signs in with. Only an application that acts alone may name it.</summary>
    public string? Subject { get; init; }

    public ClientName? Name { get; init; }

    /// <summary>Decides from when the client consents alone.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>IANA time zone, such as <c>Europe/London</c>.</summary>
    public string? TimeZone { get; init; }

    /// <summary>BCP 47 language tag.</summary>
    public string? Language { get; init; }

    /// <summary>Who cares for the client. A practitioner who creates a client may name nobody else.</summary>
    public IReadOnlyList<NewCareRelationship>? CareRelationships { get; init; }

    public ClientContent ToContent() => new()
    {
        Name = Name,
        BirthDate = BirthDate,
        TimeZone = TimeZone,
        Language = Language,
        ExternalId = ExternalId,
    };

    internal sealed class Validator : AbstractValidator<CreateClient>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(client => client.ExternalId).ExternalId();
            RuleFor(client => client.Subject).Length(1, 200);
            RuleFor(client => client.Name).SetValidator(new ClientNameValidator()!);
            RuleFor(client => client.BirthDate).PlausibleBirthDate(time);
            RuleFor(client => client.TimeZone).TimeZone();
            RuleFor(client => client.Language).Language();
            RuleFor(client => client.CareRelationships).AtMost(50);
            RuleForEach(client => client.CareRelationships).SetValidator(new NewCareRelationship.Validator());
        }
    }
}

/// <summary>A practitioner's part in the care of a new client.</summary>
internal sealed record NewCareRelationship
{
    public required Guid PractitionerId { get; init; }

    /// <summary>The part, in lower case, such as <c>therapist</c>.</summary>
    public string Role { get; init; } = "therapist";

    internal sealed class Validator : AbstractValidator<NewCareRelationship>
    {
        public Validator() => RuleFor(relationship => relationship.Role).CareRole();
    }
}

/// <summary>What may be changed of a client, as a merge patch.</summary>
[ServerSets("id", "externalId", "version", "etag", "createdAt", "updatedAt")]
internal sealed record ClientChange
{
    public const string Example = """
        { "name": { "given": "Ines", "family": "Moreau", "preferred": "Nes" }, "language": "fr" }
        """;

    public ClientName? Name { get; init; }

    /// <summary>Only as a correction: give <c>birthDateEvidence</c> with it.</summary>
    public DateOnly? BirthDate { get; init; }

    /// <summary>What shows the right birth date, such as <c>passport seen</c>; kept with the version.</summary>
    public string? BirthDateEvidence { get; init; }

    public string? TimeZone { get; init; }

    public string? Language { get; init; }

    public static ClientChange From(ClientContent content) => new()
    {
        Name = content.Name,
        BirthDate = content.BirthDate,
        TimeZone = content.TimeZone,
        Language = content.Language,
    };

    internal sealed class Validator : AbstractValidator<ClientChange>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(client => client.Name).SetValidator(new ClientNameValidator()!);
            RuleFor(client => client.BirthDate).PlausibleBirthDate(time);
            RuleFor(client => client.BirthDateEvidence).Length(1, 500);
            RuleFor(client => client.TimeZone).TimeZone();
            RuleFor(client => client.Language).Language();
        }
    }
}

/// <summary>A sign-in of the client's, to be linked.</summary>
internal sealed record LinkSubject
{
    public const string Example = """
        { "subject": "auth0|5f7c8ec7c33c6c004bbafe82" }
        """;

    /// <summary>The <c>sub</c> of the client's tokens, from the issuer that signed yours.</summary>
    public required string Subject { get; init; }

    internal sealed class Validator : AbstractValidator<LinkSubject>
    {
        public Validator() => RuleFor(link => link.Subject).Length(1, 200);
    }
}

/// <summary>A person in care.</summary>
internal sealed record ClientResponse : IVersioned
{
    public const string Example = """
        { "id": "0197a000-0000-7000-8000-000000000201", "externalId": null,
          "name": { "given": "Ines", "family": "Moreau", "preferred": null }, "birthDate": "1991-04-17", "timeZone": "Europe/Paris",
          "language": "en", "version": 1, "etag": "\"1\"", "createdAt": "2026-05-04T08:00:00Z", "updatedAt": "2026-05-04T08:00:00Z" }
        """;

    public required Guid Id { get; init; }

    public required string? ExternalId { get; init; }

    public required ClientName? Name { get; init; }

    public required DateOnly? BirthDate { get; init; }

    public required string? TimeZone { get; init; }

    public required string? Language { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public required DateTimeOffset CreatedAt { get; init; }

    public required DateTimeOffset UpdatedAt { get; init; }

    public static ClientResponse From(Client client) => new()
    {
        Id = client.Id,
        ExternalId = client.Content.ExternalId,
        Name = client.Content.Name,
        BirthDate = client.Content.BirthDate,
        TimeZone = client.Content.TimeZone,
        Language = client.Content.Language,
        Version = client.Version,
        CreatedAt = client.CreatedAt,
        UpdatedAt = client.UpdatedAt,
    };
}

/// <summary>Which clients.</summary>
internal sealed record ClientQuery : PageQuery
{
    /// <summary>Only the client with this id of yours.</summary>
    [MaxLength(RecordRules.LongestExternalId)]
    public string? ExternalId { get; init; }

    /// <summary><c>exact</c> counts every client that you may see; it decides about each of them.</summary>
    public TotalKind? Total { get; init; }
}

/// <summary>Whether a list over several clients counts them all.</summary>
internal enum TotalKind
{
    Exact,
}

internal sealed class ClientNameValidator : AbstractValidator<ClientName>
{
    public ClientNameValidator()
    {
        RuleFor(name => name.Given).Length(1, 200);
        RuleFor(name => name.Family).Length(1, 200);
        RuleFor(name => name.Preferred).Length(1, 200);
    }
}
