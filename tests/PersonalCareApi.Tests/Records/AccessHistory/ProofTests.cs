using System.Net;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using PersonalCareApi.Ledger;
using PersonalCareApi.Records.AccessHistory;
using PersonalCareApi.Tests.TestHost;
using static PersonalCareApi.Tests.TestHost.Requests;

namespace PersonalCareApi.Tests.Records.AccessHistory;

/// <summary>What a client is given to prove an entry with, and that it proves it offline.</summary>
[OnEachDatabase]
internal sealed class ProofTests(TestDatabase database) : OnOneHost(database)
{
    [Test]
    public async Task Every_entry_of_the_history_is_proven_offline_with_the_published_keys()
    {
        var record = await NewClientUnderConsent();
        await Assess(record, Forms.Gad7());
        await Count();

        var entries = (await Client.Get(History(record))).Ids();
        Assert.That(entries, Has.Count.EqualTo(3));
        foreach (var entry in entries)
        {
            var proof = (await Client.Get($"{Proof(record)}?entry={entry}")).Expect(HttpStatusCode.OK);
            Assert.That(proof.Id, Is.EqualTo(entry));
            Assert.That(proof.Word("content"), Does.Contain($"\"id\":\"{entry}\""));
            Assert.That((await Offline(proof.Text)).Expect(0).Output, Does.Contain($"of the chain {record} was on the ledger when checkpoint"));
        }

        var newest = (await Client.Get(Proof(record))).Expect(HttpStatusCode.OK);
        Assert.That(newest.Id, Is.EqualTo(entries[0]), "What no checkpoint counts yet is not what is proven unasked.");
        Assert.That(newest.Json.GetProperty("following").GetArrayLength(), Is.Zero);
    }

    [Test]
    public async Task A_proof_that_was_changed_proves_nothing()
    {
        var record = await NewClientUnderConsent();
        await Count();
        var oldest = (await Client.Get(History(record))).Ids()[^1];
        var proof = (await Client.Get($"{Proof(record)}?entry={oldest}")).Expect(HttpStatusCode.OK).Text;
        (await Offline(proof)).Expect(0);

        foreach (var change in new Action<JsonNode>[]
        {
            json => json["content"] = json["content"]!.GetValue<string>().Replace("permit", "denied", StringComparison.Ordinal),
            json => json["contentHash"] = new string('0', 64),
            json => json["following"]!.AsArray().RemoveAt(0),
            json => json["inclusion"]!["leafIndex"] = json["inclusion"]!["leafIndex"]!.GetValue<int>() + 1,
            json => json["chainId"] = $"{Nobody}",
            json => json["checkpoint"]!["statement"] = Changed.Character(json["checkpoint"]!["statement"]!.GetValue<string>(), ^8),
            json => json["checkpoint"] = null,
        })
        {
            var changed = JsonNode.Parse(proof)!;
            change(changed);
            (await Offline(changed.ToJsonString())).Expect(1);
        }

        (await Offline(proof, keys: """{ "keys": [] }""")).Expect(1);
        (await Offline("nonsense")).Expect(1);
    }

    [Test]
    public async Task An_entry_that_no_checkpoint_counts_yet_says_so_and_is_proven_a_little_later()
    {
        var record = await Host.NewClient();
        var early = (await Client.Get(Proof(record))).Expect(HttpStatusCode.OK);
        Assert.That(early.Json.GetProperty("checkpoint").ValueKind, Is.EqualTo(JsonValueKind.Null));
        Assert.That(early.Word("sequence"), Is.EqualTo("1"));

        await Count();
        var later = (await Client.Get($"{Proof(record)}?entry={early.Id}")).Expect(HttpStatusCode.OK);
        (await Offline(later.Text)).Expect(0);
    }

    [Test]
    public async Task A_long_way_to_the_head_comes_in_pages_and_the_checkpoint_with_the_last()
    {
        var record = await Host.NewClient();
        for (var count = 0; count < AccessProof.MostFollowing + 10; count++)
        {
            (await Client.Get(Record(record))).Expect(HttpStatusCode.OK);
        }

        await Count();
        var oldest = Guid.Parse((await Client.AllPages(History(record), 200))[^1].Word("id")!);
        var pages = new List<string>();
        string? cursor = null;
        do
        {
            var page = (await Client.Get($"{Proof(record)}?entry={oldest}{(cursor is null ? "" : $"&cursor={Uri.EscapeDataString(cursor)}")}")).Expect(HttpStatusCode.OK);
            Assert.That(page.Json.GetProperty("following").GetArrayLength(), Is.LessThanOrEqualTo(AccessProof.MostFollowing));
            pages.Add(page.Text);
            cursor = page.NextCursor();
            Assert.That(page.Json.GetProperty("checkpoint").ValueKind, Is.EqualTo(cursor is null ? JsonValueKind.Object : JsonValueKind.Null));
        }
        while (cursor is not null);

        Assert.That(pages, Has.Count.EqualTo(2));
        (await Offline($"[{string.Join(',', pages)}]")).Expect(0);
        (await Offline($"[{string.Join(',', Enumerable.Reverse(pages))}]")).Expect(1);
        (await Offline(pages[1])).Expect(1);
        Assert.That((await Client.Get($"{Proof(record)}?entry={oldest}&cursor=x")).Faults, Is.EqualTo(["cursor invalid-value"]));
    }

