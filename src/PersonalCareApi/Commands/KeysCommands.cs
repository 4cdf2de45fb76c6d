using System.CommandLine;
using PersonalCareApi.Data;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Commands;

internal static class KeysCommands
{
    private static readonly Option<string?> Partner = new("--partner") { Description = "Only this partner's clients, by its code." };
    private static readonly Option<bool> Resume = new("--resume") { Description = "Go on with the last run, which was broken off: leave out the clients it came to." };
    private static readonly Option<bool> AtOnce = new("--at-once") { Description = "Use it from now on. Servers that run must be started again before keys are wrapped with it." };

    public static Command Make(WebApplication app)
    {
        var keys = new Command("keys", "The keys that clients' contents are sealed with.")
        {
            Verb.Make(app, "rotate", "Gives every client a new key and seals everything with it, while servers run; removes the keys the run before retired.", Rotate, Partner, Resume),
            Verb.Make(app, "rewrap", "Wraps every key again with the master key of now, so that an older master key can be retired.", Rewrap),
            Verb.Make(app, "new-master", "Makes a new master key, used from two days on, when every server has read it.", NewMaster, AtOnce),
        };
        keys.Aliases.Add("key");
        return keys;
    }

    private static async Task Rotate(Verb verb, CancellationToken ct)
    {
        var partner = verb.ValueOrNull(Partner) is { } code ? await verb.Partner(code, ct) : null;
        await Check(verb, ct);
        var rotation = verb.Get<KeyRotation>();
        var startedAt = verb.Get<WriteUnit>().Now;
        if (verb.Value(Resume))
        {
            startedAt = await rotation.LastRun(partner?.Id, ct) ?? throw new CommandFailed("There is no run to go on with.");
        }

        RotationReport? report = null;
        await verb.WithWriter(async () => report = await rotation.Run(
            partner?.Id,
            startedAt,
            soFar => verb.Tell($"{soFar.Clients} clients, {soFar.Contents} contents so far."),
            ct));
        verb.Answer(
            report!,
            $"{report!.Clients} clients have new keys, {report.Contents} contents are sealed with them, {report.GenerationsRemoved} retired keys are removed.");
        Fail(report.Failures.Select(failure => $"Client {failure.ClientId}: {failure.Reason}"));
    }

    private static async Task Rewrap(Verb verb, CancellationToken ct)
    {
        await Check(verb, ct);
        RewrapReport? report = null;
        await verb.WithWriter(async () => report = await verb.Get<KeyRewrapping>().Run(ct));
        verb.Answer(
            report!,
            $"{report!.ClientKeys} keys of clients, {report.InstallationKeys} of the installation, {report.KeptAnswers} kept answers and {report.CheckpointKeys} keys of the ledger are wrapped again.");
        Fail(report.Failures);
    }

    private static async Task NewMaster(Verb verb, CancellationToken ct)
    {
        await Check(verb, ct);
        var from = verb.Get<MasterKey>().Renew(verb.Value(AtOnce));
        verb.Answer(new { UsedFrom = from }, $"The new master key is used from {from:u}. Run keys rewrap then.");
    }

    private static Task Check(Verb verb, CancellationToken ct)
    {
        verb.RequireDatabase();
        return verb.Get<MasterKey>().Check(withDatabase: true, ct);
    }

    private static void Fail(IEnumerable<string> failures)
    {
        if (string.Join(Environment.NewLine, failures) is { Length: > 0 } all)
        {
            throw new CommandFailed(all);
        }
    }
}
