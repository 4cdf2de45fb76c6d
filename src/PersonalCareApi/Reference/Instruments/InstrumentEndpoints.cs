using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Reference.Instruments;

internal static class InstrumentEndpoints
{
    public static void MapInstruments(this IEndpointRouteBuilder v1)
    {
        // Made here and not when first asked for: with a faulty definition the program does not start.
        _ = v1.ServiceProvider.GetRequiredService<InstrumentLibrary>();

        var instruments = v1.MapGroup("/instruments").WithTags("instruments").RequireAuthorization()
            .WithMetadata(new NoClientData("Published questionnaires with their keys."));
        instruments.MapHandler(HttpMethods.Get, "/", List).WithName("ListInstruments");
        instruments.MapHandler(HttpMethods.Get, "/{code}", Get).WithName("GetInstrument");
        instruments.MapHandler(HttpMethods.Get, "/{code}/versions/{version}", GetVersion).WithName("GetInstrumentVersion");
    }

    /// <summary>Lists the instruments of the library, and whether you can administer each.</summary>
    /// <remarks>One whose licence has to be held is not available until your organisation records that it holds it.</remarks>
    private static async Task<Ok<InstrumentList>> List(
        HttpContext http, InstrumentLibrary library, InstrumentLicenceRepository licences, CancellationToken ct)
    {
        var held = await licences.Held(http.Caller().PartnerId, ct);
        return Ok(new InstrumentList
        {
            Items =
            [
                .. library.All
                    .GroupBy(instrument => instrument.Code)
                    .Select(versions => InstrumentSummary.From(library.Find(versions.Key)!, held)),
            ],
            Notice = InstrumentLibrary.LoincNotice,
        });
    }

    /// <summary>Gets the newest version of an instrument: items, options, scoring key, and of each fact its status and source.</summary>
    private static Results<Ok<InstrumentResponse>, Problem> Get(string code, InstrumentLibrary library) =>
        library.Find(code) is { } instrument ? Ok(InstrumentResponse.From(instrument)) : Problems.NotFound();

    /// <summary>Gets one version of an instrument, as old assessments were scored with it.</summary>
    private static Results<Ok<InstrumentResponse>, Problem> GetVersion(string code, string version, InstrumentLibrary library) =>
        library.Find(code, version) is { } instrument ? Ok(InstrumentResponse.From(instrument)) : Problems.NotFound();
}

/// <summary>The instruments, each in a few words.</summary>
internal sealed record InstrumentList
{
    public required IReadOnlyList<InstrumentSummary> Items { get; init; }

    /// <summary>The notice that the LOINC licence asks for.</summary>
    public required string Notice { get; init; }
}

/// <summary>An instrument in a few words.</summary>
internal sealed record InstrumentSummary
{
    public required string Code { get; init; }

    public required string Version { get; init; }

    public required string Name { get; init; }

    public required IReadOnlyList<string> Domains { get; init; }

    public required int ItemCount { get; init; }

    public required string Recall { get; init; }

    public required Licence Licence { get; init; }

    /// <summary>Whether you can administer it.</summary>
    public required bool Available { get; init; }

    /// <summary>Why you cannot; null where you can.</summary>
    public required string? NotAvailableBecause { get; init; }

    public static InstrumentSummary From(Instrument instrument, IReadOnlySet<string> held) => new()
    {
        Code = instrument.Code,
        Version = instrument.Version,
        Name = instrument.Name,
        Domains = instrument.Domains,
        ItemCount = instrument.Items.Count,
        Recall = instrument.Recall,
        Licence = instrument.Licence,
        Available = instrument.EnabledByDefault || held.Contains(instrument.Code),
        NotAvailableBecause = instrument.EnabledByDefault || held.Contains(instrument.Code)
            ? null
            : $"Its licence has to be held ({instrument.Licence.Holder}); your organisation has not recorded that it is.",
    };
}

/// <summary>A whole instrument and the notice that goes with its codes.</summary>
internal sealed record InstrumentResponse
{
    public required Instrument Instrument { get; init; }

    /// <summary>The notice that the LOINC licence asks for.</summary>
    public required string Notice { get; init; }

    public static InstrumentResponse From(Instrument instrument) =>
        new() { Instrument = instrument, Notice = InstrumentLibrary.LoincNotice };
}
