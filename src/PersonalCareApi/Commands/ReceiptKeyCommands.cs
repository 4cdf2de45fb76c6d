using System.CommandLine;
using PersonalCareApi.Protection;

namespace PersonalCareApi.Commands;

internal static class ReceiptKeyCommands
{
    public static Command Make(WebApplication app) => new("receipt-key", "The keys that sign receipts of consents.")
    {
        Verb.Make(app, "rotate", "Makes a new key that signs from now on; the old ones stay published.", Rotate),
        Verb.Make(app, "list", "Lists the keys that are published, oldest first.", List),
    };

    private static async Task Rotate(Verb verb, CancellationToken ct)
    {
        verb.RequireDatabase();
        var key = await verb.Get<ReceiptKeys>().Rotate(ct);
        verb.Answer(key, $"Receipts are signed with {key.Kid} from now on.");
    }

    private static async Task List(Verb verb, CancellationToken ct)
    {
        verb.RequireDatabase();
        verb.AnswerAll(await verb.Get<ReceiptKeys>().Published(ct), key => key.Kid);
    }
}
