using System.Collections.Concurrent;
using System.Text.RegularExpressions;

namespace PersonalCareApi.Telemetry;

/// <summary>What a statement does, in the few words that a span may say.</summary>
internal static partial class StatementSummary
{
    // Statements are constants but for the reach of a grant, so that there are few; the limit is for what nobody foresaw.
    private const int MostKept = 2000;

    private static readonly ConcurrentDictionary<string, (string, string?)> Known = new(StringComparer.Ordinal);

    public static (string Operation, string? Table) Of(string statement)
    {
        if (Known.TryGetValue(statement, out var known))
        {
            return known;
        }

        var match = FirstTable().Match(statement);
        var summary = (FirstWord().Match(statement).Value.ToUpperInvariant(), match.Success ? match.Groups["table"].Value : null);
        if (Known.Count < MostKept)
        {
            Known.TryAdd(statement, summary);
        }

        return summary;
    }

    [GeneratedRegex(@"[A-Za-z]+")]
    private static partial Regex FirstWord();

    [GeneratedRegex(@"\b(FROM|INTO|UPDATE)\s+(?<table>[a-z_]+)", RegexOptions.ExplicitCapture)]
    private static partial Regex FirstTable();
}
