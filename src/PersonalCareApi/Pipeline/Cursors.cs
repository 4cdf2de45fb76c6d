using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http.HttpResults;
using PersonalCareApi.Data;

namespace PersonalCareApi.Pipeline;

/// <summary>Where a page ended: the sort instant and the id of its last item.</summary>
internal sealed record Position(DateTimeOffset At, Guid Id);

/// <summary>Cursors: opaque, unforgeable, and good only for the list, the caller and the filters they were made for.</summary>
internal sealed class Cursors(IDataProtectionProvider protection)
{
    private const string Separator = "|";

    private readonly IDataProtector protector = protection.CreateProtector("PersonalCareApi.Cursors.v1");

    /// <summary>The cursor of the page after <paramref name="position"/>.</summary>
    public string After(Position position, HttpContext http) =>
        BoundTo(http).Protect(string.Join(
            Separator, position.At.ToStored().UtcTicks.ToString(CultureInfo.InvariantCulture), position.Id.ToString("N")));

    /// <summary>A page of rows as it is answered.</summary>
    public Page<TResponse> Page<TRow, TResponse>(
        Rows<TRow> rows, Func<TRow, TResponse> answer, Func<TRow, Position> position, HttpContext http)
        where TResponse : notnull => new()
        {
            Items = [.. rows.Items.Select(answer)],
            NextCursor = rows.HasMore ? After(position(rows.Items[^1]), http) : null,
            Total = rows.Total,
        };

    /// <summary>Where to go on; null for the first page.</summary>
    /// <returns>The refusal of a cursor that this list did not give, or null.</returns>
    public Problem? TryRead(string? cursor, HttpContext http, out Position? position) =>
        TryRead(cursor, http, PositionOf, out position);

    /// <summary>A page of an item's versions as it is answered, oldest first; 404 where the item is not in reach.</summary>
    /// <param name="query">Which page.</param>
    /// <param name="http">The list that the cursor is good for.</param>
    /// <param name="read">Reads so many versions after the one given.</param>
    /// <param name="answer">A version as this caller may see it.</param>
    public async Task<Results<Ok<Page<TResponse>>, Problem>> Versions<TItem, TResponse>(
        PageQuery query, HttpContext http, Func<int, int, Task<Rows<TItem>>> read, Func<TItem, TResponse> answer)
        where TResponse : IVersioned
    {
        if (TryRead(query.Cursor, http, text => int.Parse(text, CultureInfo.InvariantCulture), out var after) is { } refusal)
        {
            return refusal;
        }

        var rows = (await read(after, query.Size)).Select(answer);
        return rows.Total == 0
            ? Problems.NotFound()
            : TypedResults.Ok(new Page<TResponse>
            {
                Items = rows.Items,
                NextCursor = rows.HasMore ? BoundTo(http).Protect(rows.Items[^1].Version.ToString(CultureInfo.InvariantCulture)) : null,
                Total = rows.Total,
            });
    }

    private static Position PositionOf(string text)
    {
        var parts = text.Split(Separator);
        return new Position(
            new DateTimeOffset(long.Parse(parts[0], CultureInfo.InvariantCulture), TimeSpan.Zero), Guid.ParseExact(parts[1], "N"));
    }

    private Problem? TryRead<T>(string? cursor, HttpContext http, Func<string, T> parse, out T? place)
    {
        place = default;
        if (cursor is null)
        {
            return null;
        }

        try
        {
            place = parse(BoundTo(http).Unprotect(cursor));
            return null;
        }
        catch (Exception foreign) when (foreign is CryptographicException or FormatException)
        {
            return Problems.Invalid(Fault.InQuery(
                "cursor", FaultCodes.InvalidValue, "Is not a cursor of this list with these filters. Begin again without it."));
        }
    }

    /// <summary>The path and every filter but the page's own; the caller is in the grant that each page is read under.</summary>
    private IDataProtector BoundTo(HttpContext http)
    {
        var query = http.Request.Query
            .Where(parameter => parameter.Key is not ("cursor" or "limit"))
            .OrderBy(parameter => parameter.Key, StringComparer.Ordinal)
            .Select(parameter => $"{parameter.Key}={parameter.Value}");
        return protector.CreateProtector(
            http.Request.Path.ToString(), Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('&', query)))));
    }
}

/// <summary>One page of a list.</summary>
/// <typeparam name="T">What the list holds.</typeparam>
internal sealed record Page<T>
    where T : notnull
{
    [MaxLength(PageQuery.LargestLimit)]
    public required IReadOnlyList<T> Items { get; init; }

    /// <summary>Give it as <c>cursor</c> to go on; null on the last page.</summary>
    public required string? NextCursor { get; init; }

    /// <summary>How many there are that you may see; null where a list over several clients was not asked for it.</summary>
    [Range(0, int.MaxValue)]
    public required int? Total { get; init; }
}