    [Test]
    public async Task Of_a_process_note_the_hash_alone_is_proven()
    {
        var record = await Host.NewClient();
        (await Practitioner.Post(Record(record, "/process-notes"), new { text = "Mine." })).Expect(HttpStatusCode.Created);
        await Count();
        var told = (await Client.Get(History(record))).Items()[0];

        var proof = (await Client.Get($"{Proof(record)}?entry={told.Word("id")}")).Expect(HttpStatusCode.OK);
        using (Assert.EnterMultipleScope())
        {
            Assert.That(told.Word("category"), Is.EqualTo("process-notes"));
            Assert.That(proof.Word("content"), Is.Null);
            Assert.That(proof.Word("withheld"), Is.EqualTo("process-note"));
            Assert.That(proof.Text, Does.Not.Contain("WriteProcessNote"));
            Assert.That((await Offline(proof.Text)).Expect(0).Output, Does.Contain("withheld (process-note)"));
        }

        // An entry behind it, and one before it, are proven across it.
        var first = (await Client.Get(History(record))).Ids()[^1];
        (await Offline((await Client.Get($"{Proof(record)}?entry={first}")).Text)).Expect(0);
    }

    [Test]
    public async Task Proofs_are_for_the_client_alone()
    {
        var record = await NewClientUnderConsent();
        await Give(record, Provision.Permit("access-history") with { Actions = ["read"] });
        (await Practitioner.Get(History(record))).Expect(HttpStatusCode.OK);
        (await Practitioner.Get(Proof(record))).Expect(HttpStatusCode.Forbidden);
        (await Colleague.Get(Proof(record))).Expect(HttpStatusCode.NotFound);
        (await Elsewhere.Get(Proof(record))).Expect(HttpStatusCode.NotFound);
        (await Host.Anonymous().Get(Proof(record))).Expect(HttpStatusCode.Unauthorized);
        (await (await Host.As("client", "assessments:read")).Get(Proof(record))).Expect(HttpStatusCode.Forbidden);
        (await Client.Get($"{Proof(record)}?entry={Nobody}")).Expect(HttpStatusCode.NotFound);
        Assert.That((await Client.Get($"{Proof(record)}?entry=1")).Faults, Is.EqualTo(["entry invalid-format"]));
    }

    [Test]
    public async Task Anothers_entry_is_not_proven_on_this_chain()
    {
        var (record, other) = (await Host.NewClient(), await Host.NewClient());
        await Count();
        var others = (await Client.Get(History(other))).Ids()[0];
        (await Client.Get($"{Proof(record)}?entry={others}")).Expect(HttpStatusCode.NotFound);
    }

    [Test]
    public async Task The_page_that_tells_how_it_is_verified_is_there()
    {
        var page = (await Host.Anonymous().Get("/ledger/verification")).Expect(HttpStatusCode.OK);
        Assert.That(page.Header("Content-Type"), Is.EqualTo("text/html; charset=utf-8"));
        Assert.That(page.Text, Does.Contain("verify(proof, keys):").And.Contain("0x00").And.Contain("ledger verify --against"));
    }

    private Task Count() => Host.Services.GetRequiredService<Checkpointing>().Turn(CancellationToken.None);

    /// <summary>Verifies a proof as somebody would who has it and the published keys, and no database.</summary>
    private async Task<CommandResult> Offline(string proof, string? keys = null)
    {
        using var elsewhere = new OwnData(TestDatabase.Sqlite);
        var (proofFile, keysFile) = (Path.Combine(elsewhere.Folder, "proof.json"), Path.Combine(elsewhere.Folder, "jwks.json"));
        await File.WriteAllTextAsync(proofFile, proof);
        await File.WriteAllTextAsync(keysFile, keys ?? (await Host.Anonymous().Get("/.well-known/jwks.json")).Text);
        return await new Operator(elsewhere).Run("ledger", "verify", "--export", proofFile, "--keys", keysFile);
    }

    private static string History(Guid record) => Record(record, "/access-history");

    private static string Proof(Guid record) => Record(record, "/access-history/proof");
}
