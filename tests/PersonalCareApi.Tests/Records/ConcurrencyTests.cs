using System.Net;
using Dapper;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records;

/// <summary>Many at once: nothing is lost, nothing is done twice, and every chain stays whole.</summary>
[OnEachDatabase]
internal sealed class ConcurrencyTests(TestDatabase database) : OnOneHost(database)
{
    private const int Many = 20;

    [TearDown]
    public void Every_chain_is_whole()
    {
        foreach (var chain in Entries().GroupBy(entry => entry.ChainId))
        {
            Assert.That(LedgerChain.FirstFault(chain), Is.Null);
        }
    }

    [Test]
    public async Task Of_racing_changes_to_one_version_exactly_one_wins()
    {
        var record = await Host.NewClient();
        var answers = await AtOnce(number => Practitioner.Patch(Record(record), new { language = $"en-x-n{number}" }, ("If-Match", "\"1\"")));
        var winner = answers.Single(answer => answer.Status == HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed), Is.EqualTo(Many - 1));
            Assert.That((await Practitioner.Get(Record(record))).Text, Is.EqualTo(winner.Text));
            Assert.That(winner.Word("version"), Is.EqualTo("2"));
        }
    }

    [Test]
    public async Task Of_racing_changes_to_a_practitioner_exactly_one_wins()
    {
        var registered = (await Practitioner.Post("/v1/practitioners", new { name = "Raced" })).Expect(HttpStatusCode.Created);
        var answers = await AtOnce(number => Practitioner.Patch($"/v1/practitioners/{registered.Id}", new { name = $"Raced {number}" }, ("If-Match", registered.ETag)));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed), Is.EqualTo(Many - 1));
    }

    [Test]
    public async Task Of_racing_withdrawals_exactly_one_withdraws()
    {
        var record = await Host.NewClient();
        var consent = await Give(record, Provision.Permit("assessments"));
        var path = Record(record, $"/consents/{consent.Id}");
        var answers = await AtOnce(_ => Client.Post($"{path}/withdrawal"));
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1));
            Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Conflict), Is.EqualTo(Many - 1), Statuses(answers));
            Assert.That((await Client.Get(path)).ETag, Is.EqualTo("\"2\""));
        }
    }

    [Test]
    public async Task Of_racing_confirmations_exactly_one_confirms()
    {
        var record = await Host.NewClient();
        var draft = (await Practitioner.Post(Record(record, "/consents"), Consent(Provision.Permit("assessments")))).Expect(HttpStatusCode.Created);
        var answers = await AtOnce(_ => Client.Post(Record(record, $"/consents/{draft.Id}/confirmation"), null, ("If-Match", draft.ETag)));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.OK), Is.EqualTo(1));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.PreconditionFailed), Is.EqualTo(Many - 1), Statuses(answers));
    }

    [Test]
    public async Task Consents_given_at_once_are_all_given()
    {
        var record = await Host.NewClient();
        var answers = await AtOnce(_ => Client.Post(Record(record, "/consents"), Consent(Provision.Permit("assessments"))));
        Assert.That(answers.Count(answer => answer.Status == HttpStatusCode.Created), Is.EqualTo(Many), Statuses(answers));
        Assert.That((await Client.Get(Record(record, "/consents"))).Total(), Is.EqualTo(Many));
    }

    [Test]
    public async Task Assessments_administered_at_once_are_all_kept()
    {
        var record = await NewClientUnderConsent();
        var answers = await AtOnce(number => Practitioner.Post(Record(record, "/assessments"), Forms.Gad7($"2026-05-{(number % 28) + 1:00}T00:00:00Z")), 40);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Created));
            Assert.That(answers.Select(answer => answer.Id), Is.Unique);
            Assert.That((await Practitioner.Get(Record(record, "/assessments"))).Total(), Is.EqualTo(40));
            Assert.That(
                (await Client.AllPages(Record(record, "/access-history"), 200)).Count(entry => entry.Word("operation") == "AdministerInstrument"),
                Is.EqualTo(40));
        }
    }

    [Test]
    public async Task Writing_while_the_consent_is_withdrawn_is_permitted_before_and_refused_after()
    {
        var record = await Host.NewClient();
        var consent = await Give(record, Provision.Permit("assessments"));
        var writes = AtOnce(_ => Practitioner.Post(Record(record, "/assessments"), Forms.Gad7()));
        await Withdraw(record, consent);
        var late = await Practitioner.Post(Record(record, "/assessments"), Forms.Gad7());
        var answers = await writes;
        using (Assert.EnterMultipleScope())
        {
            Assert.That(late.Status, Is.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(answers.Select(answer => answer.Status), Is.All.EqualTo(HttpStatusCode.Created).Or.EqualTo(HttpStatusCode.Forbidden));
            Assert.That(
                (await Client.Get(Record(record, "/assessments"))).Total(), Is.EqualTo(answers.Count(answer => answer.Status == HttpStatusCode.Created)));
        }

        var chain = Entries().Select(entry => LedgerChain.Read(entry.Canonical)).Where(use => use.ClientId == record).ToList();
        var afterwards = chain.SkipWhile(use => use.Operation != "WithdrawConsent").Where(use => use.Operation == "AdministerInstrument");
        Assert.That(afterwards.Select(use => use.Decision), Is.Not.Empty.And.All.EqualTo("deny"));
    }

    private List<LedgerEntry> Entries()
    {
        using var beside = Host.OpenDatabase();
        return
        [
            .. beside.Query<Row>("SELECT chain_id, sequence, previous_hash, hash, canonical FROM ledger_entry ORDER BY chain_id, sequence")
                .Select(row => new LedgerEntry(row.ChainId, row.Sequence, row.PreviousHash, row.Hash, row.Canonical)),
        ];
    }

    private static Task<Answer[]> AtOnce(Func<int, Task<Answer>> request, int times = Many) =>
        Task.WhenAll(Enumerable.Range(0, times).Select(number => Task.Run(() => request(number))));

    private sealed record Row
    {
        public required Guid ChainId { get; init; }

        public required long Sequence { get; init; }

        public required byte[] PreviousHash { get; init; }

        public required byte[] Hash { get; init; }

        public required byte[] Canonical { get; init; }
    }

    private static string Statuses(IEnumerable<Answer> answers) => string.Join(' ', answers.Select(answer => (int)answer.Status));
}
