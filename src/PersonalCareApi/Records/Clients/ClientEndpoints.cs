using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Partners;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.CareRelationships;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Clients;

internal static class ClientEndpoints
{
    public static void MapClients(this IEndpointRouteBuilder v1, ClientRecordRoutes records)
    {
        var clients = v1.MapGroup("/clients").WithTags("clients").RequireAuthorization();
        clients.MapHandler(HttpMethods.Get, "/", List).WithName("ListClients")
            .WithMetadata(new DecidesPerClient(new DataUse(DataCategory.Demographics, DataAction.Read)));
        clients.MapHandler(HttpMethods.Post, "/", Create).WithName("CreateClient").WithMetadata(new RequiresAdmission());
        clients.MapHandler(HttpMethods.Put, "/by-external-id/{externalId}", CreateOrGet).WithName("CreateOrGetClient").WithMetadata(new RequiresAdmission());

        var client = records.For("", DataCategory.Demographics, "clients");
        client.Read("/", Get).WithName("GetClient");
        client.Read("/versions", ListVersions).WithName("ListClientVersions");
        client.Read("/versions/{version:int}", GetVersion).WithName("GetClientVersion");
        client.Change("/", Change).WithName("ChangeClient");
        client.Write("/subjects", Link).WithName("LinkSubject");
    }

