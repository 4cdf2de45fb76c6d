using System.CommandLine;
using System.Text;
using System.Text.Json;
using PersonalCareApi.Domain.Ledger;
using PersonalCareApi.Ledger;
using PersonalCareApi.Pipeline;
using PersonalCareApi.Protection;
using PersonalCareApi.Records.AccessHistory;

namespace PersonalCareApi.Commands;

internal static class LedgerCommands
{
    private static readonly Option<string?> Against = new("--against") { Description = "Also against the file of a witness: what it knows must be there." };
    private static readonly Option<string?> Keys = new("--keys") { Description = "The keys that may sign, as saved from /.well-known/jwks.json; else those in the data folder." };

    private static readonly Option<string?> Export = new("--export")
    {
        Description = "Verify no database but a file: the answer of an access-history proof, or a JSON array of its pages in order.",
    };

    public static Command Make(WebApplication app) => new("ledger", "The ledger of every use of client data.")
    {
        Verb.Make(
            app, "verify", "Verifies every chain, every checkpoint, and that nothing is gone; names what is wrong. Servers may run.", Verify, Against, Keys, Export),
        Verb.Make(app, "status", "Tells the newest checkpoint, and how far each witness is.", Status),
        Verb.Make(app, "new-key", "Makes a new key that signs checkpoints from now on; the old ones stay published.", NewKey),
    };

    private static async Task Verify(Verb verb, CancellationToken ct)
    {
        var keys = verb.ValueOrNull(Keys) is { } file ? KeysIn(Read(file)) : null;
        if (verb.ValueOrNull(Export) is { } export)
        {
            VerifyExport(verb, Read(export), keys ?? verb.Get<CheckpointKeys>().Published());
            return;
        }

        verb.RequireDatabase();
        await using var witness = verb.ValueOrNull(Against) is { } path ? OpenFile(path) : null;
        var report = await verb.Get<LedgerVerification>().Run(witness, keys, seen => verb.Tell($"{seen} entries so far."), ct);
        verb.Answer(
            report,
            $"{report.Entries} entries in {report.Chains} chains, {report.Checkpoints} checkpoints"
            + $"{(report.Witnessed is { } known ? $", witnessed up to {known}" : "")}: {(report.Sound ? "sound" : $"{report.FaultsFound} faults")}.");
        if (!report.Sound)
        {
            throw new CommandFailed(string.Join(Environment.NewLine, report.Faults.Select(Words)));
        }
    }

    private static void VerifyExport(Verb verb, string text, IReadOnlyList<PublishedKey> keys)
    {
        var pages = PagesIn(text);
        if (pages is not [.., { Checkpoint: { } signed, Inclusion: { } inclusion }])
        {
            throw new CommandFailed("The file holds no proof with a checkpoint: its last page must be the one whose nextCursor is null.");
        }

        var first = pages[0];
        var next = first.Sequence + 1;
        foreach (var page in pages)
        {
            if (page.ChainId != first.ChainId || page.Sequence != first.Sequence || page.FollowingFrom != next)
            {
                throw new CommandFailed("The pages are not of one proof, or not in their order.");
            }

            next += page.Following.Count;
        }

        if (CheckpointKeys.Read(signed.Statement, keys, out var unsigned) is not { } payload || Checkpoint.Read(payload) is not { } checkpoint)
        {
            throw new CommandFailed($"The checkpoint cannot be believed. {unsigned}");
        }

        string? fault;
        try
        {
            fault = ProofOf(first, [.. pages.SelectMany(page => page.Following).Select(Convert.FromHexString)], inclusion).FirstFault(checkpoint);
        }
        catch (FormatException)
        {
            fault = "A hash is no hash.";
        }

        if (fault is not null)
        {
            throw new CommandFailed(fault);
        }

        verb.Answer(
            new { Sound = true, first.ChainId, first.Id, first.Sequence, Checkpoint = checkpoint.Sequence, checkpoint.At, signed.KeyId, first.Withheld },
            $"Entry {first.Sequence} of the chain {first.ChainId} was on the ledger when checkpoint {checkpoint.Sequence} was signed, at {checkpoint.At:u}"
            + $"{(first.Withheld is null ? "." : $"; what it says is withheld ({first.Withheld}).")}");
    }

