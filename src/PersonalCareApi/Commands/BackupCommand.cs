using System.CommandLine;
using PersonalCareApi.Data;

namespace PersonalCareApi.Commands;

internal static class BackupCommand
{
    private static readonly Option<string> To = new("--to") { Description = "The file to write; there must be none of that name.", Required = true };

    public static Command Make(WebApplication app) => Verb.Make(
        app, "backup", "Copies the embedded database as it is at this moment into a file, while servers run, and checks the copy.", Run, To);

    private static Task Run(Verb verb, CancellationToken ct)
    {
        var (to, told) = (Path.GetFullPath(verb.Value(To)), new Progress());
        var state = verb.Get<DatabaseFile>().BackUp(to, (done, total) => told.Tell(verb, done, total), ct);
        verb.Answer(
            new { File = to, state.Bytes, state.Checkpoint, state.CheckpointAt },
            $"""
            {to}: {state.Bytes} bytes, sound, {(state.Checkpoint is { } newest ? $"up to checkpoint {newest} of {state.CheckpointAt:u}" : "before the first checkpoint")}.
            Not in it, and needed to read it: the folder {Path.Combine(verb.Get<DataFolder>().Path, "keys")}, the certificate that encrypts it, and the key
            of Ledger:SigningKey:File where one is set. Keep them apart from this file. The witness stays where it is: it must know more than the backup.
            """);
        return Task.CompletedTask;
    }

    /// <summary>A line for every tenth of the pages, however many there are.</summary>
    internal sealed class Progress
    {
        private int tenths;

        public void Tell(Verb verb, int done, int total)
        {
            if (total > 0 && (int)(10L * done / total) is var reached && reached > tenths)
            {
                tenths = reached;
                verb.Tell($"{done} of {total} pages copied.");
            }
        }
    }
}
