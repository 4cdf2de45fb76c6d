using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Consents;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Representatives;

internal static class RepresentativeEndpoints
{
    public static void MapRepresentatives(this ClientRecordRoutes records)
    {
        var representatives = records.For("/representatives", DataCategory.Demographics);

        representatives.Read("/", List).WithName("ListRepresentatives");
        representatives.Read("/{id:guid}", Get).WithName("GetRepresentative");
        representatives.Read("/{id:guid}/versions", ListVersions).WithName("ListRepresentativeVersions");
        representatives.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetRepresentativeVersion");
        representatives.Write("/", Record, clientIsAuthor: true).WithName("RecordRepresentative");
        representatives.Write("/{id:guid}/subjects", Link).WithName("LinkRepresentative");
        representatives.Write("/{id:guid}/termination", End, clientIsAuthor: true).WithName("EndRepresentative");
    }

    /// <summary>Lists who may act for the client, and who could, newest first.</summary>
    /// <remarks>A representative sees their own authority, and of no other that there is one.</remarks>
    private static async Task<Results<Ok<Page<RepresentativeResponse>>, Problem>> List(
        Query<PageQuery> query, HttpContext http, AccessGrant grant, UseOfData use, RepresentativeRepository representatives, Cursors cursors,
        CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = await representatives.List(grant, after, query.Value.Size, ct);
        return Ok(cursors.Page(
            rows, row => RepresentativeResponse.From(grant, row, use.Facts!), row => new Position(row.Content.RecordedAt, row.Id), http));
    }

    /// <summary>Gets one representative.</summary>
    private static async Task<Results<Ok<RepresentativeResponse>, Problem>> Get(
        Guid id, AccessGrant grant, UseOfData use, RepresentativeRepository representatives, CancellationToken ct) =>
        await representatives.Find(grant, id, ct) is { } representative
            ? Ok(RepresentativeResponse.From(grant, representative, use.Facts!))
            : Problems.NotFound();

