using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Domain.Outcomes;
using PersonalCareApi.Outgoing.Research;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.Clients;
using PersonalCareApi.Records.Outcomes;
using PersonalCareApi.Records.SessionNotes;
using PersonalCareApi.Reference.Instruments;
using PersonalCareApi.Reference.Modalities;
using static Microsoft.AspNetCore.Http.TypedResults;

namespace PersonalCareApi.Outgoing.Service;

/// <summary>A service as a whole, in counts.</summary>
internal static class ServiceEndpoint
{
    private const string Operation = "GetServiceOutcomes";

    /// <summary>Records decided and read at a time: the number of queries grows with that of records by this alone.</summary>
    private const int AtATime = 200;

    private static readonly DataUse Assessments = new(DataCategory.Assessments, DataAction.Read);
    private static readonly DataUse SessionNotes = new(DataCategory.SessionNotes, DataAction.Read);

    public static void MapServiceOutcomes(this IEndpointRouteBuilder v1) =>
        v1.MapHandler(HttpMethods.Get, "/service-outcomes", Get).WithTags("service-outcomes").RequireAuthorization().WithName(Operation).WithMetadata(new ViewsService()).MayTakeLong();

    /// <summary>Gets what your service comes to: recovery and reliable change, in counts and rates.</summary>
    /// <remarks>
    /// For an application that acts alone, with the purpose <c>HOPERAT</c>. Every record is decided by itself, and each that counts has
    /// its entries on its ledger; who has not consented to that is in no count. By the definitions of NHS Talking Therapies (PHQ-9 and
    /// GAD-7 together) for the whole service and by modality, and by the points published for each instrument. Counts of fewer than
    /// five people are not told, nor what would let them be computed: no filters, no dates, and with a small count goes the next.
    /// </remarks>
    private static async Task<Ok<ServiceOutcomes>> Get(
        HttpContext http, UseOfData use, Caseload caseload, AssessmentRepository assessments, SessionNoteRepository notes,
        InstrumentShelf shelf, ModalityLibrary modalities, WriteUnit unit, CancellationToken ct)
    {
        var trace = Pipeline.Problem.TraceIdOf(http);
        var codes = modalities.All.Select(modality => modality.Code).ToList();
        var counted = new Counted();
        Position? after = null;
        while (await caseload.FindAny(use.Asked, [Assessments, SessionNotes], use.CallerSeenAt, after, AtATime, Operation, trace, ct) is [.., var last] some)
        {
            var tested = some.Select(client => client.For(DataCategory.Assessments)).OfType<Caseload.Entry>().ToDictionary(entry => entry.Grant.ClientId);
            var ends = await assessments.EndsOfEach([.. tested.Values.Select(entry => entry.Grant)], ct);
            foreach (var (clientId, entry) in tested.Where(one => ends.Contains(one.Key)))
            {
                counted.Add(clientId, await OutcomesResponse.Of(http.Caller().PartnerId, [.. ends[clientId]], shelf, ct));
                unit.Took(entry.Grant, entry.Use);
            }

            // Of the others no modality counts for anything.
            var noted = some.Where(client => counted.Has(client.ClientId)).Select(client => client.For(DataCategory.SessionNotes)).OfType<Caseload.Entry>()
                .ToDictionary(entry => entry.Grant.ClientId);
            foreach (var (clientId, named) in await notes.ModalitiesOfEach([.. noted.Values.Select(entry => entry.Grant)], codes, ct))
            {
                counted.Named(clientId, named);
                unit.Took(noted[clientId].Grant, noted[clientId].Use);
            }

            after = last.Position;
        }

        return Ok(counted.Told());
    }

    /// <summary>What has been counted so far, client by client.</summary>
    private sealed class Counted
    {
        private readonly Dictionary<Guid, OutcomesResponse> outcomes = [];
        private readonly Dictionary<string, List<Guid>> byModality = new(StringComparer.Ordinal);

        public bool Has(Guid clientId) => outcomes.ContainsKey(clientId);

        public void Add(Guid clientId, OutcomesResponse outcome) => outcomes[clientId] = outcome;

        public void Named(Guid clientId, IEnumerable<string> modalities)
        {
            foreach (var modality in modalities)
            {
                if (!byModality.TryGetValue(modality, out var clients))
                {
                    byModality[modality] = clients = [];
                }

                clients.Add(clientId);
            }
        }

        public ServiceOutcomes Told()
        {
            var all = Courses(outcomes.Keys);
            return new ServiceOutcomes
            {
                MinimumCellSize = StartExtract.SmallestCell,
                Service = ServiceCounts.Of(all),
                Instruments =
                [
                    .. from outcome in outcomes.Values
                       from item in outcome.Items
                       where item.Change.Value?.Reliable.Value is not null
                       group item.Change.Value!.Reliable.Value!.Direction by (item.Instrument, item.Scale) into scale
                       where scale.Count() >= StartExtract.SmallestCell
                       orderby scale.Key.Instrument, scale.Key.Scale
                       select new InstrumentCounts
                       {
                           Instrument = scale.Key.Instrument,
                           Scale = scale.Key.Scale,
                           Clients = scale.Count(),
                           Change = ChangeCounts.Of(
                           [
                               scale.Count(one => one == ReliableDirection.Improvement), scale.Count(one => one == ReliableDirection.Deterioration),
                               scale.Count(one => one == ReliableDirection.None),
                           ]),
                       },
                ],
                Modalities =
                [
                    .. from modality in byModality.OrderBy(one => one.Key, StringComparer.Ordinal)
                       let courses = Courses(modality.Value)

                       // Neither those of it nor those without it may be few.
                       where courses.Count >= StartExtract.SmallestCell && (all.Count - courses.Count is 0 or >= StartExtract.SmallestCell)
                       select new ModalityCounts(modality.Key, ServiceCounts.Of(courses, within: all)),
                ],
            };
        }

        private List<TalkingTherapies> Courses(IEnumerable<Guid> clients) =>
            [.. clients.Select(client => outcomes[client].TalkingTherapies.Value).OfType<TalkingTherapies>()];
    }
}
