using System.CommandLine;
using System.Globalization;
using PersonalCareApi.Configuration;
using PersonalCareApi.Data;
using PersonalCareApi.Ledger;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Commands;

/// <summary>Puts a backup in the place of the embedded database, and says what that has undone.</summary>
internal static class RestoreCommand
{
    private static readonly Option<string> From = new("--from") { Description = "The file that backup wrote.", Required = true };
    private static readonly Option<bool> Replace = new("--replace") { Description = "Where there is a database, move it aside; without this it is refused." };

    private static readonly Option<string?> Against = new("--against")
    {
        Description = "The file of a witness, which knows what came after the backup; else that of Ledger:Witness:File.",
    };

    public static Command Make(WebApplication app) => Verb.Make(
        app,
        "restore",
        "Puts a backup in the place of the embedded database while no server runs, and tells what the witness knows beyond it. Exit code 1 where that is anything.",
        Run,
        From,
        Replace,
        Against);

    private static async Task Run(Verb verb, CancellationToken ct)
    {
        // Before anything is moved: a witness that cannot be read would be noticed too late.
        await using var witness = Witness(verb) is { } path ? LedgerCommands.OpenFile(path) : null;
        var (database, told) = (verb.Get<DatabaseFile>(), new BackupCommand.Progress());
        var aside = verb.Value(Replace)
            ? string.Create(CultureInfo.InvariantCulture, $"{database.Path}.before-{verb.Get<TimeProvider>().GetUtcNow():yyyyMMdd'T'HHmmss'Z'}")
            : null;
        var moved = aside is not null && File.Exists(database.Path) ? aside : null;
        var state = database.Restore(
            Path.GetFullPath(verb.Value(From)), aside, (done, total) => told.Tell(verb, done, total), ct);
        verb.Tell($"Restored: {database.Path}, {state.Bytes} bytes.{(moved is null ? "" : $" What was there is now {moved}.")}");

        if (!verb.Get<MigrationRunner>().IsUpToDate())
        {
            throw new CommandFailed("It is of an older version: run migrate, then ledger verify --against the witness, before it serves.");
        }

        await verb.Get<MasterKey>().Check(withDatabase: true, ct);
        var report = await verb.Get<LedgerVerification>().Run(witness, null, seen => verb.Tell($"{seen} entries verified so far."), ct);
        verb.Answer(
            new { database.Path, state.Bytes, Aside = moved, report.NewestCheckpoint, report.Witnessed, report.Sound, report.Faults },
            $"{report.Entries} entries in {report.Chains} chains up to checkpoint {report.NewestCheckpoint ?? 0}{(witness is null ? "; no witness was asked" : "")}.");
        if (report.Witnessed > (report.NewestCheckpoint ?? 0))
        {
            throw new CommandFailed(
                $"""
                The backup is older than what the witness knows: checkpoints {(report.NewestCheckpoint ?? 0) + 1} to {report.Witnessed} are lost, with every write that they count.
                Consents that were withdrawn since are in force again, revoked applications may call again, and erased records are back.
                Withdraw, revoke and erase them again before this database serves; the chains below have lost entries.
                {string.Join(Environment.NewLine, report.Faults.Select(LedgerCommands.Words))}
                """);
        }

        if (!report.Sound)
        {
            throw new CommandFailed(string.Join(Environment.NewLine, report.Faults.Select(LedgerCommands.Words)));
        }

        if (witness is null)
        {
            verb.Tell("Without a witness nobody can tell what came after the backup: consents that were withdrawn since are in force again.");
        }
    }

    private static string? Witness(Verb verb) =>
        verb.ValueOrNull(Against) ?? (verb.Setting(Settings.WitnessFile) is { } file && File.Exists(file) ? file : null);
}
