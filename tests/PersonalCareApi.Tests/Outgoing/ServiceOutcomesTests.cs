using System.Net;
using PersonalCareApi.Development;
using PersonalCareApi.Tests.Records;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Outgoing;

/// <summary>A service as a whole: what was consented to be counted, in counts that point at nobody.</summary>
[OnEachDatabase]
internal sealed class ServiceOutcomesTests(TestDatabase database) : OnOneHost(database)
{
    private const string Path = "/v1/service-outcomes";
    private static readonly (string, string) ForOperations = ("Purpose-Of-Use", "HOPERAT");

    private static readonly Provision ToCount = new()
    {
        Effect = "permit",
        Grantees = [Grantee.Application(Personas.Platform.Id)],
        Categories = ["assessments", "session-notes"],
        Actions = ["read"],
        Purposes = ["HOPERAT"],
    };

    [Test]
    public async Task Only_an_application_alone_counts_and_only_for_operations()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That((await Practitioner.Get(Path, ForOperations)).Reason, Is.EqualTo("purpose-not-permitted"));
            Assert.That((await Client.Get(Path)).Status, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That((await Platform.Get(Path)).Reason, Is.EqualTo("purpose-not-permitted"));
            Assert.That((await Platform.Get(Path, ("Purpose-Of-Use", "TREAT"))).Reason, Is.EqualTo("purpose-not-permitted"));
            Assert.That((await (await Host.As("platform", "goals:read")).Get(Path, ForOperations)).Reason, Is.EqualTo("scope-missing"));
            Assert.That((await Host.Anonymous().Get(Path)).Status, Is.EqualTo(HttpStatusCode.Unauthorized));
        }
    }

    [Test]
    public async Task Counts_are_those_of_the_records_that_consented_each_on_its_ledger()
    {
        // Six recover reliably, with a modality; six stay as they were; one gets worse, and is not told nor to be computed.
        var recovered = await Courses(6, from: 2, to: 0, "cbt");
        await Courses(6, from: 2, to: 2);
        await Courses(1, from: 0, to: 2);
        var silent = await Course(from: 2, to: 0, consents: false);

        var counted = (await Platform.Get(Path, ForOperations)).Expect(HttpStatusCode.OK).Json;
        var service = counted.GetProperty("service");
        using (Assert.EnterMultipleScope())
        {
            Assert.That(service.Word("clients"), Is.EqualTo("13"), "who said nothing is in no count");
            Assert.That((service.Word("change.deteriorated.count"), service.Word("change.deteriorated.rate")), Is.EqualTo(((string?)null, (string?)null)));
            Assert.That(
                new[] { "improved", "neither" }.Count(one => service.Word($"change.{one}.count") is null), Is.EqualTo(1), "one alone could be computed");
            Assert.That(service.Word("cases"), Is.Null, "all but one were: the one could be computed");
            Assert.That(counted.GetProperty("instruments").EnumerateArray().Select(one => (one.Word("instrument"), one.Word("clients"))),
                Is.EqualTo(new[] { ("gad-7", "13"), ("phq-9", "13") }));
            var modality = counted.GetProperty("modalities").EnumerateArray().Single();
            Assert.That((modality.Word("modality"), modality.Word("counts.clients")), Is.EqualTo(("cbt", "6")));
        }

        var entries = (await Client.Get(Record(recovered[0], "/access-history?limit=200"))).Items().Where(one => one.Word("operation") == "GetServiceOutcomes").ToList();
        Assert.That(entries.Select(one => one.Word("category")).Distinct(), Is.EquivalentTo(["assessments", "session-notes"]));
        Assert.That(entries.Select(one => one.Word("purpose")), Is.All.EqualTo("HOPERAT"));
        Assert.That((await Client.Get(Record(silent, "/access-history?limit=200"))).Items().Select(one => one.Word("operation")), Does.Not.Contain("GetServiceOutcomes"));

        // The first of the scores is out of reach, so there is no change to count; and then it is in reach.
        await Give(silent, ToCount with { Categories = ["assessments"], DataPeriod = new { from = "2026-05-01T00:00:00Z" } });
        Assert.That(await Clients(), Is.EqualTo("13"));
        await Give(silent, ToCount with { Categories = ["assessments"] });
        Assert.That(await Clients(), Is.EqualTo("14"));

        async Task<string?> Clients() => (await Platform.Get(Path, ForOperations)).Expect(HttpStatusCode.OK).Word("service.clients");
    }

    private async Task<IReadOnlyList<Guid>> Courses(int count, int from, int to, string? modality = null)
    {
        var records = new List<Guid>();
        for (var made = 0; made < count; made++)
        {
            records.Add(await Course(from, to, consents: true, modality));
        }

        return records;
    }

    private async Task<Guid> Course(int from, int to, bool consents, string? modality = null)
    {
        var record = await Host.NewClient();
        await Give(record, Provision.Permit("assessments", "session-notes"));
        foreach (var (at, value) in new[] { ("2026-04-06T09:30:00Z", from), ("2026-05-06T09:30:00Z", to) })
        {
            await Assess(Client, record, Forms.Phq9(at, value: value));
            await Assess(Client, record, new
            {
                instrument = "gad-7",
                administeredAt = at,
                answers = Enumerable.Range(1, 7).Select(item => new { item = $"{item}", value }),
            });
        }

        if (modality is not null)
        {
            var note = (await Practitioner.Post(Record(record, "/session-notes"), new
            {
                format = "narrative",
                session = new { startAt = "2026-05-04T09:30:00Z", medium = "video" },
                content = new { narrative = "We looked at the week." },
                modalities = new[] { modality },
            })).Expect(HttpStatusCode.Created);
            (await Records.SessionNotes.Notes.TrySign(Practitioner, record, note)).Expect(HttpStatusCode.OK);
        }

        if (consents)
        {
            await Give(record, ToCount);
        }

        return record;
    }
}
