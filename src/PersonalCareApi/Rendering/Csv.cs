using System.Globalization;
using System.Text;
using PersonalCareApi.Domain;

namespace PersonalCareApi.Rendering;

/// <summary>Comma-separated values as RFC 4180 has them, safe to be opened in a spreadsheet.</summary>
internal static class Csv
{
    /// <summary>What a spreadsheet takes for the beginning of a formula.</summary>
    private static readonly char[] BeginFormulas = ['=', '+', '-', '@', '\t', '\r', '\n', '\uFF1D', '\uFF0B', '\uFF0D', '\uFF20'];

    /// <summary>A header and its rows, each line ended by CR LF.</summary>
    /// <remarks>Only text can be a formula: a number keeps its sign, and like instants and ids it is written here.</remarks>
    public static string Table(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows)
    {
        var text = new StringBuilder();
        foreach (var row in rows.Prepend(header))
        {
            text.AppendJoin(',', row.Select(Field)).Append("\r\n");
        }

        return text.ToString();
    }

    private static string Field(object? value) => value switch
    {
        null => "",
        string text => Field(text),
        bool holds => holds ? "true" : "false",
        DateTimeOffset instant => InstantText.Short(instant),
        decimal or int or Guid => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        _ => throw new ArgumentException($"No field is a {value.GetType().Name}.", nameof(value)),
    };

    private static string Field(string value)
    {
        if (value.Length == 0)
        {
            return "";
        }

        // An apostrophe in front makes a spreadsheet show the text instead of working it out.
        var harmless = BeginFormulas.Contains(value[0]) ? $"'{value}" : value;
        return harmless.AsSpan().ContainsAny(",\"\r\n") ? $"\"{harmless.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : harmless;
    }
}
