using FluentValidation;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>That your organisation holds the licence of an instrument.</summary>
[ServerSets("id", "instrument", "recordedBy", "recordedAt", "endedAt", "etag")]
internal sealed record RecordInstrumentLicence
{
    public const string Example = """
        { "reference": "Agreement of 2 March 2026 with Mapi Research Trust, no. 81-204" }
        """;

    /// <summary>By what the licence is found: a contract and its number, a letter of permission and its date.</summary>
    public required string Reference { get; init; }

    internal sealed class Validator : AbstractValidator<RecordInstrumentLicence>
    {
        public Validator() => RuleFor(licence => licence.Reference).NotEmpty().MaximumLength(500);
    }
}

/// <summary>Every licence of one instrument that your organisation has recorded, oldest first.</summary>
internal sealed record InstrumentLicenceList
{
    public required IReadOnlyList<InstrumentLicenceResponse> Items { get; init; }
}

/// <summary>That your organisation holds, or held, the licence of an instrument.</summary>
internal sealed record InstrumentLicenceResponse : IVersioned
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e50", "instrument": "isi",
          "reference": "Agreement of 2 March 2026 with Mapi Research Trust, no. 81-204",
          "recordedBy": { "kind": "application", "id": "0197a000-0000-7000-8000-000000000010" },
          "recordedAt": "2026-05-04T08:00:00Z", "endedAt": null, "etag": "\"1\"" }
        """;

    public required Guid Id { get; init; }

    public required string Instrument { get; init; }

    public required string Reference { get; init; }

    public required PartyResponse RecordedBy { get; init; }

    public required DateTimeOffset RecordedAt { get; init; }

    /// <summary>Since when it is no longer held; null while it is.</summary>
    public required DateTimeOffset? EndedAt { get; init; }

    public string Etag => ETags.For(Number);

    int IVersioned.Version => Number;

    private int Number => NumberOf(EndedAt);

    /// <summary>It is recorded, and it may be ended: the two states it ever has.</summary>
    public static int NumberOf(DateTimeOffset? endedAt) => endedAt is null ? 1 : 2;

    public static InstrumentLicenceResponse From(InstrumentLicence licence) => new()
    {
        Id = licence.Id,
        Instrument = licence.Instrument,
        Reference = licence.Reference,
        RecordedBy = licence.RecordedBy,
        RecordedAt = licence.RecordedAt,
        EndedAt = licence.EndedAt,
    };
}
