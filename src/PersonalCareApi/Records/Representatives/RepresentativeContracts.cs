using System.ComponentModel.DataAnnotations;
using FluentValidation;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Consents;

namespace PersonalCareApi.Records.Representatives;

/// <summary>Somebody who may act for the client, to be recorded.</summary>
internal sealed record CreateRepresentative
{
    public const string Example = """
        { "relation": "health-care-proxy", "name": "Camille Moreau", "categories": [ "demographics", "goals" ], "actions": [ "read" ],
          "period": { "from": "2026-05-04T08:00:00Z" }, "evidence": "Signed power of attorney, seen in original.",
          "endsWhenClientMayConsentAlone": false }
        """;

    /// <summary>The <c>sub</c> they sign in with. Only an application that acts alone may name it.</summary>
    public string? Subject { get; init; }

    /// <summary>What they are to the client, in lower case, such as <c>parent</c>, <c>guardian</c> or <c>health-care-proxy</c>.</summary>
    public required string Relation { get; init; }

    /// <summary>Who it is, in words by which the client knows them.</summary>
    public string? Name { get; init; }

    /// <summary>What the authority covers. The journal, the access history and process notes it never covers.</summary>
    public required IReadOnlyList<string> Categories { get; init; }

    public required IReadOnlyList<string> Actions { get; init; }

    /// <summary>From when until when; from now on, without end, where it is left out.</summary>
    public PeriodContent? Period { get; init; }

    /// <summary>What shows the authority, such as <c>birth certificate seen</c>.</summary>
    public required string Evidence { get; init; }

    /// <summary>
    /// True for a parent or guardian of a minor: it ends on the day from which the client consents alone. False for one that
    /// does not rest on the client's age, such as a health-care proxy.
    /// </summary>
    public bool EndsWhenClientMayConsentAlone { get; init; } = true;

    internal sealed class Validator : AbstractValidator<CreateRepresentative>
    {
        private const int MostWords = 20;

        public Validator(TimeProvider time)
        {
            RuleFor(representative => representative.Subject).Length(1, 200);
            RuleFor(representative => representative.Relation).CareRole();
            RuleFor(representative => representative.Name).Length(1, 200);
            RuleFor(representative => representative.Categories).Within(new Limits { MinItems = 1, MaxItems = MostWords })
                .WithErrorCode(FaultCodes.WrongLength).WithMessage("Must name at least one category.");
            RuleForEach(representative => representative.Categories)
                .OneOf([.. DataCategories.All.Except(DataCategories.NeverRepresented).Select(category => category.Code())]);
            RuleFor(representative => representative.Actions).Within(new Limits { MinItems = 1, MaxItems = MostWords })
                .WithErrorCode(FaultCodes.WrongLength).WithMessage("Must name at least one action.");
            RuleForEach(representative => representative.Actions)
                .OneOf([.. Enum.GetValues<DataAction>().Select(action => action.Code())]);
            RuleFor(representative => representative.Period)
                .Must(period => period?.Until is not { } until || until > (period.From ?? time.GetUtcNow()))
                .WithErrorCode(FaultCodes.OutOfRange).WithMessage("Must end after it begins.");
            RuleFor(representative => representative.Evidence).NotEmpty().MaximumLength(2000);
        }
    }
}

/// <summary>A sign-in of the representative's, to be linked.</summary>
internal sealed record LinkRepresentative
{
    public const string Example = """
        { "subject": "auth0|5f7c8ec7c33c6c004bbafe83" }
        """;

    /// <summary>The <c>sub</c> of their tokens, from the issuer that signed yours.</summary>
    public required string Subject { get; init; }

    internal sealed class Validator : AbstractValidator<LinkRepresentative>
    {
        public Validator() => RuleFor(link => link.Subject).Length(1, 200);
    }
}

/// <summary>Somebody who may act for the client.</summary>
internal sealed record RepresentativeResponse : IVersioned
{
    public const string Example = """
        { "id": "0197a000-0000-7000-8000-000000000301", "clientId": "0197a000-0000-7000-8000-000000000202", "relation": "parent",
          "name": null, "categories": [ "demographics", "consents" ], "actions": [ "read", "write" ],
          "period": { "from": "2026-05-04T08:00:00Z", "until": null }, "endsWhenClientMayConsentAlone": true,
          "endsAt": "2030-09-01T22:00:00Z", "evidence": "Birth certificate seen.",
          "recordedBy": { "kind": "application", "id": "0197a000-0000-7000-8000-000000000022" }, "recordedAt": "2026-05-04T08:00:00Z",
          "termination": null, "version": 1, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required Guid ClientId { get; init; }

    [MaxLength(64)]
    public required string Relation { get; init; }

    [MaxLength(200)]
    public required string? Name { get; init; }

    public required IReadOnlyList<string> Categories { get; init; }

    public required IReadOnlyList<string> Actions { get; init; }

    public required PeriodContent Period { get; init; }

    public required bool EndsWhenClientMayConsentAlone { get; init; }

    /// <summary>When it ends: with its period, or before it on the day from which the client consents alone.</summary>
    public required DateTimeOffset? EndsAt { get; init; }

    /// <summary>Null where the purpose, such as payment, needs no narrative.</summary>
    public required string? Evidence { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Who ended it before its time.</summary>
    public required FactResponse? Termination { get; init; }

    public required int Version { get; init; }

    public string Etag => ETags.For(Version);

    public static RepresentativeResponse From(AccessGrant grant, Representative representative, RecordFacts facts)
    {
        var content = representative.Content;
        var narrative = !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
        return new RepresentativeResponse
        {
            Id = representative.Id,
            ClientId = grant.ClientId,
            Relation = content.Relation,
            Name = content.Name,
            Categories = content.Categories,
            Actions = content.Actions,
            Period = content.Period,
            EndsWhenClientMayConsentAlone = content.EndsWhenClientMayConsentAlone,
            EndsAt = ConsentEngine.EndOf(representative.Authority, facts),
            Evidence = narrative ? content.Evidence : null,
            RecordedBy = content.RecordedBy,
            RecordedAt = content.RecordedAt,
            Termination = FactResponse.From(content.Termination, narrative),
            Version = representative.Version,
        };
    }
}
