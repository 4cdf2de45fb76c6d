namespace PersonalCareApi.Domain;

/// <summary>New ids: version 7 UUIDs, in the order of the clock that made them.</summary>
public static class Ids
{
    /// <summary>A new id at <paramref name="now"/>.</summary>
#pragma warning disable RS0030 // The one place that makes ids, with the time given by the caller.
    public static Guid New(DateTimeOffset now) => Guid.CreateVersion7(now);
#pragma warning restore RS0030
}
