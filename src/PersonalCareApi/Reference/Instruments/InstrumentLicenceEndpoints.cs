using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Pipeline;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Reference.Instruments;

internal static class InstrumentLicenceEndpoints
{
    public static void MapInstrumentLicences(this IEndpointRouteBuilder v1)
    {
        var licences = v1.MapGroup("/instruments/{code}/licences").WithTags("instruments").RequireAuthorization()
            .WithMetadata(new NoClientData("A partner's own licences of published questionnaires."), new RequiresScope(Scopes.PartnerAdminister));
        licences.MapHandler(HttpMethods.Get, "/", List).WithName("ListInstrumentLicences");
        licences.MapHandler(HttpMethods.Post, "/", Record).WithName("RecordInstrumentLicence");
        licences.MapHandler(HttpMethods.Post, "/{id:guid}/ending", End).WithName("EndInstrumentLicence");
    }

    /// <summary>Lists the licences of an instrument that your organisation has recorded, ended ones included.</summary>
    private static async Task<Results<Ok<InstrumentLicenceList>, Problem>> List(
        string code, HttpContext http, InstrumentShelf shelf, InstrumentLicenceRepository licences, CancellationToken ct)
    {
        if (await shelf.Find(http.Caller().PartnerId, code, ct) is null)
        {
            return Problems.NotFound();
        }

        var rows = await licences.List(http.Caller().PartnerId, code, ct);
        return Ok(new InstrumentLicenceList { Items = [.. rows.Select(InstrumentLicenceResponse.From)] });
    }

    /// <summary>Records that your organisation holds the licence of an instrument: from this answer on it can be administered.</summary>
    /// <remarks>
    /// Who records it, and when, is kept with the reference. Whether the licence covers your use is between you and its holder. An
    /// instrument that needs no licence takes none (409 <c>state-conflict</c>).
    /// </remarks>
    private static async Task<Results<Created<InstrumentLicenceResponse>, Problem>> Record(
        string code, Body<RecordInstrumentLicence> body, HttpContext http, InstrumentShelf shelf, InstrumentLicenceRepository licences,
        WriteUnit unit, CancellationToken ct)
    {
        if (await shelf.Find(http.Caller().PartnerId, code, ct) is not { } instrument)
        {
            return Problems.NotFound();
        }

        if (instrument.EnabledByDefault)
        {
            return Problems.StateConflict("This instrument can be administered without a licence being recorded.");
        }

        var caller = http.Caller();
        var licence = new InstrumentLicence
        {
            Id = Ids.New(unit.Now),
            PartnerId = caller.PartnerId,
            Instrument = code,
            Reference = body.Value.Reference,
            RecordedByKind = caller.PractitionerId is null ? "application" : "practitioner",
            RecordedById = caller.PractitionerId ?? caller.ApplicationId,
            RecordedAt = unit.Now,
        };
        licences.Add(licence, unit);
        return Created($"/v1/instruments/{code}/licences", InstrumentLicenceResponse.From(licence));
    }

    /// <summary>Ends a licence: unless another is held, the instrument is administered no more.</summary>
    /// <remarks>Assessments made with it stay as they are, and readable. It cannot be undone; a new licence is recorded as such.</remarks>
    private static async Task<Results<Ok<InstrumentLicenceResponse>, Problem>> End(
        string code, Guid id, IfMatch ifMatch, HttpContext http, InstrumentLicenceRepository licences, WriteUnit unit, CancellationToken ct)
    {
        var rows = await licences.List(http.Caller().PartnerId, code, ct);
        if (rows.FirstOrDefault(row => row.Id == id) is not { } licence)
        {
            return Problems.NotFound();
        }

        if (InstrumentLicenceResponse.NumberOf(licence.EndedAt) != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (licence.EndedAt is not null)
        {
            return Problems.StateConflict("The licence has ended already.");
        }

        licences.End(licence, unit.Now, unit);
        return Ok(InstrumentLicenceResponse.From(licence with { EndedAt = unit.Now }));
    }
}