    /// <summary>Lists your clients.</summary>
    /// <remarks>
    /// The caseload: every client whose demographics you may read now, oldest first. Each is decided on its own, and its
    /// reading stands in its own access history. A client sees themself, a representative those they act for.
    /// </remarks>
    private static async Task<Results<Ok<Page<ClientResponse>>, Problem>> List(
        Query<ClientQuery> query, HttpContext http, UseOfData use, Caseload caseload, ClientRepository clients, Digests digests,
        Cursors cursors, WriteUnit unit, CancellationToken ct)
    {
        var asked = query.Value;
        if (cursors.TryRead(asked.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var request = use.Asked;
        var digest = asked.ExternalId is { } externalId ? digests.OfExternalId(request.Caller.PartnerId, ClientRepository.Kind, externalId) : null;
        var trace = Pipeline.Problem.TraceIdOf(http);
        var found = await caseload.Find(request, use.CallerSeenAt, digest, after, asked.Size + 1, "ListClients", trace, ct);
        var page = found.Take(asked.Size).ToList();
        var shown = await clients.FindEach([.. page.Select(entry => entry.Grant)], ct);
        var shownIds = shown.Select(client => client.Id).ToHashSet();
        foreach (var entry in page.Where(entry => shownIds.Contains(entry.Grant.ClientId)))
        {
            unit.Took(entry.Grant, entry.Use);
        }

        return Ok(new Page<ClientResponse>
        {
            Items = [.. shown.Select(ClientResponse.From)],
            NextCursor = found.Count > asked.Size ? cursors.After(page[^1].Position, http) : null,
            Total = asked.Total is TotalKind.Exact
                ? (await caseload.Find(request, use.CallerSeenAt, digest, null, int.MaxValue, "ListClients", trace, ct)).Count
                : null,
        });
    }

    /// <summary>Registers a client.</summary>
    /// <remarks>
    /// Creates the record and its first care relationships: those that the application names, or that of the creating
    /// practitioner. It permits writing demographics and drafting consents, nothing else; the rest is the client's to allow.
    /// </remarks>
    private static async Task<Results<Created<ClientResponse>, Problem>> Create(
        Body<CreateClient> body, HttpContext http, UseOfData use, AccessGrant grant, ClientAdmission admission, WriteUnit unit,
        CancellationToken ct)
    {
        var (client, refusal) = await admission.Admit(http, use, grant, body.Value, unit, ct);
        return refusal is not null ? refusal : Created($"/v1/clients/{client!.Id}", ClientResponse.From(client));
    }

    /// <summary>Registers a client under your own id, or gets the one registered before.</summary>
    /// <remarks>Safe to repeat for ever: 201 the first time, 200 with the record as it is afterwards; nothing is overwritten.</remarks>
    private static async Task<Results<Created<ClientResponse>, Ok<ClientResponse>, Problem>> CreateOrGet(
        string externalId, Body<CreateClient> body, HttpContext http, UseOfData use, AccessGrant grant, ClientAdmission admission,
        ClientRepository clients, WriteUnit unit, CancellationToken ct)
    {
        if (RecordRules.FaultOfExternalId(externalId) is { } fault)
        {
            return Problems.Invalid(fault);
        }

        if (body.Value.ExternalId is { } named && named != externalId)
        {
            return Problems.Invalid(Fault.InBody("#/externalId", FaultCodes.NotAllowed, "Must be the id in the path, or be left out."));
        }

        if (await clients.IdByExternalId(grant.PartnerId, externalId, ct) is { } existing)
        {
            // To get is to read, whatever the method: what may only be written is not shown.
            if (!await use.DecideReading(existing, ct) || await clients.Find(use.Grant!, ct) is not { } present)
            {
                return use.Grant is null ? use.Refusal() : Problems.NotFound();
            }

            return Ok(ClientResponse.From(present));
        }

        // Of several at once one creates; the others are tried again and get what it made.
        var (client, refusal) = await admission.Admit(
            http, use, grant, body.Value with { ExternalId = externalId }, unit, ct, whenTaken: WriteMiss.DoneMeanwhile);
        return refusal is not null ? refusal : Created($"/v1/clients/{client!.Id}", ClientResponse.From(client));
    }

    /// <summary>Gets a client's demographics.</summary>
    private static async Task<Results<Ok<ClientResponse>, Problem>> Get(AccessGrant grant, ClientRepository clients, CancellationToken ct) =>
        await clients.Find(grant, ct) is { } client ? Ok(ClientResponse.From(client)) : Problems.NotFound();

    /// <summary>Lists every version of a client's demographics, oldest first.</summary>
    private static Task<Results<Ok<Page<ClientResponse>>, Problem>> ListVersions(
        Query<PageQuery> query, HttpContext http, AccessGrant grant, ClientRepository clients, Cursors cursors, CancellationToken ct) =>
        cursors.Versions(query.Value, http, (after, limit) => clients.Versions(grant, after, limit, ct), ClientResponse.From);

    /// <summary>Gets one version of a client's demographics as they were.</summary>
    private static async Task<Results<Ok<ClientResponse>, Problem>> GetVersion(
        int version, AccessGrant grant, ClientRepository clients, CancellationToken ct) =>
        await clients.FindVersion(grant, version, ct) is { } client ? Ok(ClientResponse.From(client)) : Problems.NotFound();

    /// <summary>Changes a client's demographics.</summary>
    /// <remarks>
    /// A merge patch (RFC 7396). A birth date is only ever corrected, with the evidence: it decides from when the client
    /// consents alone.
    /// </remarks>
    private static async Task<Results<Ok<ClientResponse>, Problem>> Change(
        MergePatch<ClientChange> patch, IfMatch ifMatch, AccessGrant grant, ClientRepository clients, WriteUnit unit, CancellationToken ct)
    {
        if (await clients.Find(grant, ct) is not { } client)
        {
            return Problems.NotFound();
        }

        if (client.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (patch.Apply(ClientChange.From(client.Content), out var changed) is { } refusal)
        {
            return refusal;
        }

        var corrected = changed.BirthDate != client.Content.BirthDate;
        if (corrected && changed.BirthDateEvidence is null)
        {
            return Problems.Invalid(Fault.InBody(
                "#/birthDateEvidence", FaultCodes.Required, "A birth date is corrected only with what shows the right one."));
        }

        var content = client.Content with
        {
            Name = changed.Name,
            BirthDate = changed.BirthDate,
            BirthDateEvidence = corrected ? changed.BirthDateEvidence : client.Content.BirthDateEvidence,
            TimeZone = changed.TimeZone,
            Language = changed.Language,
        };

        // From when the client consents alone follows from the birthday, and where it begins.
        var changesAccess = corrected || changed.TimeZone != client.Content.TimeZone;
        return Ok(ClientResponse.From(await clients.Change(grant, client, content, changesAccess, unit, ct)));
    }

    /// <summary>Links a sign-in to the client.</summary>
    /// <remarks>
    /// Whoever signs in with that subject is the client from then on, so only an application that acts alone may link one:
    /// nobody makes themself the client of a record.
    /// </remarks>
    private static Results<NoContent, Problem> Link(
        Body<LinkSubject> body, HttpContext http, AccessGrant grant, ClientRepository clients, WriteUnit unit)
    {
        if (grant.ActingAs.Kind != PartyKind.Application)
        {
            return Problems.Forbidden("Only an application that acts alone links sign-ins.");
        }

        clients.AddSubject(grant, Ids.New(unit.Now), http.SignedIn().IssuerId, body.Value.Subject, unit);
        unit.ForClient(grant, DataCategory.Demographics).ChangesAccess();
        return NoContent();
    }
}

/// <summary>Makes a new record with all that belongs to it.</summary>
internal sealed class ClientAdmission(ClientRepository clients, CareRelationshipRepository relationships, PractitionerRepository practitioners)
{
    /// <summary>The new client, or why there is none.</summary>
    public async Task<(Client? Client, Problem? Refusal)> Admit(
        HttpContext http, UseOfData use, AccessGrant grant, CreateClient request, WriteUnit unit, CancellationToken ct,
        WriteMiss whenTaken = WriteMiss.AlreadyExists)
    {
        var faults = await Faults(grant, request, ct);
        if (faults.Count > 0)
        {
            return (null, Problems.Invalid(faults));
        }

        var (client, ring) = clients.Add(grant, request.ToContent(), unit, whenTaken);
        use.NewRing = ring;
        if (request.Subject is { } subject)
        {
            clients.AddSubject(grant, Ids.New(unit.Now), http.SignedIn().IssuerId, subject, unit);
        }

        foreach (var relationship in CareTeam(grant, request))
        {
            relationships.Add(
                grant, new CareRelationship(Ids.New(unit.Now), relationship.PractitionerId, relationship.Role, new Period(unit.Now, null)), ring, unit);
        }

        return (client, null);
    }

    private static IReadOnlyList<NewCareRelationship> CareTeam(AccessGrant grant, CreateClient request) =>
        grant.ActingAs.Kind == PartyKind.Practitioner
            ? [request.CareRelationships is [var named, ..] ? named : new NewCareRelationship { PractitionerId = grant.ActingAs.Id }]
            : request.CareRelationships ?? [];

    private async Task<List<Fault>> Faults(AccessGrant grant, CreateClient request, CancellationToken ct)
    {
        var faults = new List<Fault>();
        var alone = grant.ActingAs.Kind == PartyKind.Application;
        if (request.Subject is not null && !alone)
        {
            faults.Add(Fault.InBody("#/subject", FaultCodes.NotAllowed, "Only an application that acts alone links sign-ins."));
        }

        foreach (var (index, relationship) in (request.CareRelationships ?? []).Index())
        {
            var pointer = $"#/careRelationships/{index}/practitionerId";
            if (!alone && relationship.PractitionerId != grant.ActingAs.Id)
            {
                faults.Add(Fault.InBody(pointer, FaultCodes.NotAllowed, "A practitioner who creates a client names only themself."));
            }
            else if (!await practitioners.IsActive(grant.PartnerId, relationship.PractitionerId, ct))
            {
                faults.Add(Fault.InBody(pointer, "unknown-reference", "There is no such practitioner."));
            }
            else if ((request.CareRelationships ?? []).Take(index).Any(earlier => earlier.PractitionerId == relationship.PractitionerId))
            {
                faults.Add(Fault.InBody(pointer, "duplicate", "Is named more than once."));
            }
        }

        return faults;
    }
}
