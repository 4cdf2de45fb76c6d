using System.Globalization;
using Dapper;
using PersonalCareApi.Domain;

namespace PersonalCareApi.Data;

/// <summary>The values of one statement's conditions: each is bound once, however often it is compared, and never more than a statement takes.</summary>
/// <remarks>
/// A record may have any number of consents, and so a reach any number of values. What is beyond the limit stands in the text
/// instead, which says the same: compared with a column of its type it is read alike by both databases.
/// </remarks>
/// <param name="parameters">What is bound.</param>
/// <param name="most">How many may be.</param>
internal sealed class BoundValues(DynamicParameters parameters, int most)
{
    private readonly Dictionary<object, string> bound = [];

    /// <summary>How a label set, an id or an instant stands in the statement.</summary>
    public string Write<T>(T value)
        where T : struct => Bind(value) ?? value switch
        {
            // A large number is a decimal to SQL Server, which has no bits.
            long labels => string.Create(CultureInfo.InvariantCulture, $"CAST({labels} AS bigint)"),
            Guid id => $"'{id.ToString("D").ToUpperInvariant()}'",

            // Without the Z at the end of what SQLite keeps, which SQL Server's own form has not: as text it comes before the same instant
            // with one and after every earlier, and conditions ask for nothing but from (>=) and until (<).
            DateTimeOffset instant => $"'{InstantText.Fixed(instant)[..^1]}'",
            _ => throw new ArgumentOutOfRangeException(nameof(value), typeof(T), "Not a value of a condition."),
        };

    /// <summary>How a part stands in the statement; null beyond the limit for one that is no plain code: what somebody wrote becomes part of no statement.</summary>
    public string? Write(string part) => Bind(part) ?? (part.All(IsOfACode) ? $"'{part}'" : null);

    /// <summary>The name under which the value is bound; null beyond the limit.</summary>
    private string? Bind(object value)
    {
        if (bound.TryGetValue(value, out var name))
        {
            return name;
        }

        if (bound.Count == most)
        {
            return null;
        }

        name = $"GrantValue{bound.Count.ToString(CultureInfo.InvariantCulture)}";
        parameters.Add(name, value);
        return bound[value] = "@" + name;
    }

    private static bool IsOfACode(char character) => char.IsAsciiLetterOrDigit(character) || character == '-';
}
