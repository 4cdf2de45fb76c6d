namespace PersonalCareApi.Pipeline;

/// <summary>A request without a body means the same as one with an empty object: nothing more needs to be said.</summary>
[AttributeUsage(AttributeTargets.Class)]
internal sealed class MayBeLeftOutAttribute : Attribute;
