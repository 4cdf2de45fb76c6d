using System.Net;
using Dapper;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Data;
using PersonalCareApi.Development;
using PersonalCareApi.Domain.Access;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records;
using PersonalCareApi.Records.AccessHistory;
using PersonalCareApi.Records.Assessments;
using PersonalCareApi.Records.CareRelationships;
using PersonalCareApi.Records.Clients;
using PersonalCareApi.Records.Consents;
using PersonalCareApi.Records.EmergencyAccesses;
using PersonalCareApi.Records.Notices;
using PersonalCareApi.Records.Representatives;
using PersonalCareApi.Records.Safeguards;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Promises;

/// <summary>What changes between a decision and the statement that touches the data is in force for that statement.</summary>
[OnEachDatabase]
internal sealed class OutdatedTests(TestDatabase database)
{
    private const string RaiseClient = "UPDATE client SET access_version = access_version + 1 WHERE client_id = @ClientId";
    private const string RaisePartner = "UPDATE partner SET access_version = access_version + 1 WHERE id = @PartnerId";

    private readonly Between between = new();
    private ApiHost host = null!;
    private Api client = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        host = new ApiHost(database, register: services => services.AddSingleton<IAuthorizationHandler>(between));
        client = await host.As("client");
    }

    [OneTimeTearDown]
    public async Task Stop() => await host.DisposeAsync();

    [SetUp]
    public void NothingHappens() => between.Happens = null;

    [Test]
    public async Task A_withdrawal_after_the_decision_ends_the_read_it_permitted()
    {
        var (consent, practitioner, assessment) = await Permitted();
        (await practitioner.Get(assessment)).Expect(HttpStatusCode.OK);

        between.Happens = async () => await Withdraw(consent);
        var answer = (await practitioner.Get(assessment)).Expect(HttpStatusCode.Forbidden);

        Assert.That(answer.Reason, Is.EqualTo("no-consent"));
        Assert.That(between.Happens is null, "It happened, and once.");
    }

    [Test]
    public async Task A_withdrawal_after_the_decision_ends_the_list_its_pages_and_its_total()
    {
        var (consent, practitioner, _) = await Permitted();
        var list = Record(Personas.ClientId, "/assessments");
        (await practitioner.Post(list, Phq9(0, 0, 0, 0, 0, 0, 0, 0, 0))).Expect(HttpStatusCode.Created);
        var first = (await practitioner.Get($"{list}?limit=1")).Expect(HttpStatusCode.OK);
        var cursor = Uri.EscapeDataString(first.Json.GetProperty("nextCursor").GetString()!);
        (await practitioner.Get($"{list}?limit=1&cursor={cursor}")).Expect(HttpStatusCode.OK);

        between.Happens = async () => await Withdraw(consent);
        (await practitioner.Get($"{list}?limit=1&cursor={cursor}")).Expect(HttpStatusCode.Forbidden);
        (await practitioner.Get($"{list}?limit=1&cursor={cursor}")).Expect(HttpStatusCode.Forbidden);
    }

    [Test]
    public async Task A_withdrawal_after_the_decision_ends_the_write_it_permitted()
    {
        var (consent, practitioner, _) = await Permitted();
        var before = Count("SELECT COUNT(*) FROM assessment");

        between.Happens = async () => await Withdraw(consent);
        (await practitioner.Post(Record(Personas.ClientId, "/assessments"), Phq9(0, 0, 0, 0, 0, 0, 0, 0, 0))).Expect(HttpStatusCode.Forbidden);

        Assert.That(Count("SELECT COUNT(*) FROM assessment"), Is.EqualTo(before));
    }

    [Test]
    public async Task A_change_that_takes_nothing_away_is_decided_again_and_answered()
    {
        var (_, practitioner, assessment) = await Permitted();

        between.Happens = () => Task.FromResult(Execute(RaiseClient));
        (await practitioner.Get(assessment)).Expect(HttpStatusCode.OK);
        between.Happens = () => Task.FromResult(Execute(RaisePartner));
        (await practitioner.Post(Record(Personas.ClientId, "/assessments"), Phq9(0, 0, 0, 0, 0, 0, 0, 0, 0))).Expect(HttpStatusCode.Created);
    }

    [Test]
    public async Task A_suspension_after_the_decision_ends_what_it_permitted()
    {
        await using var own = new ApiHost(database, register: services => services.AddSingleton<IAuthorizationHandler>(between));
        var colleague = await own.As("colleague");
        var supervisor = await own.As("supervisor");
        (await (await own.As("client")).Post(
            Record(Personas.ClientId, "/consents"), Permit(["assessments"], Personas.ColleagueId))).Expect(HttpStatusCode.Created);
        var list = Record(Personas.ClientId, "/assessments");
        (await colleague.Get(list)).Expect(HttpStatusCode.OK);
        var registered = (await supervisor.Get($"/v1/practitioners/{Personas.ColleagueId}")).Expect(HttpStatusCode.OK);

        between.Happens = async () => (await supervisor.Post(
            $"/v1/practitioners/{Personas.ColleagueId}/suspension", null, ("If-Match", registered.ETag))).Expect(HttpStatusCode.OK);
        (await colleague.Get(list)).Expect(HttpStatusCode.NotFound);
        Assert.That(between.Happens is null, "It happened, and once.");
        (await colleague.Get(list)).Expect(HttpStatusCode.NotFound);
    }

    [TestCase(RaiseClient)]
    [TestCase(RaisePartner)]
    public async Task A_grant_in_hand_opens_nothing_once_its_facts_have_changed(string change)
    {
        var (_, _, assessment) = await Permitted();
        var id = Guid.Parse(assessment.Split('/')[^1]);

        Assert.That(await Outdated(await Uses(id)), Is.Empty, "The planted difference: nothing has changed.");
        var uses = await Uses(id);
        Execute(change);

        Assert.That(await Outdated(uses), Is.EquivalentTo(uses.Keys));
    }

    [Test]
    public async Task A_list_over_several_records_leaves_out_the_one_whose_facts_have_changed()
    {
        var clients = host.Services.GetRequiredService<ClientRepository>();
        AccessGrant[] grants =
        [
            await Grant(Personas.ClientId, DataCategory.Demographics, DataAction.Read),
            await Grant(Personas.OtherClientId, DataCategory.Demographics, DataAction.Read),
        ];
        Assert.That((await clients.FindEach(grants, CancellationToken.None)).Select(one => one.Id), Is.EqualTo([Personas.ClientId, Personas.OtherClientId]));

        Execute(RaiseClient);

        Assert.That((await clients.FindEach(grants, CancellationToken.None)).Select(one => one.Id), Is.EqualTo([Personas.OtherClientId]));
    }

    [Test]
    public async Task A_deny_on_authors_takes_no_entry_of_the_history_since_an_entry_has_none()
    {
        await Permitted();
        var history = host.Services.GetRequiredService<AccessHistoryRepository>();
        var whole = await Grant(Personas.ClientId, DataCategory.AccessHistory, DataAction.Read, "client");
        var query = new AccessHistoryQuery();
        var all = await history.List(whole, query, null, CancellationToken.None);
        var narrowed = Grants.With(whole, new Reach { Permits = [new PermitBox()], Denies = [new DenyBox { Authors = [Personas.PractitionerId] }] });
        var authored = Grants.With(whole, new Reach { Permits = [new PermitBox { Authors = [Personas.PractitionerId] }] });

        Assert.That(all.Total, Is.GreaterThan(0));
        Assert.That((await history.List(narrowed, query, null, CancellationToken.None)).Total, Is.EqualTo(all.Total));
        Assert.That((await history.List(authored, query, null, CancellationToken.None)).Total, Is.Zero);
    }

    /// <summary>Reads and writes under grants that are in hand, by what they do; each says whether it was outdated.</summary>
    private async Task<Dictionary<string, Func<Task<bool>>>> Uses(Guid assessmentId)
    {
        var services = host.Services;
        var ct = CancellationToken.None;
        var assessments = services.GetRequiredService<AssessmentRepository>();
        var consents = services.GetRequiredService<ConsentRepository>();
        var clients = services.GetRequiredService<ClientRepository>();
        var relationships = services.GetRequiredService<CareRelationshipRepository>();
        var history = services.GetRequiredService<AccessHistoryRepository>();
        var versions = services.GetRequiredService<VersionRepository>();
        var read = await Grant(Personas.ClientId, DataCategory.Assessments, DataAction.Read);
        var write = await Grant(Personas.ClientId, DataCategory.Assessments, DataAction.Write);
        var own = await Grant(Personas.ClientId, DataCategory.Demographics, DataAction.Read, "client");
        var care = await Grant(Personas.ClientId, DataCategory.Demographics, DataAction.Read);
        var ownConsents = await Grant(Personas.ClientId, DataCategory.Consents, DataAction.Read, "client");
        var ownConsentsWrite = await Grant(Personas.ClientId, DataCategory.Consents, DataAction.Write, "client");
        var ownHistory = await Grant(Personas.ClientId, DataCategory.AccessHistory, DataAction.Read, "client");
        var present = (await assessments.Find(await Grant(Personas.ClientId, DataCategory.Assessments, DataAction.Read), assessmentId, ct))!;
        var consent = (await consents.List(ownConsents, null, null, 1, ct)).Items[0];
        return new Dictionary<string, Func<Task<bool>>>
        {
            ["find"] = () => IsOutdated(() => assessments.Find(read, assessmentId, ct)),
            ["list"] = () => IsOutdated(() => assessments.List(read, new AssessmentQuery(), null, ct)),
            ["versions"] = () => IsOutdated(() => assessments.Versions(read, assessmentId, 0, 10, ct)),
            ["version"] = () => IsOutdated(() => assessments.FindVersion(read, assessmentId, 1, ct)),
            ["client"] = () => IsOutdated(() => clients.Find(own, ct)),
            ["versions of the client"] = () => IsOutdated(() => clients.Versions(own, 0, 10, ct)),
            ["relationships"] = () => IsOutdated(() => relationships.List(own, null, 10, ct)),
            ["kept versions"] = () => IsOutdated(() => versions.List(read, DataCategory.Assessments, "assessment", assessmentId, 0, 10, AsKept, ct)),
            ["kept version"] = () => IsOutdated(() => versions.Find(read, DataCategory.Assessments, "assessment", assessmentId, 1, AsKept, ct)),
            ["consents"] = () => IsOutdated(() => consents.List(ownConsents, null, null, 10, ct)),
            ["history"] = () => IsOutdated(() => history.List(ownHistory, new AccessHistoryQuery(), null, ct)),
            ["emergencies"] = () => IsOutdated(() => services.GetRequiredService<EmergencyAccessRepository>().List(own, null, 10, ct)),
            ["representatives"] = () => IsOutdated(() => services.GetRequiredService<RepresentativeRepository>().List(own, null, 10, ct)),
            ["safeguards"] = () => IsOutdated(() => services.GetRequiredService<SafeguardRepository>().List(care, null, 10, ct)),
            ["notices"] = () => IsOutdated(() => services.GetRequiredService<NoticeRepository>().List(own, ["demographics"], false, null, 10, ct)),
            ["insert"] = () => IsOutdatedWrite(unit => assessments.Add(write, present with { Id = Domain.Ids.New(unit.Now) }, unit, ct)),
            ["update"] = () => IsOutdatedWrite(unit => assessments.Retract(write, present, new RetractionContent(new("practitioner", Personas.PractitionerId), unit.Now, "wrong"), unit, ct)),
            ["change of access"] = () => IsOutdatedWrite(unit => consents.Change(ownConsentsWrite, consent, consent.Status, consent.Content, unit, ct)),
        };
    }

    private static KeptVersion AsKept(KeptVersion version, ClientKeyRing ring) => version;

    private static async Task<List<string>> Outdated(Dictionary<string, Func<Task<bool>>> uses)
    {
        var outdated = new List<string>();
        foreach (var (name, use) in uses)
        {
            if (await use())
            {
                outdated.Add(name);
            }
        }

        return outdated;
    }

    private static async Task<bool> IsOutdated(Func<Task> read)
    {
        try
        {
            await read();
            return false;
        }
        catch (DecisionOutdated)
        {
            return true;
        }
    }

    private async Task<bool> IsOutdatedWrite(Func<WriteUnit, Task> write)
    {
        await using var scope = host.Services.CreateAsyncScope();
        var unit = scope.ServiceProvider.GetRequiredService<WriteUnit>();
        await write(unit);
        return await scope.ServiceProvider.GetRequiredService<WriteQueue>().Commit(unit, CancellationToken.None) switch
        {
            CommitOutcome.Outdated => true,
            CommitOutcome.Committed => false,
            var other => throw new AssertionException($"{other}"),
        };
    }

    /// <summary>A consent of the client's, and an assessment that the practitioner made under it.</summary>
    private async Task<(Guid Consent, Api Practitioner, string Assessment)> Permitted()
    {
        var practitioner = await host.As("practitioner");
        var consent = (await client.Post(Record(Personas.ClientId, "/consents"), Permit(["assessments"]))).Expect(HttpStatusCode.Created);
        var made = (await practitioner.Post(Record(Personas.ClientId, "/assessments"), Phq9(0, 1, 0, 1, 0, 1, 0, 1, 0))).Expect(HttpStatusCode.Created);
        return (consent.Id, practitioner, Record(Personas.ClientId, $"/assessments/{made.Id}"));
    }

    /// <summary>Withdraws every consent, so that none of another test's is left to permit.</summary>
    private async Task Withdraw(Guid consent)
    {
        var others = (await client.Get(Record(Personas.ClientId, "/consents?status=active&limit=100"))).Expect(HttpStatusCode.OK).Json.GetProperty("items");
        Assert.That(others.EnumerateArray().Select(one => one.GetProperty("id").GetGuid()), Does.Contain(consent));
        foreach (var one in others.EnumerateArray())
        {
            (await client.Post(Record(Personas.ClientId, $"/consents/{one.GetProperty("id").GetGuid()}/withdrawal"), new { })).Expect(HttpStatusCode.OK);
        }
    }

    private async Task<AccessGrant> Grant(Guid clientId, DataCategory category, DataAction action, string persona = "practitioner")
    {
        var now = host.Clock.GetUtcNow();
        var facts = await host.FactsOf(clientId, now);
        var party = Personas.Named(persona)!.Party;
        var caller = new Caller
        {
            PartnerId = Personas.Harbour.Id,
            ApplicationId = Personas.HarbourApp.Id,
            PractitionerId = party.Kind == PartyKind.Practitioner ? party.Id : null,
            ClientIds = party.Kind == PartyKind.Client ? [party.Id] : [],
            Scopes = Personas.HarbourApp.Scopes.ToHashSet(StringComparer.Ordinal),
            Purposes = new HashSet<PurposeOfUse> { PurposeOfUse.Treatment },
        };
        var request = new AccessRequest { Caller = caller, ClientId = clientId, Use = new DataUse(category, action), ClientIsAuthor = true };
        return ConsentEngine.Decide(request, facts, now) is AccessDecision.Permitted { Grant: var grant }
            ? grant
            : throw new AssertionException($"{persona} may not {action} {category}.");
    }

    private int Execute(string statement)
    {
        using var connection = host.OpenDatabase();
        return connection.Execute(statement, new { Personas.ClientId, PartnerId = Personas.Harbour.Id });
    }

    private long Count(string statement)
    {
        using var connection = host.OpenDatabase();
        return connection.ExecuteScalar<long>(statement);
    }

    /// <summary>Makes something happen once, when a practitioner's use has been decided and nothing has been read yet.</summary>
    private sealed class Between : IAuthorizationHandler
    {
        public Func<Task>? Happens { get; set; }

        public async Task HandleAsync(AuthorizationHandlerContext context)
        {
            if (Happens is { } happens && context.Resource is HttpContext http && http.Caller().PractitionerId is not null && context.HasSucceeded)
            {
                Assert.That(http.GetRouteValue("clientId"), Is.Not.Null);
                Happens = null;
                await happens();
            }
        }
    }
}
