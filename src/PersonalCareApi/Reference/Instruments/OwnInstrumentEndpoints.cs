using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Instruments;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Reference.Instruments;

/// <summary>A partner's own instruments: brought as definitions of the library's format, and kept by version.</summary>
internal static class OwnInstrumentEndpoints
{
    /// <summary>More than any service administers.</summary>
    private const int MostInstruments = 100;

    public static void MapOwnInstruments(this IEndpointRouteBuilder v1)
    {
        var own = v1.MapGroup("/instruments").WithTags("instruments").RequireAuthorization()
            .WithMetadata(new NoClientData("A partner's own questionnaires with their keys."), new RequiresScope(Scopes.PartnerAdminister));
        own.MapHandler(HttpMethods.Post, "/", Add).WithName("AddInstrument");
        own.MapHandler(HttpMethods.Put, "/{code}", Replace).WithName("ReplaceInstrument");
        own.MapHandler(HttpMethods.Post, "/conversions", Convert).WithName("ConvertQuestionnaire");
    }

    /// <summary>Adds an instrument of your own, in the format of the library.</summary>
    /// <remarks>
    /// It is administered, scored and charted as those of the library are, by your organisation alone. Its code begins with <c>own-</c>.
    /// The whole key is checked: every item is reached in scoring, the bands cover the range without gap or overlap, every name leads
    /// somewhere; all that is wrong is named at once, with its place (422). The labels in <c>sensitivities</c> are put on each
    /// assessment made with it and decide whose consent reaches it. That you may use the questionnaire is between you and its holder.
    /// </remarks>
    private static async Task<Results<Created<InstrumentResponse>, Problem>> Add(
        Body<Instrument> body, HttpContext http, OwnInstrumentRepository own, WriteUnit unit, CancellationToken ct)
    {
        var instrument = body.Value;
        var known = await own.Newest(http.Caller().PartnerId, ct);
        if (known.Any(one => one.Code == instrument.Code))
        {
            return Problems.AlreadyExists("There is an instrument with this code already. Put its next version.");
        }

        if (known.Count >= MostInstruments)
        {
            return Problems.StateConflict($"Your organisation has {MostInstruments} instruments of its own, as many as it may have.");
        }

        Keep(instrument, follows: 0, http, own, unit);
        return Created($"/v1/instruments/{instrument.Code}", InstrumentResponse.From(instrument));
    }

    /// <summary>Puts the next version of an instrument of your own.</summary>
    /// <remarks>
    /// The definition names its version, a higher one than the newest. What was made with an earlier version keeps it, with its scores
    /// and labels; answers in progress are completed with the version they were begun with. An instrument of the library is not changed.
    /// </remarks>
    private static async Task<Results<Ok<InstrumentResponse>, Problem>> Replace(
        string code, Body<Instrument> body, IfMatch ifMatch, HttpContext http, InstrumentShelf shelf, OwnInstrumentRepository own,
        WriteUnit unit, CancellationToken ct)
    {
        var instrument = body.Value;
        if (await shelf.Find(http.Caller().PartnerId, code, ct) is not { } newest)
        {
            return Problems.NotFound();
        }

        if (!InstrumentShelf.IsOwn(code))
        {
            return Problems.StateConflict("An instrument of the library is not changed. Add one of your own, under a code of its own.");
        }

        var seen = InstrumentResponse.NumberOf(newest);
        if (seen != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        List<Fault> faults = [];
        if (instrument.Code != code)
        {
            faults.Add(Fault.InBody("#/code", FaultCodes.NotAllowed, "Must be the code in the address."));
        }

        if (InstrumentResponse.NumberOf(instrument) <= seen)
        {
            faults.Add(Fault.InBody("#/version", FaultCodes.OutOfRange, $"Must be higher than {seen}."));
        }

        if (faults.Count > 0)
        {
            return Problems.Invalid(faults);
        }

        Keep(instrument, follows: seen, http, own, unit);
        return Ok(InstrumentResponse.From(instrument));
    }

    /// <summary>Makes a definition of a FHIR R4 Questionnaire; nothing is kept.</summary>
    /// <remarks>
    /// A Questionnaire that this API gave becomes the definition it was made of. Any other becomes a sum of its scored items: scores are
    /// read from <c>ordinalValue</c> or <c>itemWeight</c> on the options, bands and cut-offs FHIR does not have. What cannot be carried
    /// over is refused with its place (422). The definition is checked as one that you add; look it over, and add it.
    /// Where the Questionnaire says nothing of sensitivity, as FHIR mostly does, the definition carries every label: take away what
    /// does not belong.
    /// </remarks>
    private static Results<Ok<InstrumentResponse>, Problem> Convert(QuestionnaireBody body)
    {
        var (instrument, faults) = FromQuestionnaire.Read(body.Questionnaire);
        return instrument is null ? Problems.Invalid(faults) : Ok(InstrumentResponse.From(instrument));
    }

    private static void Keep(Instrument instrument, int follows, HttpContext http, OwnInstrumentRepository own, WriteUnit unit)
    {
        var caller = http.Caller();
        var version = new OwnVersion
        {
            PartnerId = caller.PartnerId,
            Code = instrument.Code,
            Version = InstrumentResponse.NumberOf(instrument),
            Follows = follows,
            CreatedByKind = caller.PractitionerId is null ? "application" : "practitioner",
            CreatedById = caller.PractitionerId ?? caller.ApplicationId,
            CreatedAt = unit.Now,
        };
        own.Add(version, instrument, unit);
    }
}
