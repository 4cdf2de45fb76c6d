using System.Globalization;
using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Reference.Instruments;

internal static class InstrumentEndpoints
{
    public static void MapInstruments(this IEndpointRouteBuilder v1)
    {
        // Made here and not when first asked for: with a faulty definition the program does not start.
        _ = v1.ServiceProvider.GetRequiredService<InstrumentLibrary>();

        var instruments = v1.MapGroup("/instruments").WithTags("instruments").RequireAuthorization()
            .WithMetadata(new NoClientData("Published questionnaires and a partner's own, with their keys."));
        instruments.MapHandler(HttpMethods.Get, "/", List).WithName("ListInstruments");
        instruments.MapHandler(HttpMethods.Get, "/{code}", Get).WithName("GetInstrument").WithMetadata(new AlsoAnswers(MediaTypes.Fhir));
        instruments.MapHandler(HttpMethods.Get, "/{code}/versions", ListVersions).WithName("ListInstrumentVersions");
        instruments.MapHandler(HttpMethods.Get, "/{code}/versions/{version}", GetVersion).WithName("GetInstrumentVersion")
            .WithMetadata(new AlsoAnswers(MediaTypes.Fhir));
    }

    /// <summary>Lists the instruments of the library and those of your own, and whether you can administer each.</summary>
    /// <remarks>One whose licence has to be held is not available until your organisation records that it holds it.</remarks>
    private static async Task<Ok<InstrumentList>> List(
        HttpContext http, InstrumentShelf shelf, InstrumentLicenceRepository licences, CancellationToken ct)
    {
        var held = await licences.Held(http.Caller().PartnerId, ct);
        return Ok(new InstrumentList
        {
            Items = [.. (await shelf.All(http.Caller().PartnerId, ct)).Select(instrument => InstrumentSummary.From(instrument, held))],
            Notice = InstrumentLibrary.LoincNotice,
        });
    }

    /// <summary>Gets the newest version of an instrument: items, options, scoring key, and of each fact its status and source.</summary>
    /// <remarks>
    /// With <c>Accept: application/fhir+json</c> as a FHIR R4 Questionnaire, in which an extension carries what FHIR has no place for:
    /// given to <c>/v1/instruments/conversions</c> it becomes the same definition.
    /// </remarks>
    private static async Task<Results<Ok<InstrumentResponse>, ContentHttpResult, Problem>> Get(
        string code, HttpContext http, InstrumentShelf shelf, CancellationToken ct) =>
        Answer(http, await shelf.Find(http.Caller().PartnerId, code, ct));

    /// <summary>Lists the versions of an instrument, oldest first.</summary>
    private static async Task<Results<Ok<InstrumentVersionList>, Problem>> ListVersions(
        string code, HttpContext http, InstrumentLibrary library, OwnInstrumentRepository own, CancellationToken ct)
    {
        IReadOnlyList<InstrumentVersionSummary> versions = InstrumentShelf.IsOwn(code)
            ? [.. (await own.Versions(http.Caller().PartnerId, code, ct)).Select(InstrumentVersionSummary.From)]
            : [.. library.All.Where(instrument => instrument.Code == code).Select(instrument => new InstrumentVersionSummary { Version = instrument.Version })];
        return versions.Count > 0 ? Ok(new InstrumentVersionList { Items = versions }) : Problems.NotFound();
    }

    /// <summary>Gets one version of an instrument, as old assessments were scored with it.</summary>
    private static async Task<Results<Ok<InstrumentResponse>, ContentHttpResult, Problem>> GetVersion(
        string code, string version, HttpContext http, InstrumentShelf shelf, CancellationToken ct) =>
        Answer(http, await shelf.Find(http.Caller().PartnerId, code, version, ct));

    private static Results<Ok<InstrumentResponse>, ContentHttpResult, Problem> Answer(HttpContext http, Instrument? instrument) =>
        instrument is null ? Problems.NotFound() : Negotiation.Choose(http.Request, MediaTypes.Json, MediaTypes.Fhir) switch
        {
            MediaTypes.Json => Ok(InstrumentResponse.From(instrument)),
            MediaTypes.Fhir => Content(ToQuestionnaire.Write(instrument), $"{MediaTypes.Fhir}; charset=utf-8"),
            _ => Problems.NotAcceptable($"An instrument comes as {MediaTypes.Json} or {MediaTypes.Fhir}."),
        };
}

/// <summary>Whose an instrument is.</summary>
internal enum InstrumentOrigin
{
    /// <summary>It ships with the program.</summary>
    Library,

    /// <summary>Your organisation brought it, and has it alone.</summary>
    Own,
}

/// <summary>Every version of one instrument, oldest first.</summary>
internal sealed record InstrumentVersionList
{
    public required IReadOnlyList<InstrumentVersionSummary> Items { get; init; }
}

/// <summary>That an instrument has a version.</summary>
internal sealed record InstrumentVersionSummary
{
    public required string Version { get; init; }

    /// <summary>Who brought it; null for one of the library.</summary>
    public PartyResponse? CreatedBy { get; init; }

    /// <summary>When it was brought; null for one of the library.</summary>
    public DateTimeOffset? CreatedAt { get; init; }

    public static InstrumentVersionSummary From(OwnVersion version) => new()
    {
        Version = version.Version.ToString(CultureInfo.InvariantCulture),
        CreatedBy = version.CreatedBy,
        CreatedAt = version.CreatedAt,
    };
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

    public required InstrumentOrigin Origin { get; init; }

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
        Origin = InstrumentShelf.IsOwn(instrument.Code) ? InstrumentOrigin.Own : InstrumentOrigin.Library,
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
internal sealed record InstrumentResponse : IVersioned
{
    public required Instrument Instrument { get; init; }

    /// <summary>The notice that the LOINC licence asks for.</summary>
    public required string Notice { get; init; }

    public string Etag => ETags.For(NumberOf(Instrument));

    int IVersioned.Version => NumberOf(Instrument);

    /// <summary>The version of a definition, which its rules have to be a whole number.</summary>
    public static int NumberOf(Instrument instrument) => int.Parse(instrument.Version, CultureInfo.InvariantCulture);

    public static InstrumentResponse From(Instrument instrument) =>
        new() { Instrument = instrument, Notice = InstrumentLibrary.LoincNotice };
}
