using Dapper;
using PersonalCareApi.Domain.Access;

namespace PersonalCareApi.Data;

/// <summary>The one condition of every statement on client data: this partner, this client, this reach, still decided so.</summary>
/// <remarks>
/// A statement carries the marker <see cref="Where"/>; <see cref="ClientScope"/> puts the condition of the grant in its
/// place. Left as it is, the marker is false: a statement that misses its scope finds nothing.
/// </remarks>
internal static class InReach
{
    /// <summary>Stands in a constant statement where the condition of the grant goes.</summary>
    public const string Where = "/*in-reach*/ 0 = 1 /*in-reach*/";

    /// <summary>SQL Server takes 2100 values in one statement; what is left is for the statement's own.</summary>
    public const int MostValues = 1800;

    private const string Grant = "Grant";
    private const string Nothing = "0 = 1";
    private const int MostGrants = 50;
    private const int ValuesOfRecord = 6;
    private const int ValuesOfBox = 4;
    private const int MostInARow = 100;

    private const string Record = """
        partner_id = @{prefix}PartnerId AND client_id = @{prefix}ClientId
        AND EXISTS (
            SELECT 1
            FROM client AS decided
            INNER JOIN partner AS decided_partner ON decided_partner.id = decided.partner_id
            WHERE decided.client_id = @{prefix}ClientId
              AND decided.partner_id = @{prefix}PartnerId
              AND decided.access_version = @{prefix}AccessVersion
              AND decided_partner.access_version = @{prefix}PartnerAccessVersion)
        """;

    private static readonly string OfOne = Of(Grant);

    /// <summary>The statement with the grant's condition in it; its values go into <paramref name="parameters"/>.</summary>
    public static string Fill(string statement, AccessGrant grant, DynamicParameters parameters) =>
        Replace(statement, Condition(grant, parameters, Grant, new BoundValues(parameters, MostValues - ValuesOfRecord)));

    /// <summary>The same for several records: a row must be in reach of the grant for its own record.</summary>
    public static string Fill(string statement, IReadOnlyList<AccessGrant> grants, DynamicParameters parameters)
    {
        // Those that reach nothing are left out: beside a condition that is always false the database looks for no index.
        var values = new BoundValues(parameters, MostValues - (ValuesOfRecord * grants.Count));
        var conditions = grants.Select((grant, index) => Condition(grant, parameters, $"{Grant}{index}of", values)).Where(condition => condition != Nothing).ToList();
        return Replace(statement, conditions.Count == 0 ? Nothing : $"(({string.Join(")\nOR (", conditions)}))");
    }

    /// <summary>The grants in parts whose values one statement can bind: an ordinary record has about ten, one with many provisions hundreds.</summary>
    public static IEnumerable<IReadOnlyList<AccessGrant>> Parts(IReadOnlyList<AccessGrant> grants)
    {
        var part = new List<AccessGrant>();
        var values = 0;
        foreach (var grant in grants)
        {
            var more = ValuesOfRecord + Values(grant.Reach);
            if (part.Count == MostGrants || (part.Count > 0 && values + more > MostValues))
            {
                yield return part;
                (part, values) = ([], 0);
            }

            part.Add(grant);
            values += more;
        }

        if (part.Count > 0)
        {
            yield return part;
        }
    }

    /// <summary>How many values the boxes bind at most.</summary>
    private static int Values(Reach reach) =>
        reach.Permits.Sum(box => ValuesOfBox + (box.Authors?.Count ?? 0) + (box.Parts?.Count ?? 0))
        + reach.Denies.Sum(box => ValuesOfBox + (box.Authors?.Count ?? 0) + (box.Parts?.Count ?? 0))
        + (reach.Beside is { } other ? Values(other) : 0);

    private static string Replace(string statement, string condition) =>
        statement.Contains(Where, StringComparison.Ordinal)
            ? statement.Replace(Where, condition, StringComparison.Ordinal)
            : throw new InvalidOperationException("A statement on client data must carry InReach.Where.");

    private static string Condition(AccessGrant grant, DynamicParameters parameters, string prefix, BoundValues values)
    {
        BindRecord(grant, parameters, prefix);
        return Items(grant.Reach, values) is { } items
            ? $"{(prefix == Grant ? OfOne : Of(prefix))}\nAND {items}"
            : Nothing;
    }