    /// <summary>Lists every version of a representative, oldest first.</summary>
    private static Task<Results<Ok<Page<RepresentativeResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, UseOfData use, RepresentativeRepository representatives,
        Cursors cursors, CancellationToken ct) =>
        cursors.Versions(
            query.Value, http, (after, limit) => representatives.Versions(grant, id, after, limit, ct),
            version => RepresentativeResponse.From(grant, version, use.Facts!));

    /// <summary>Gets one version of a representative as it was.</summary>
    private static async Task<Results<Ok<RepresentativeResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, UseOfData use, RepresentativeRepository representatives, CancellationToken ct) =>
        await representatives.FindVersion(grant, id, version, ct) is { } representative
            ? Ok(RepresentativeResponse.From(grant, representative, use.Facts!))
            : Problems.NotFound();

    /// <summary>Records who may act for the client.</summary>
    /// <remarks>
    /// By the partner's application, by a practitioner, or by a client of age who appoints somebody; never by a
    /// representative. Only an application that acts alone names the sign-in, here or afterwards: until then the authority is
    /// nobody's. The client is told of what others record. An authority that rests on the client's age ends with the day from
    /// which the client consents alone; <c>endsAt</c> says when.
    /// </remarks>
    private static async Task<Results<Created<RepresentativeResponse>, Problem>> Record(
        Body<CreateRepresentative> body, HttpContext http, AccessGrant grant, UseOfData use, RepresentativeRepository representatives,
        WriteUnit unit, CancellationToken ct)
    {
        var request = body.Value;
        if (RefusalOf(grant, use.Facts!, unit.Now) is { } refusal)
        {
            return refusal;
        }

        var by = PartyResponse.From(grant.ActingAs);
        var from = (request.Period?.From ?? unit.Now).ToStored();
        var representative = new Representative
        {
            Id = Ids.New(unit.Now),
            Version = 1,
            Facts = new ItemFacts(Sensitivity.None, grant.ActingAs.Id, "", from),
            Content = new RepresentativeContent
            {
                Relation = request.Relation,
                Name = request.Name,
                Categories = request.Categories,
                Actions = request.Actions,
                Period = new PeriodContent(from, request.Period?.Until?.ToStored()),
                EndsWhenClientMayConsentAlone = request.EndsWhenClientMayConsentAlone,
                Evidence = request.Evidence,
                RecordedBy = by,
                RecordedAt = unit.Now,
            },
        };
        if (ConsentEngine.EndOf(representative.Authority, use.Facts!) <= unit.Now)
        {
            return Problems.Invalid(Fault.InBody(
                "#/endsWhenClientMayConsentAlone", FaultCodes.OutOfRange, "Would be over already: the client consents alone, or its period has ended."));
        }

        if (request.Subject is { } subject)
        {
            if (await FaultOf(subject, http, grant, representative, representatives, ct) is { } fault)
            {
                return Problems.Invalid(fault);
            }

            representatives.AddLink(grant, representative, Ids.New(unit.Now), http.SignedIn().IssuerId, subject, unit);
        }

        await representatives.Add(grant, representative, unit, ct);
        return Created(
            $"/v1/clients/{grant.ClientId}/representatives/{representative.Id}", RepresentativeResponse.From(grant, representative, use.Facts!));
    }

    /// <summary>Links a sign-in to a representative.</summary>
    /// <remarks>
    /// Whoever signs in with that subject may act for the client from then on, so only an application that acts alone may
    /// link one. The client is told.
    /// </remarks>
    private static async Task<Results<NoContent, Problem>> Link(
        Guid id, Body<LinkRepresentative> body, HttpContext http, AccessGrant grant, RepresentativeRepository representatives,
        WriteUnit unit, CancellationToken ct)
    {
        if (await representatives.Find(grant, id, ct) is not { } representative)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind != PartyKind.Application)
        {
            return Problems.Forbidden("Only an application that acts alone links sign-ins.");
        }

        if (await FaultOf(body.Value.Subject, http, grant, representative, representatives, ct) is { } fault)
        {
            return Problems.Invalid(fault);
        }

        await representatives.AddSubject(
            grant, representative, Ids.New(unit.Now), http.SignedIn().IssuerId, body.Value.Subject, unit, ct);
        return NoContent();
    }

    /// <summary>Ends a representative's authority: nothing rests on it from this answer on.</summary>
    /// <remarks>
    /// By whoever may record one, and by the representative themself. A client who does not yet consent alone ends none that
    /// rests on their age.
    /// </remarks>
    private static async Task<Results<Ok<RepresentativeResponse>, Problem>> End(
        Guid id, IfMatch ifMatch, AccessGrant grant, UseOfData use, RepresentativeRepository representatives, WriteUnit unit,
        CancellationToken ct)
    {
        // To a representative every authority but their own is out of reach.
        if (await representatives.Find(grant, id, ct) is not { } representative)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind == PartyKind.Client && !ConsentEngine.ClientDecidesAlone(use.Facts!, unit.Now))
        {
            return Problems.Forbidden("Until the client consents alone, others end an authority.");
        }

        if (representative.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (ConsentEngine.EndOf(representative.Authority, use.Facts!) <= unit.Now)
        {
            return Problems.StateConflict("The authority has ended already.");
        }

        var period = representative.Content.Period;
        var ended = representative with
        {
            Content = representative.Content with
            {
                Period = period with { From = period.From < unit.Now ? period.From : unit.Now, Until = unit.Now },
                Termination = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, null),
            },
        };
        return Ok(RepresentativeResponse.From(grant, await representatives.Change(grant, ended, unit, ct), use.Facts!));
    }

    /// <summary>Why the caller records no representative; null where they may.</summary>
    private static Problem? RefusalOf(AccessGrant grant, RecordFacts facts, DateTimeOffset now) => grant.ActingAs.Kind switch
    {
        PartyKind.Representative => Problems.Forbidden("A representative appoints no other, and widens no authority."),
        PartyKind.Client when !ConsentEngine.ClientDecidesAlone(facts, now) =>
            Problems.Forbidden("A client who does not yet consent alone appoints nobody."),
        _ => null,
    };

    private static async Task<Fault?> FaultOf(
        string subject, HttpContext http, AccessGrant grant, Representative representative, RepresentativeRepository representatives,
        CancellationToken ct)
    {
        if (grant.ActingAs.Kind != PartyKind.Application)
        {
            return Fault.InBody("#/subject", FaultCodes.NotAllowed, "Only an application that acts alone links sign-ins.");
        }

        return await representatives.IsTheirOwn(grant, representative.Facts.AuthorId, http.SignedIn().IssuerId, subject, ct)
            ? Fault.InBody("#/subject", FaultCodes.NotAllowed, "Nobody represents themself, or records their own authority.")
            : null;
    }
}
