using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Plans;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Reference.Modalities;

internal static class ModalityEndpoints
{
    public static void MapModalities(this IEndpointRouteBuilder v1)
    {
        // Made here and not when first asked for: with a faulty definition the program does not start.
        _ = v1.ServiceProvider.GetRequiredService<ModalityLibrary>();

        var modalities = v1.MapGroup("/modalities").WithTags("modalities").RequireAuthorization()
            .WithMetadata(new NoClientData("A catalogue of therapeutic approaches."));
        modalities.MapHandler(HttpMethods.Get, "/", List).WithName("ListModalities");
        modalities.MapHandler(HttpMethods.Get, "/{code}", Get).WithName("GetModality");
    }

    /// <summary>Lists the therapeutic approaches that a plan can name.</summary>
    private static Ok<ModalityList> List(ModalityLibrary library) => Ok(new ModalityList
    {
        Items = [.. library.All.Select(ModalitySummary.From)],
        Notice = ModalityLibrary.Notice,
    });

    /// <summary>Gets a modality: techniques, indications, cautions and usual length, and of each fact its status and source.</summary>
    private static Results<Ok<ModalityResponse>, Problem> Get(string code, ModalityLibrary library) =>
        library.Find(code) is { } modality ? Ok(ModalityResponse.From(modality)) : Problems.NotFound();
}

/// <summary>The modalities, each in a few words.</summary>
internal sealed record ModalityList
{
    public required IReadOnlyList<ModalitySummary> Items { get; init; }

    /// <summary>How the facts are to be read.</summary>
    public required string Notice { get; init; }
}

/// <summary>A modality in a few words.</summary>
internal sealed record ModalitySummary
{
    public required string Code { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Techniques { get; init; }

    /// <summary>For what it is named; how strongly, where and how surely stands in the modality itself.</summary>
    public required IReadOnlyList<string> Problems { get; init; }

    public static ModalitySummary From(Modality modality) => new()
    {
        Code = modality.Code,
        Name = modality.Name,
        Techniques = modality.Techniques,
        Problems = [.. modality.Indications.Select(indication => indication.Problem).Distinct()],
    };
}

/// <summary>A whole modality, and how its facts are to be read.</summary>
internal sealed record ModalityResponse
{
    public const string Example = """
        { "modality": {
            "code": "mbct", "name": "Mindfulness-based cognitive therapy / MBSR",
            "techniques": [ "body scan", "sitting meditation", "3-minute breathing space", "decentering", "home practice" ],
            "indications": [ { "problem": "depression, less severe", "guideline": "NICE NG222 table 1 group mindfulness and meditation",
              "strength": "offer by choice", "status": "confirmed" } ],
            "cautions": [ "meditation adverse effects" ],
            "sessions": [ { "for": "group", "sessions": "8 weekly", "status": "confirmed", "source": null } ],
            "preferenceFit": { "directiveness": "therapist", "emotionalIntensity": "low-moderate", "time": "present",
              "stance": "warm support", "medium": "experiential", "style": "structured", "status": "project mapping, not published" },
            "sources": [ "public review note quoting NG222 and Kuyken 2016" ] },
          "notice": "Preference fit is a mapping of this project, not published evidence." }
        """;

    public required Modality Modality { get; init; }

    /// <summary>How the facts are to be read.</summary>
    public required string Notice { get; init; }

    public static ModalityResponse From(Modality modality) => new() { Modality = modality, Notice = ModalityLibrary.Notice };
}
