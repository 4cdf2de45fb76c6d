using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Clients;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Flags;

internal static class FlagEndpoints
{
    private const string OpenOperation = "ListOpenFlags";

    private const string RepeatsAnAnswer = "A flag repeats an answer, and this purpose needs no single answers.";

    private static readonly DataUse Assessments = new(DataCategory.Assessments, DataAction.Read);
    private static readonly DataUse Demographics = new(DataCategory.Demographics, DataAction.Read);

    public static void MapFlags(this IEndpointRouteBuilder v1, ClientRecordRoutes records)
    {
        v1.MapHandler(HttpMethods.Get, "/flags", ListOpen).WithTags("flags").RequireAuthorization().WithName(OpenOperation).WithMetadata(new DecidesPerClient(Assessments));

        var flags = records.For("/flags", DataCategory.Assessments);
        flags.Read("/", List).WithName("ListFlags");
        flags.Read("/{id:guid}", Get).WithName("GetFlag");
        flags.Read("/{id:guid}/versions", ListVersions).WithName("ListFlagVersions");
        flags.Read("/{id:guid}/versions/{version:int}", GetVersion).WithName("GetFlagVersion");
        flags.Write("/{id:guid}/acknowledgement", Acknowledge).WithName("AcknowledgeFlag");
    }

    /// <summary>Lists the open flags of your caseload, client by client.</summary>
    /// <remarks>
    /// A page is so many clients, oldest first; those without an open flag are left out of it, so that it may hold fewer, or none:
    /// go on while there is a <c>nextCursor</c>. Each client is decided on their own and has one decision: who may not read
    /// assessments is named in <c>withheld</c>, where you may know the client. Flags call for a person to look; they do not
    /// predict or rank risk.
    /// </remarks>
    private static async Task<Results<Ok<Page<ClientFlags>>, Problem>> ListOpen(
        Query<OpenFlagQuery> query, HttpContext http, UseOfData use, Caseload caseload, FlagRepository flags, Cursors cursors,
        WriteUnit unit, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var size = query.Value.Size;
        var found = await caseload.FindAny(
            use.Asked, [Assessments, Demographics], use.CallerSeenAt, after, size + 1, OpenOperation, Pipeline.Problem.TraceIdOf(http), ct);
        var page = found.Take(size).ToList();
        var readable = page.Select(client => client.For(DataCategory.Assessments)).OfType<Caseload.Entry>().Where(entry => ShowsFlags(entry.Grant))
            .ToDictionary(entry => entry.Grant.ClientId);
        var open = await flags.OpenOfEach([.. readable.Values.Select(entry => entry.Grant)], query.Value.Escalated, ct);
        var items = new List<ClientFlags>();
        foreach (var client in page)
        {
            var read = open.IsUnreadable(client.ClientId) ? null : readable.GetValueOrDefault(client.ClientId);
            if ((read ?? client.For(DataCategory.Demographics)) is not { } decided)
            {
                continue;
            }

            // That there is none is told as well, so it is a use whether or not there is a flag.
            unit.Took(decided.Grant, decided.Use);
            var shown = open[client.ClientId].ToList();
            if (read is null || shown.Count > 0)
            {
                items.Add(new ClientFlags
                {
                    ClientId = client.ClientId,
                    DecisionId = decided.Use.Id,
                    Count = read is null ? null : shown[0].Count,
                    Flags = [.. shown.Select(one => FlagResponse.From(decided.Grant, one.Flag))],
                    Withheld = read is null ? [DataCategory.Assessments.Code()] : [],
                });
            }
        }

        return Ok(new Page<ClientFlags>
        {
            Items = items,
            NextCursor = found.Count > size ? cursors.After(page[^1].Position, http) : null,
            Total = null,
        });
    }

