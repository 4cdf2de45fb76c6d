namespace PersonalCareApi.Pipeline;

/// <summary>Endpoint metadata: this route touches no client's data, and says why it cannot.</summary>
/// <remarks>The other way to declare a route is its use of client data; a route with neither stops the start-up.</remarks>
internal sealed record NoClientData(string Because);

/// <summary>Endpoint metadata that tells the document which use of client data a route makes.</summary>
internal interface IDescribesUse
{
    /// <summary>The code of the data category, for example <c>assessments</c>.</summary>
    string Category { get; }

    /// <summary>The code of the action: <c>read</c>, <c>write</c> or <c>share</c>.</summary>
    string Action { get; }

    /// <summary>The OAuth 2 scope a token must carry.</summary>
    string Scope { get; }
}
