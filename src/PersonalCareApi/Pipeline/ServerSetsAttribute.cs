namespace PersonalCareApi.Pipeline;

/// <summary>
/// The members that only the server sets: they are ignored when they come back in a GET–edit–PUT, unlike any other
/// member that the contract does not know.
/// </summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class ServerSetsAttribute(params string[] members) : Attribute
{
    /// <summary>Their names as in JSON.</summary>
    public IReadOnlyList<string> Members { get; } = members;
}