    /// <summary>Lists the client's flags, newest first.</summary>
    /// <remarks>
    /// A critical answer, by the instrument's own definition, opens a flag with its assessment: exactly who may read the one may
    /// read the other. A flag calls for a person to look; it does not predict or rank risk, and no score gates care.
    /// </remarks>
    private static async Task<Results<Ok<Page<FlagResponse>>, Problem>> List(
        Query<FlagQuery> query, HttpContext http, AccessGrant grant, FlagRepository flags, Cursors cursors, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        if (!ShowsFlags(grant))
        {
            return Problems.Forbidden(RepeatsAnAnswer);
        }

        var rows = await flags.List(grant, query.Value, after, ct);
        return Ok(cursors.Page(rows, row => FlagResponse.From(grant, row), row => new Position(row.Facts.OccurredAt, row.Id), http));
    }

    /// <summary>Gets one flag.</summary>
    private static async Task<Results<Ok<FlagResponse>, Problem>> Get(Guid id, AccessGrant grant, FlagRepository flags, CancellationToken ct) =>
        !ShowsFlags(grant) ? Problems.Forbidden(RepeatsAnAnswer)
        : await flags.Find(grant, id, ct) is { } flag ? Ok(FlagResponse.From(grant, flag))
        : Problems.NotFound();

    /// <summary>Lists every version of a flag, oldest first.</summary>
    private static async Task<Results<Ok<Page<FlagResponse>>, Problem>> ListVersions(
        Guid id, Query<PageQuery> query, HttpContext http, AccessGrant grant, FlagRepository flags, Cursors cursors, CancellationToken ct) =>
        !ShowsFlags(grant)
            ? Problems.Forbidden(RepeatsAnAnswer)
            : await cursors.Versions(
                query.Value, http, (after, limit) => flags.Versions(grant, id, after, limit, ct), version => FlagResponse.From(grant, version));

    /// <summary>Gets one version of a flag as it was.</summary>
    private static async Task<Results<Ok<FlagResponse>, Problem>> GetVersion(
        Guid id, int version, AccessGrant grant, FlagRepository flags, CancellationToken ct) =>
        !ShowsFlags(grant) ? Problems.Forbidden(RepeatsAnAnswer)
        : await flags.FindVersion(grant, id, version, ct) is { } flag ? Ok(FlagResponse.From(grant, flag))
        : Problems.NotFound();

    /// <summary>Acknowledges a flag: somebody has looked, and says what was done.</summary>
    /// <remarks>By a practitioner who may write assessments. A flag is acknowledged once; who comes second is told so (409).</remarks>
    private static async Task<Results<Ok<FlagResponse>, Problem>> Acknowledge(
        Guid id, Body<AcknowledgeFlag> body, IfMatch ifMatch, AccessGrant grant, FlagRepository flags, WriteUnit unit, CancellationToken ct)
    {
        if (!ShowsFlags(grant))
        {
            return Problems.Forbidden(RepeatsAnAnswer);
        }

        if (await flags.Find(grant, id, ct) is not { } flag)
        {
            return Problems.NotFound();
        }

        if (grant.ActingAs.Kind != PartyKind.Practitioner)
        {
            return Problems.Forbidden("Only a practitioner acknowledges a flag.");
        }

        if (flag.Version != ifMatch.Version)
        {
            return Problems.PreconditionFailed();
        }

        if (flag.Status != FlagStatus.Open)
        {
            return Problems.StateConflict(flag.Status == FlagStatus.Closed ? "The flag is closed: its assessment was retracted." : "The flag is acknowledged already.");
        }

        var acknowledgement = new RecordedFact(PartyResponse.From(grant.ActingAs), unit.Now, body.Value.Action);
        return Ok(FlagResponse.From(grant, await flags.Acknowledge(grant, flag, acknowledgement, unit, ct)));
    }

    /// <summary>Payment and operations get what was concluded and no answers, so not that there was a critical one either.</summary>
    private static bool ShowsFlags(AccessGrant grant) => !grant.Obligations.HasFlag(Obligations.MinimumNecessary);
}
