using System.Globalization;
using System.Text;
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
        Replace(statement, Condition(grant, parameters, Grant));

    /// <summary>The same for several records: a row must be in reach of the grant for its own record.</summary>
    public static string Fill(string statement, IReadOnlyList<AccessGrant> grants, DynamicParameters parameters)
    {
        // Those that reach nothing are left out: beside a condition that is always false the database looks for no index.
        var conditions = grants.Select((grant, index) => Condition(grant, parameters, $"{Grant}{index}of")).Where(condition => condition != Nothing).ToList();
        return Replace(statement, conditions.Count == 0 ? Nothing : $"(({string.Join(")\nOR (", conditions)}))");
    }

    /// <summary>The grants in parts that one statement can take each: an ordinary record binds about ten values, one with many provisions hundreds.</summary>
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

    private static string Condition(AccessGrant grant, DynamicParameters parameters, string prefix)
    {
        BindRecord(grant, parameters, prefix);
        return Items(grant.Reach, parameters, prefix) is { } items
            ? $"{(prefix == Grant ? OfOne : Of(prefix))}\nAND {items}"
            : Nothing;
    }

    private static string Of(string prefix) => Record.Replace("{prefix}", prefix, StringComparison.Ordinal);

    /// <summary>The items of the reach; null where there can be none.</summary>
    private static string? Items(Reach reach, DynamicParameters parameters, string prefix)
    {
        var own = Boxes(reach, parameters, prefix);
        var beside = reach.Beside is { } other ? Items(other, parameters, prefix + "Beside") : null;
        return own is not null && beside is not null ? $"(({own})\nOR ({beside}))" : own ?? beside;
    }

    private static string? Boxes(Reach reach, DynamicParameters parameters, string prefix)
    {
        var permits = reach.Permits.Select((box, index) => Permit(box, index, parameters, prefix)).ToList();
        if (permits.Count == 0)
        {
            return null;
        }

        var condition = new StringBuilder().Append('(').AppendJoin(" OR ", permits).Append(')');
        foreach (var (index, box) in reach.Denies.Index())
        {
            condition.Append("\nAND NOT (").Append(Deny(box, index, parameters, prefix)).Append(')');
        }

        return condition.ToString();
    }

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

    private static string Permit(PermitBox box, int index, DynamicParameters parameters, string prefix)
    {
        var criteria = new List<string>();
        if (box.Closed != Sensitivity.None)
        {
            var closed = Bind(parameters, prefix + "PermitClosed", index, (long)box.Closed);
            criteria.Add(box.OpenToAuthor is { } author
                ? $"((labels & {closed}) = 0 OR author_id = {Bind(parameters, prefix + "PermitOwner", index, author)})"
                : $"(labels & {closed}) = 0");
        }

        AddItemCriteria(criteria, parameters, prefix + "Permit", index, box.DataPeriod, box.Authors, box.Parts);
        return criteria.Count == 0 ? "1 = 1" : $"({string.Join(" AND ", criteria)})";
    }

    private static string Deny(DenyBox box, int index, DynamicParameters parameters, string prefix)
    {
        var criteria = new List<string>();
        if (box.Labels != Sensitivity.None)
        {
            criteria.Add($"(labels & {Bind(parameters, prefix + "DenyLabels", index, (long)box.Labels)}) <> 0");
        }

        if (box.SparesAuthor is { } spared)
        {
            criteria.Add($"author_id <> {Bind(parameters, prefix + "DenySpared", index, spared)}");
        }

        AddItemCriteria(criteria, parameters, prefix + "Deny", index, box.DataPeriod, box.Authors, box.Parts);
        return criteria.Count == 0 ? "1 = 1" : string.Join(" AND ", criteria);
    }

    private static void AddItemCriteria(
        List<string> criteria, DynamicParameters parameters, string effect, int index,
        Period? dataPeriod, IReadOnlyList<Guid>? authors, IReadOnlyList<string>? parts)
    {
        if (dataPeriod?.From is { } from)
        {
            criteria.Add($"occurred_at >= {Bind(parameters, effect + "From", index, from)}");
        }

        if (dataPeriod?.Until is { } until)
        {
            criteria.Add($"occurred_at < {Bind(parameters, effect + "Until", index, until)}");
        }

        if (authors is not null)
        {
            criteria.Add(OneOf("author_id", authors, effect + "Author", index, parameters));
        }

        if (parts is not null)
        {
            criteria.Add(OneOf("part", parts, effect + "Part", index, parameters));
        }
    }

    private static string OneOf<T>(string column, IReadOnlyList<T> values, string name, int index, DynamicParameters parameters)
    {
        if (values.Count == 0)
        {
            return Nothing;
        }

        var names = values.Select((value, position) => Bind(parameters, $"{name}{index}n", position, value));
        return $"{column} IN ({string.Join(", ", names)})";
    }

    private static string Bind<T>(DynamicParameters parameters, string name, int index, T value)
    {
        var full = name + index.ToString(CultureInfo.InvariantCulture);
        parameters.Add(full, value);
        return "@" + full;
    }
}