    private static EntryProof ProofOf(AccessProof page, IReadOnlyList<byte[]> following, ProofInclusion inclusion) => new()
    {
        ChainId = page.ChainId,
        Sequence = page.Sequence,
        Canonical = page.Content is null ? null : Encoding.UTF8.GetBytes(page.Content),
        ContentHash = Convert.FromHexString(page.ContentHash),
        PreviousHash = Convert.FromHexString(page.PreviousHash),
        Following = following,
        LeafIndex = inclusion.LeafIndex,
        Path = [.. inclusion.Path.Select(Convert.FromHexString)],
    };

    private static async Task Status(Verb verb, CancellationToken ct)
    {
        verb.RequireDatabase();
        var checkpoints = verb.Get<CheckpointRepository>();
        var (newest, uncounted) = (await checkpoints.Newest(ct), await checkpoints.Uncounted(ct));
        var witnesses = new List<WitnessStatus>();
        foreach (var witness in verb.Get<IEnumerable<Witness>>())
        {
            witnesses.Add(new WitnessStatus(witness.Name, (await witness.Last(ct))?.Sequence));
        }

        verb.Answer(
            new { Newest = newest?.Sequence, newest?.At, ChainsNotCountedYet = uncounted, Witnesses = witnesses },
            string.Join(
                Environment.NewLine,
                [
                    newest is null ? "There is no checkpoint yet." : $"Checkpoint {newest.Sequence} was made at {newest.At:u}.",
                    $"{uncounted} chains have entries that it does not count.",
                    .. witnesses.Select(one => $"The {one.Witness} has {(one.Newest is { } last ? $"checkpoint {last}" : "none")}."),
                ]));
    }

    private static async Task NewKey(Verb verb, CancellationToken ct)
    {
        await verb.Get<MasterKey>().Check(withDatabase: false, ct);
        var key = verb.Get<CheckpointKeys>().Rotate();
        verb.Answer(key, $"Checkpoints are signed with {key.Kid} from now on.");
    }

    public static string Words(LedgerFault fault)
    {
        var place = fault switch
        {
            { ChainId: { } chain, Entry: { } entry } => $": chain {chain}, entry {entry}",
            { Checkpoint: { } checkpoint } => $": checkpoint {checkpoint}",
            _ => "",
        };
        return $"{Rules.CamelCase(fault.Kind.ToString())}{place}: {fault.Detail}";
    }

    private static List<AccessProof> PagesIn(string text)
    {
        try
        {
            return text.TrimStart().StartsWith('[')
                ? JsonSerializer.Deserialize<List<AccessProof>>(text, Json.Options)!
                : [JsonSerializer.Deserialize<AccessProof>(text, Json.Options)!];
        }
        catch (JsonException)
        {
            throw new CommandFailed("The file is no proof as /v1/clients/{clientId}/access-history/proof answers it.");
        }
    }

    private static IReadOnlyList<PublishedKey> KeysIn(string text)
    {
        try
        {
            return JsonSerializer.Deserialize<KeySet>(text, Json.Options)!.Keys;
        }
        catch (JsonException)
        {
            throw new CommandFailed("The file of --keys is no key set as /.well-known/jwks.json answers it.");
        }
    }

    private static string Read(string path)
    {
        using var reader = new StreamReader(OpenFile(path));
        return reader.ReadToEnd();
    }

    public static FileStream OpenFile(string path)
    {
        try
        {
            return new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailed($"{path} cannot be read.");
        }
    }

    private sealed record KeySet(IReadOnlyList<PublishedKey> Keys);

    private sealed record WitnessStatus(string Witness, long? Newest);
}
