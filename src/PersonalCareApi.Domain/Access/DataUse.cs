namespace PersonalCareApi.Domain.Access;

/// <summary>What is done with data: looked at, changed, or sent out of the system to a named recipient.</summary>
public enum DataAction
{
    Read,
    Write,
    Share,
}

/// <summary>The codes of <see cref="DataAction"/> as they stand in JSON, scopes and the ledger.</summary>
public static class DataActions
{
    public static string Code(this DataAction action) => action switch
    {
        DataAction.Read => "read",
        DataAction.Write => "write",
        DataAction.Share => "share",
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "Not a data action."),
    };

    public static bool TryParse(string code, out DataAction action)
    {
        (var known, action) = code switch
        {
            "read" => (true, DataAction.Read),
            "write" => (true, DataAction.Write),
            "share" => (true, DataAction.Share),
            _ => (false, default),
        };
        return known;
    }
}

/// <summary>What an endpoint declares that it does with a client's data: one category, one action.</summary>
public sealed record DataUse(DataCategory Category, DataAction Action)
{
    /// <summary>The OAuth 2 scope a token must carry for this use, for example <c>assessments:read</c>.</summary>
    public string Scope => $"{Category.Code()}:{Action.Code()}";
}