    private static string Of(string prefix) => Record.Replace("{prefix}", prefix, StringComparison.Ordinal);

    /// <summary>The items of the reach; null where there can be none.</summary>
    private static string? Items(Reach reach, BoundValues values)
    {
        var own = Boxes(reach, values);
        var beside = reach.Beside is { } other ? Items(other, values) : null;
        return own is not null && beside is not null ? $"(({own})\nOR ({beside}))" : own ?? beside;
    }

    private static string? Boxes(Reach reach, BoundValues values)
    {
        if (reach.Permits.Count == 0)
        {
            return null;
        }

        var permitted = AnyOf([.. reach.Permits.Select(box => Permit(box, values))]);
        return reach.Denies.Count == 0
            ? $"({permitted})"
            : $"({permitted})\nAND NOT ({AnyOf([.. reach.Denies.Select(box => Deny(box, values))])})";
    }

    /// <summary>One of the conditions: many as a tree, since a chain is as deep as it is long, and SQLite goes down to 1000.</summary>
    private static string AnyOf(ReadOnlySpan<string> conditions) => conditions.Length <= MostInARow
        ? string.Join("\nOR ", conditions)
        : $"({AnyOf(conditions[..(conditions.Length / 2)])})\nOR ({AnyOf(conditions[(conditions.Length / 2)..])})";

    /// <summary>Binds whose record it is, at which versions the decision was made, and as whom the caller acts on it.</summary>
    public static void BindRecord(AccessGrant grant, DynamicParameters parameters, string prefix = Grant)
    {
        parameters.Add(prefix + "PartnerId", grant.PartnerId);
        parameters.Add(prefix + "ClientId", grant.ClientId);
        parameters.Add(prefix + "AccessVersion", grant.AccessVersion);
        parameters.Add(prefix + "PartnerAccessVersion", grant.PartnerAccessVersion);
        parameters.Add(prefix + "ActingAsId", grant.ActingAs.Id);
        parameters.Add(prefix + "OwnRecord", grant.ActingAs.Kind is PartyKind.Client or PartyKind.Representative ? 1 : 0);
    }

    private static string Permit(PermitBox box, BoundValues values)
    {
        var criteria = new List<string>();
        if (box.Closed != Sensitivity.None)
        {
            var open = $"(labels & {values.Write((long)box.Closed)}) = 0";
            criteria.Add(box.OpenToAuthor is { } author ? $"({open} OR author_id = {values.Write(author)})" : open);
        }

        AddPeriodAndAuthors(criteria, box.DataPeriod, box.Authors, values);
        if (box.Parts is not null)
        {
            // A part that cannot be written is not permitted.
            criteria.Add(OneOf("part", box.Parts.Select(values.Write).OfType<string>()));
        }

        return All(criteria);
    }

    private static string Deny(DenyBox box, BoundValues values)
    {
        var criteria = new List<string>();
        if (box.Labels != Sensitivity.None)
        {
            criteria.Add($"(labels & {values.Write((long)box.Labels)}) <> 0");
        }

        if (box.SparesAuthor is { } spared)
        {
            criteria.Add($"author_id <> {values.Write(spared)}");
        }

        AddPeriodAndAuthors(criteria, box.DataPeriod, box.Authors, values);

        // Of parts of which one cannot be written, every part is denied.
        var parts = box.Parts?.Select(values.Write).ToList();
        if (parts?.Contains(null) == false)
        {
            criteria.Add(OneOf("part", parts.OfType<string>()));
        }

        return All(criteria);
    }

    private static void AddPeriodAndAuthors(List<string> criteria, Period? dataPeriod, IReadOnlyList<Guid>? authors, BoundValues values)
    {
        if (dataPeriod?.From is { } from)
        {
            criteria.Add($"occurred_at >= {values.Write(from)}");
        }

        if (dataPeriod?.Until is { } until)
        {
            criteria.Add($"occurred_at < {values.Write(until)}");
        }

        if (authors is not null)
        {
            criteria.Add(OneOf("author_id", authors.Select(values.Write)));
        }
    }

    private static string All(List<string> criteria) => criteria.Count == 0 ? "1 = 1" : $"({string.Join(" AND ", criteria)})";

    private static string OneOf(string column, IEnumerable<string> written) =>
        string.Join(", ", written) is { Length: > 0 } list ? $"{column} IN ({list})" : Nothing;
}
