namespace PersonalCareApi.Pipeline;

/// <summary>Declares that an endpoint touches no client's data, and says why.</summary>
internal sealed record NoClientData(string Because);
