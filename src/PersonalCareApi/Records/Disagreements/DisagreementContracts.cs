using FluentValidation;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Records.Disagreements;

/// <summary>That the client sees it otherwise.</summary>
internal sealed record Disagree
{
    public const string Example = """
        { "text": "I did not say that. I had slept badly, not for weeks." }
        """;

    /// <summary>It is shown, word by word, wherever the item is.</summary>
    public required string Text { get; init; }

    internal sealed class Validator : AbstractValidator<Disagree>
    {
        public Validator() => RuleFor(disagreement => disagreement.Text).NotEmpty().MaximumLength(3000);
    }
}

/// <summary>What the client, or a representative, says against an item.</summary>
internal sealed record DisagreementResponse
{
    public const string Example = """
        { "id": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "itemId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3e",
          "by": { "kind": "client", "id": "0197a000-0000-7000-8000-000000000201" }, "at": "2026-05-04T10:00:00Z",
          "text": "I did not say that. I had slept badly, not for weeks." }
        """;

    /// <summary>More than anybody needs, so that an answer stays bounded.</summary>
    public const int MostOfOneItem = 100;

    public required Guid Id { get; init; }

    /// <summary>What it is said against.</summary>
    public required Guid ItemId { get; init; }

    public required PartyResponse By { get; init; }

    public required DateTimeOffset At { get; init; }

    /// <summary>Null where the purpose, such as payment, needs no narrative: that there is one is told all the same.</summary>
    public required string? Text { get; init; }

    public static DisagreementResponse From(AccessGrant grant, Disagreement disagreement) => new()
    {
        Id = disagreement.Id,
        ItemId = disagreement.ItemId,
        By = disagreement.Content.By,
        At = disagreement.RecordedAt,
        Text = grant.Obligations.HasFlag(Obligations.MinimumNecessary) ? null : disagreement.Content.Text,
    };

    public static IReadOnlyList<DisagreementResponse> Of(AccessGrant grant, IReadOnlyList<Disagreement> disagreements) =>
        [.. disagreements.Select(disagreement => From(grant, disagreement))];
}
