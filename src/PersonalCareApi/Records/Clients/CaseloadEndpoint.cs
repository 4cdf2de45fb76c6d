using System.ComponentModel.DataAnnotations;
using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Reference.Instruments;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Records.Clients;

/// <summary>A dashboard in one call: each client with what of them is permitted.</summary>
internal static class CaseloadEndpoint
{
    private const string Operation = "GetCaseload";
    private const string LatestOf = "latest:";
    private const int MostInstruments = 10;

    public static void MapCaseload(this IEndpointRouteBuilder v1) =>
        v1.MapGroup("/caseload").WithTags("clients").RequireAuthorization().MapHandler(HttpMethods.Get, "/", Get).WithName(Operation)
            .WithMetadata(new DecidesPerClient(new DataUse(DataCategory.Demographics, DataAction.Read)));

    /// <summary>Gets your caseload with the newest assessments.</summary>
    /// <remarks>
    /// One call for a dashboard: your clients, oldest first, each with the newest assessment by each instrument that
    /// <c>include</c> names (<c>latest:phq-9,latest:gad-7</c>). Each client is decided on their own, each category too: what
    /// you may not read is named in <c>withheld</c>, and each use has a decision of its own in the client's access history.
    /// </remarks>
    private static async Task<Results<Ok<Page<CaseloadClient>>, Problem>> Get(
        Query<CaseloadQuery> query, HttpContext http, UseOfData use, Caseload caseload, ClientRepository clients,
        AssessmentRepository assessments, InstrumentShelf shelf, Cursors cursors, WriteUnit unit, CancellationToken ct)
    {
        if (cursors.TryRead(query.Value.Cursor, http, out var after) is { } refusal)
        {
            return refusal;
        }

        var fault = Instruments(query.Value.Include, out var instruments);
        if (fault is null && (await shelf.Unknown(http.Caller().PartnerId, instruments, ct)).Count > 0)
        {
            fault = Fault.InQuery("include", "unknown-reference", "There is no instrument with this code.");
        }

        if (fault is not null)
        {
            return Problems.Invalid(fault);
        }

        var asked = query.Value;
        var trace = Pipeline.Problem.TraceIdOf(http);
        var found = await caseload.Find(use.Asked, use.CallerSeenAt, null, after, asked.Size + 1, Operation, trace, ct);
        var page = found.Take(asked.Size).ToList();
        var shown = (await clients.FindEach([.. page.Select(entry => entry.Grant)], ct)).ToDictionary(client => client.Id);
        var scored = instruments.Count == 0
            ? []
            : page.Where(entry => shown.ContainsKey(entry.Grant.ClientId))
                .Select(entry => Caseload.Also(entry, use.Asked, new DataUse(DataCategory.Assessments, DataAction.Read), Operation, trace))
                .OfType<Caseload.Entry>()
                .ToDictionary(entry => entry.Grant.ClientId);
        var newest = await assessments.NewestOfEach([.. scored.Values.Select(entry => entry.Grant)], instruments, ct);
        scored = scored.Where(one => !newest.IsUnreadable(one.Key)).ToDictionary();
        foreach (var entry in page.Where(entry => shown.ContainsKey(entry.Grant.ClientId)).Concat(scored.Values))
        {
            unit.Took(entry.Grant, entry.Use);
        }

        return Ok(new Page<CaseloadClient>
        {
            Items =
            [
                .. from entry in page
                   let id = entry.Grant.ClientId
                   where shown.ContainsKey(id)
                   let assessed = scored.GetValueOrDefault(id)
                   select new CaseloadClient
                   {
                       Client = ClientResponse.From(shown[id]),
                       DecisionId = entry.Use.Id,
                       Latest = assessed is null
                           ? []
                           : [.. newest[id].Select(assessment => AssessmentResponse.From(assessed.Grant, assessment)).OrderBy(one => one.Instrument, StringComparer.Ordinal)],
                       AssessmentsDecisionId = assessed?.Use.Id,
                       Withheld = instruments.Count > 0 && assessed is null ? [DataCategory.Assessments.Code()] : [],
                   },
            ],
            NextCursor = found.Count > asked.Size ? cursors.After(page[^1].Position, http) : null,
            Total = null,
        });
    }

    /// <summary>The instruments that <c>include</c> names, or what is wrong with it.</summary>
    private static Fault? Instruments(string? include, out IReadOnlyList<string> instruments)
    {
        var words = (include ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Distinct().ToList();
        instruments = [.. words.Where(word => word.StartsWith(LatestOf, StringComparison.Ordinal)).Select(word => word[LatestOf.Length..])];
        return instruments.Count < words.Count ? Fault.InQuery("include", FaultCodes.UnknownValue, "Must be a list of latest:{instrument}, with commas between.")
            : instruments.Count > MostInstruments ? Fault.InQuery("include", FaultCodes.TooLong, "May name at most 10 instruments.")
            : null;
    }
}

/// <summary>What of each client.</summary>
internal sealed record CaseloadQuery : PageQuery
{
    /// <summary>What is shown beside the client: <c>latest:{instrument}</c>, several with commas between.</summary>
    [MaxLength(700)]
    public string? Include { get; init; }
}

/// <summary>A client of yours, with what else of them was asked for and is permitted.</summary>
internal sealed record CaseloadClient
{
    public const string Example = """
        { "client": { "id": "0197a000-0000-7000-8000-000000000201", "externalId": null,
            "name": { "given": "Ines", "family": "Moreau", "preferred": null }, "birthDate": "1991-04-17", "timeZone": "Europe/Paris",
            "language": "en", "version": 1, "etag": "\"1\"", "createdAt": "2026-05-04T08:00:00Z", "updatedAt": "2026-05-04T08:00:00Z" },
          "decisionId": "01970c1e-7a52-7c3e-9c3f-0b6a4d1f2e3d", "latest": [], "assessmentsDecisionId": null,
          "withheld": [ "assessments" ] }
        """;

    public required ClientResponse Client { get; init; }

    /// <summary>The decision under which the client is shown.</summary>
    public required Guid DecisionId { get; init; }

    /// <summary>The newest assessment in your reach by each instrument that was asked for.</summary>
    public required IReadOnlyList<AssessmentResponse> Latest { get; init; }

    /// <summary>The decision under which the assessments are shown; null where none were asked for or they are withheld.</summary>
    public required Guid? AssessmentsDecisionId { get; init; }

    /// <summary>Categories that were asked for and that you may not read.</summary>
    public required IReadOnlyList<string> Withheld { get; init; }
}
