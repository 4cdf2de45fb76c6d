using System.Globalization;
using PersonalCareApi.Pipeline;

namespace PersonalCareApi.Rendering.Tables;

/// <summary>A table as comma-separated values (RFC 4180), with a header.</summary>
internal static class CsvTable
{
    private const string LineEnd = "\r\n";

    /// <summary>What a spreadsheet takes for the begin of a formula.</summary>
    private const string FormulaStarts = "=+-@\t\r\n";

    public static string Write(IReadOnlyList<string> header, IEnumerable<IReadOnlyList<object?>> rows) =>
        string.Concat(rows.Prepend(header).Select(row => string.Join(',', row.Select(Field)) + LineEnd));

    /// <remarks>
    /// Only text can be a formula: what is written for a number, an instant or an id is made here. An apostrophe in front has
    /// every spreadsheet take the rest for text (OWASP, CSV injection).
    /// </remarks>
    private static string Field(object? value) => value switch
    {
        null => "",
        string text => Quote(text.Length > 0 && FormulaStarts.Contains(text[0], StringComparison.Ordinal) ? "'" + text : text),
        bool yes => yes ? "true" : "false",
        DateTimeOffset instant => Instants.Format(instant),
        decimal or int or Guid => string.Create(CultureInfo.InvariantCulture, $"{value}"),
        _ => throw new ArgumentException($"No field is a {value.GetType().Name}.", nameof(value)),
    };

    private static string Quote(string text) =>
        text.AsSpan().IndexOfAny("\",\r\n") < 0 ? text : $"\"{text.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";
}
